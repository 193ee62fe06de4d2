"""python -m benchmarks.noise: Jacobians of circuits with channels beside the compiled density matrices of peers.

Goals: 10 times TensorCircuit's, 40 times PennyLane's, the times of `workloads.density`, and a first call within 50 ms.
What a peer needs to compile does not count; one that has not answered within `--cap` seconds is named and left out.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import qtangent as qt

from .__main__ import ROOT, compile_c, cpu
from .report import NOISE, TOLERANCE, put_section, ratio, table, time_text
from .runner import Settings, measure
from .workloads import DENSITY
from .workloads.case import PYTHON, Case
from .workloads.density import FIRST, SECONDS

HEADER = [
    "workload",
    "Python",
    "goal",
    "first call",
    "goal",
    "TensorCircuit",
    "ratio",
    "goal",
    "PennyLane",
    "ratio",
    "goal",
]

# What stands behind the goals that are missed, measured apart.
BEHIND = (
    "Behind its goal: the first call of n 8, L 8, m 8. It touches 84 MB of states for the first time, and the machine "
    "of this page gets its pages from its host as they are touched: 2 ms a megabyte, in which NumPy fills as many "
    "ones in 0.2 s. Where the host has given them before, the call takes 36 ms. Fewer kept states, made again on the "
    "way back, would nearly halve the memory, and cost a sweep forward in every later call. A Jacobian with 1,000 "
    "shots takes 2.0 times the exact one at n 4, L 8, m 16 (goal 1.5): of its 2,048 binomial draws the quarter that "
    "the squeeze does not decide takes twice as long as all first attempts."
)


def row(case: Case, record: dict) -> tuple[list[str], list[str]]:
    """The row of a case, and what is wrong with it."""
    own, problem = record["own"][PYTHON], case.problem
    goal, first = SECONDS[problem.n, problem.layers, problem.m], own["first_call_seconds"]
    cells = [case.name, time_text(own["seconds"]), time_text(goal), time_text(first), time_text(FIRST)]
    missed = [
        f"{case.name}: {word} of {time_text(seconds)}, goal {time_text(most)}"
        for word, seconds, most in (("a call", own["seconds"] or 0, goal), ("a first call", first, FIRST))
        if seconds > most
    ]
    for one in case.goals:
        found = ratio(record, one)
        if found is None:
            failures = {record["peers"][peer]["failure"] for peer in one.against if peer in record["peers"]}
            cells += [", ".join(["left out", *sorted(failures)]), "-", f"{one.ratio:g}"]
            continue
        value, peer = found
        entry = record["peers"][peer]
        scan = " (scan)" if "scan" in peer else ""
        cells += [f"{time_text(entry['seconds'])}{scan}, first call {time_text(entry['first_call_seconds'])}"]
        cells += [f"{value:.3g}", f"{one.ratio:g}"]
        if value < one.ratio:
            missed.append(f"{case.name}: {value:.3g} times {peer}, goal {one.ratio:g}")
    for peer, entry in record["peers"].items():
        if entry.get("deviation", 0) > TOLERANCE:
            missed.append(f"{case.name}: {peer} differs by {entry['deviation']:.1e}")
    return cells, missed


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.noise", description=__doc__)
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter that has the peers")
    parser.add_argument("--cases", default="", help="only rows whose name matches this regular expression")
    parser.add_argument(
        "--cap", type=float, default=600, help="seconds for a peer to import, compile and call once"
    )
    parser.add_argument("--docs", type=Path, help="the page to write the table into")
    options = parser.parse_args()
    rows, missed, versions = [], list[str](), dict[str, str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = qt._native.lib._name
        worker = compile_c(
            "worker", folder, "-O2", f"-I{ROOT / 'bindings/include'}", library, f"-Wl,-rpath,{Path(library).parent}"
        )  # fmt: skip
        settings = Settings(
            options.peers_python, sys.executable, worker, cap_seconds=options.cap, peer_seconds=3
        )
        for case in DENSITY:
            if not re.search(options.cases, case.name):
                continue
            record = measure(case, list(case.peers), settings, folder)
            for found in record["peers"].values():
                versions.update(found.get("versions", {}))
            cells, wrong = row(case, record)
            rows.append(cells)
            missed += wrong
            print(*cells, sep="  ", flush=True)
    text = "\n\n".join([
        NOISE,
        f"Written by `python -m benchmarks.noise`. {cpu()}; load average {os.getloadavg()[0]:.1f}. Peers: "
        + ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
        + ". Predictions and the Jacobian of the layered circuit with amplitude damping of 0.02 and depolarising of 0.01 "
        "behind each RZ, by density matrices: TensorCircuit's DMCircuit and PennyLane's default.mixed by "
        "jit(vmap(value_and_grad)), measured as every peer above. Medians; a first call is that of a new process, circuit "
        "and model included.",
        table(HEADER, rows),
        BEHIND,
    ])  # fmt: skip
    if options.docs:
        put_section(options.docs, NOISE, text)
    print("\n".join(missed))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
