"""python -m benchmarks --against COMMIT: this build and that of another commit in turn, row by row.

The other commit is built in a clone of its own and measured by its own benchmark package and worker.c, so its Python and
C interfaces may be older. A row is one case through Python or from C; pairs of blocks, whose order alternates, give
ratios, and their mean has a 95 % interval. A row is lost where even the lower bound of the slow-down exceeds 3 %.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import qtangent as qt
from build_native import abi_version, built_library, levels, swift_build
from scipy import stats

from .runner import TOLERANCE, OverdueError, Worker, deviation, wait_until_calm, warm_up
from .workloads.case import PYTHON, C, Case

TOLERATED = 1.03
"""A slow-down below this is no loss."""

WRITE_PROBLEMS = """
import json, sys
from pathlib import Path
from benchmarks.peers.qtangent_peer import write_problem
from benchmarks.workloads import CASES
folder, names = Path(sys.argv[1]), sys.argv[2:]
cases = {case.name: case for case in CASES}
print(json.dumps([
    [name in cases, name in cases and write_problem(cases[name].problem, folder / str(k))] for k, name in enumerate(names)
]))
"""


@dataclass(frozen=True)
class Build:
    """A checkout with its library: what measures a commit."""

    name: str
    root: Path
    library: Path

    @property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(self.root / "python/src"), os.environ.get("PYTHONPATH")]))
        return {"PYTHONPATH": path, "QTANGENT_LIBRARY": str(self.library)}

    def commands(self, cases: list[Case], folder: Path) -> list[dict[str, list[str]]]:
        """The workers of each case by route; none of a case that this commit does not have."""
        folder = folder / self.name
        folder.mkdir()
        worker = folder / "worker"
        subprocess.run(
            ["cc", self.root / "python/benchmarks/worker.c", "-o", worker, "-O2",
             f"-I{self.root / 'bindings/include'}", self.library, f"-Wl,-rpath,{self.library.parent}"],
            check=True,
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", WRITE_PROBLEMS, folder, *(case.name for case in cases)],
            cwd=self.root / "python", env={**os.environ, **self.environment}, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        result = []
        for k, (case, (known, fromC)) in enumerate(zip(cases, json.loads(done.stdout), strict=True)):
            routes = (
                {PYTHON: [sys.executable, "-m", "benchmarks.worker", "QTangent", case.name]} if known else {}
            )
            result.append({**routes, C: [str(worker), str(folder / str(k))]} if fromC else routes)
        return result

    def start(self, command: list[str], folder: Path) -> Worker:
        return Worker(command, self.environment, folder, self.root / "python")


def other_build(commit: str, root: Path, folder: Path) -> Build:
    """Clones and builds a commit at the CPU level in use; what an earlier run has built is used again."""
    found = subprocess.run(
        ["git", "-C", root, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if found.returncode:
        sys.exit(f"--against {commit}: there is no such commit in {root}")
    sha = found.stdout.strip()
    clone = folder / sha
    if not clone.exists():
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", root, clone], check=True)
        subprocess.run(["git", "-C", clone, "checkout", "--quiet", "--detach", sha], check=True)
    level = qt.build_info()["cpu_level"]
    print(f"building {sha[:10]} for {level}", flush=True)
    subprocess.run(swift_build(clone, level), stdout=subprocess.DEVNULL, check=True)
    # Under its SONAME, where programs that are linked with it look for it.
    built = built_library(clone, level)
    named = built.with_name(levels()["soname"](abi_version(clone)))
    named.unlink(missing_ok=True)
    named.symlink_to(built.name)
    return Build(sha[:10], clone, named)


@dataclass(frozen=True)
class Row:
    """Ratio of this build's time to the other's, with its 95 % interval."""

    name: str
    seconds: float
    ratio: float
    lower: float
    upper: float
    deviation: float

    @property
    def is_lost(self) -> bool:
        return self.lower > TOLERATED

    def __str__(self) -> str:
        verdict = "lost" if self.is_lost else "faster" if self.upper < 1 else ""
        differs = f"results differ by {self.deviation:.1e}" if self.deviation > TOLERANCE else ""
        return (
            f"{self.name:<56} {1e6 * self.seconds:>10.1f} us  {self.ratio:.3f} [{self.lower:.3f}, {self.upper:.3f}]"
            f"  {verdict} {differs}"
        ).rstrip()


def interval(ratios: list[float]) -> tuple[float, float, float]:
    """Geometric mean of ratios and the bounds of its 95 % interval, by Student's t on their logarithms."""
    logarithms = np.log(ratios)
    half = stats.t.ppf(0.975, len(ratios) - 1) * stats.sem(logarithms)
    centre = logarithms.mean()
    return float(np.exp(centre)), float(np.exp(centre - half)), float(np.exp(centre + half))


def compare(
    case: Case, builds: tuple[Build, Build], commands: tuple[dict, dict], pairs: int, block_seconds: float,
    cap_seconds: float, folder: Path,
) -> list[Row]:  # fmt: skip
    """This build (the first) and the other on one case, by every route that both have."""
    rows = []
    with ExitStack() as stack:
        routes = [route for route in commands[0] if route in commands[1]]
        workers = {
            route: [
                stack.enter_context(build.start(command[route], folder))
                for build, command in zip(builds, commands, strict=True)
            ]
            for route in routes
        }
        everybody = [worker for both in workers.values() for worker in both]
        for worker in everybody:
            if "unsupported" in worker.read(cap_seconds):
                return []

        def median_time(of: Worker) -> float:
            wait_until_calm(everybody)
            warm_up()
            return float(np.median(of.block(block_seconds, cap_seconds)))

        for route, (own, other) in workers.items():
            times = []
            for k in range(pairs):
                if k % 2:
                    theirs, ours = median_time(other), median_time(own)
                else:
                    ours, theirs = median_time(own), median_time(other)
                times.append((ours, theirs))
            bounds = interval([ours / theirs for ours, theirs in times])
            seconds = float(np.median([ours for ours, _ in times]))
            suffix = ", from C" if route == C else ""
            rows.append(Row(case.name + suffix, seconds, *bounds, deviation(own.answer(), other.answer())))
    return rows


def run(
    cases: list[Case], builds: tuple[Build, Build], pairs: int, block_seconds: float, cap_seconds: float,
    folder: Path, say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> bool:  # fmt: skip
    """Whether no row was lost and no case failed."""
    say(
        f"time here, and its ratio to the time of {builds[1].name} with a 95 % interval of {pairs} pairs of blocks"
    )
    commands = [build.commands(cases, folder) for build in builds]
    rows: list[Row] = []
    failures = 0
    for case, *both in zip(cases, *commands, strict=True):
        try:
            found = compare(case, builds, tuple(both), pairs, block_seconds, cap_seconds, folder)
        except OverdueError as error:
            say(f"{case.name:<56} failed: {error}")
            failures += 1
            continue
        if not found:
            say(f"{case.name:<56} not in both builds")
        for row in found:
            say(str(row))
        rows += found
    lost = [row.name for row in rows if row.is_lost]
    say(f"{len(rows)} rows, " + (f"lost: {'; '.join(lost)}" if lost else "none lost"))
    return not lost and not failures
