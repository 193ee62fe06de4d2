"""One peer on one case in a process of its own.

Started as `python -m benchmarks.worker PEER CASE RESULT`: makes a first call, writes its result (float64) to RESULT
and one line of JSON to standard output. Then every line on standard input, a number of seconds, is answered by a
line of JSON with the durations of calls until that time is over. The first of them is not counted: it meets caches and
memory as another process has left them. worker.c speaks the same.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

from .peers import PEERS
from .tasks import UnsupportedError
from .workloads import case


def main(peer: str, case_name: str, result_path: str) -> None:
    # Some libraries print when they are imported; only answers may reach standard output.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    problem = case(case_name).problem
    began = time.perf_counter()
    module = importlib.import_module(f".peers.{PEERS[peer][0]}", __package__)
    imported = time.perf_counter()
    try:
        call = module.build(peer, problem)
    except UnsupportedError as error:
        print(json.dumps({"unsupported": str(error)}), file=output, flush=True)
        return
    result = call(problem.theta)
    first = time.perf_counter()
    if peer == "QTangent":
        result = module.answer(problem, result)
    Path(result_path).write_bytes(result.tobytes())
    report = {
        "versions": {package: version(package) for package in module.PACKAGES},
        "import_seconds": imported - began,
        "first_call_seconds": first - imported,
    }
    print(json.dumps(report), file=output, flush=True)
    calls = 0
    for line in sys.stdin:
        durations: list[float] = []
        end = time.perf_counter() + float(line)
        while len(durations) < 2 or time.perf_counter() < end:
            calls += 1
            theta = problem.theta + 1e-6 * calls  # nothing can come from a cache
            start = time.perf_counter()
            call(theta)
            durations.append(time.perf_counter() - start)
        print(json.dumps(durations[1:]), file=output, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
