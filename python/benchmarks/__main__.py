"""python -m benchmarks: runs the cases and writes results.json, performance.md and performance.svg; with --against COMMIT
it compares this build with that of another commit instead."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import qtangent as qt

from . import against, arrays, audits, growth, inputs, landscape, plot, precision, report, roofline
from .against import Build, other_build
from .runner import Settings, measure
from .workloads import CASES
from .workloads.case import Case

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
QUICK_PEERS = ("JAX adjoint", "JAX autodiff", "NumPy adjoint", "Qulacs")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter that has the peers")
    parser.add_argument("--quick", action="store_true", help="small cases, few rounds")
    parser.add_argument("--cases", default="", help="only cases whose name matches this regular expression")
    parser.add_argument("--peers", default="", help="only peers whose name matches this regular expression")
    parser.add_argument("--output", type=Path, default=ROOT / "build/bench", help="where results.json goes")
    parser.add_argument("--docs", type=Path, help="where the page and its plot go; --output unless given")
    parser.add_argument("--render", action="store_true", help="only write the page from results.json")
    parser.add_argument(
        "--against", metavar="COMMIT", help="compare with the build of this commit, without peers"
    )
    options = parser.parse_args()
    output, docs = options.output.absolute(), (options.docs or options.output).absolute()
    output.mkdir(parents=True, exist_ok=True)
    if options.against:
        return compare(options, output)
    stored = output / "results.json"
    results = json.loads(stored.read_text()) if options.render else run(options, output, stored)
    plot.write(results, docs / "performance.svg")
    report.write(results, docs / "performance.md", "performance.svg")
    print(f"{docs / 'performance.md'}, {stored}")
    failed = report.failures(results["cases"])
    print("\n".join(failed))
    return 1 if failed else 0


def wanted(options: argparse.Namespace) -> list[Case]:
    return [
        case for case in CASES if (case.quick or not options.quick) and re.search(options.cases, case.name)
    ]


def compare(options: argparse.Namespace, output: Path) -> int:
    builds = (
        Build("this build", ROOT, Path(qt._native.lib._name)),
        other_build(options.against, ROOT, output),
    )
    with tempfile.TemporaryDirectory() as folder:
        pairs, block_seconds = (3, 0.03) if options.quick else (10, 0.1)
        return 0 if against.run(wanted(options), builds, pairs, block_seconds, 120, Path(folder)) else 1


def run(options: argparse.Namespace, output: Path, stored: Path) -> dict:
    library = qt._native.lib._name
    level = qt.build_info()["cpu_level"]
    # With the registers that the library at hand may use: another level has a ceiling of its own.
    march = [] if level == "baseline" else [f"-march={level}"]
    ceilings = compile_c("ceilings", output, "-O3", "-pthread", *march)
    c_worker = compile_c(
        "worker",
        output,
        "-O2",
        f"-I{ROOT / 'bindings/include'}",
        library,
        f"-Wl,-rpath,{Path(library).parent}",
    )
    settings = Settings(options.peers_python, sys.executable, c_worker)
    if options.quick:
        settings = Settings(
            options.peers_python, sys.executable, c_worker,
            cap_seconds=15, peer_seconds=1.5, block_seconds=0.03, rounds=3, fewest_rounds=1,
        )  # fmt: skip
    results: dict = {
        "date": date.today().isoformat(),
        "quick": options.quick,
        "machine": {
            "cpu": cpu(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "build": qt.build_info(),
        "versions": {},
        "ceilings": roofline.measure_ceilings(ceilings),
        "growth": growth.measure(0.3 if options.quick else 4),
        "precision": precision.measure(0.1 if options.quick else 2),
        "inputs": inputs.measure(0.1 if options.quick else 2),
        "arrays": arrays.measure(0.1 if options.quick else 2),
        "landscape": landscape.measure(options.quick),
        "audits": audits.measure(options.quick),
        "cases": [],
    }
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for case in wanted(options):
            peers = [peer for peer in case.peers if re.search(options.peers, peer)]
            if options.quick:
                peers = [peer for peer in peers if peer in QUICK_PEERS]
            record = measure(case, peers, settings, Path(folder))
            results["cases"].append(record)
            if len(results["cases"]) % 5 == 0:
                results["ceilings"] = roofline.better(
                    results["ceilings"], roofline.measure_ceilings(ceilings)
                )
            for found in record["peers"].values():
                results["versions"].update(found.get("versions", {}))
            stored.write_text(json.dumps(results, indent=1))  # an interrupted run can be rendered
            print(
                f"{time.monotonic() - began:6.0f} s ", *report.headline_rows(record)[0], sep="  ", flush=True
            )
    return results


def compile_c(name: str, output: Path, *flags: str) -> Path:
    program = output / name
    subprocess.run(["cc", HERE / f"{name}.c", "-o", program, *flags], check=True)
    return program


def cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    sys.exit(main())
