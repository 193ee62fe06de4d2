"""Starts a worker a peer, alternates its calls with QTangent's, and compares what they answer."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .peers import PEERS
from .peers.qtangent_peer import write_problem
from .workloads.case import PYTHON, C, Case

TOLERANCE = 1e-10
HOME = Path(__file__).parents[1]
"""Where this package is found."""
# Threads of a library that has answered may spin: OpenBLAS keeps a core busy for 0.1 s. Nobody is measured beside them.
CALM_SECONDS = 0.02
CALM_LIMIT_SECONDS = 2.0
# The host of a virtual machine may run two idle processors on one core, at half the speed each; once both work it parts
# them within some 40 ms. So all processors work for a while before anybody is measured.
WARM_SECONDS = 0.06


class OverdueError(Exception):
    """A worker took longer than its cap, or ended."""


@dataclass(frozen=True)
class Settings:
    peer_python: str  # interpreter of the peers' environment
    own_python: str  # interpreter with QTangent
    c_worker: Path
    cap_seconds: float = 120.0  # import, build and first call of a peer
    peer_seconds: float = 5.0  # measuring one peer on one case
    block_seconds: float = 0.05  # calls in a row
    rounds: int = 8
    fewest_rounds: int = 3  # of a peer that may be the fastest, however long they take


class Worker:
    """A process that answers a line with a line."""

    def __init__(
        self, command: list[str], environment: dict[str, str], folder: Path, home: Path = HOME
    ):  # fmt: skip
        self.result = folder / f"result-{id(self)}"
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            [*command, str(self.result)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            text=True, env={**os.environ, **environment}, cwd=home,
        )  # fmt: skip

    def read(self, cap: float):
        timer = threading.Timer(cap, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            text = self._errors.read().strip().splitlines()
            killed = self._process.returncode == -9
            raise OverdueError(f"over {cap:g} s" if killed else text[-1] if text else "ended without a word")
        return json.loads(line)

    def block(self, seconds: float, cap: float) -> list[float]:
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        return self.read(cap)

    def is_busy(self) -> bool:
        """Whether a thread of it runs, or would if it had a core."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/stat")
        try:
            return any(thread.read_text().rpartition(")")[2].split()[0] == "R" for thread in threads)
        except OSError:  # one has just ended
            return True

    def answer(self) -> np.ndarray:
        return np.fromfile(self.result)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        self.result.unlink(missing_ok=True)


def wait_until_calm(workers: Sequence[Worker]) -> None:
    """Returns once the workers have left the cores alone for a while."""
    now = time.monotonic()
    limit, calm = now + CALM_LIMIT_SECONDS, now + CALM_SECONDS
    while now < min(limit, calm):
        time.sleep(CALM_SECONDS / 10)
        now = time.monotonic()
        if any(worker.is_busy() for worker in workers):
            calm = now + CALM_SECONDS


def warm_up() -> None:
    """Keeps every processor busy for a while."""
    end = time.monotonic() + WARM_SECONDS

    def work(_: int) -> None:
        while time.monotonic() < end:
            hashlib.pbkdf2_hmac("sha256", b"", b"", 1000)  # about 0.3 ms, without the interpreter's lock

    count = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(work, range(count)))


def measure(case: Case, peers: list[str], settings: Settings, folder: Path) -> dict:
    """All peers on one case: times, ratios by route, deviations."""
    record: dict = {"case": case.name, "load": os.getloadavg()[0], "peers": {}, "own": {}}
    with ExitStack() as stack:
        commands = {PYTHON: [settings.own_python, "-m", "benchmarks.worker", "QTangent", case.name]}
        problem_file = folder / "problem"
        if write_problem(case.problem, problem_file):
            commands[C] = [str(settings.c_worker), str(problem_file)]
        own = {route: stack.enter_context(Worker(command, {}, folder)) for route, command in commands.items()}
        for route, worker in own.items():
            record["own"][route] = {**worker.read(settings.cap_seconds), "times": []}
            if "unsupported" in record["own"][route]:
                return record
        expected = own[PYTHON].answer()
        for route, worker in own.items():
            record["own"][route]["deviation"] = deviation(worker.answer(), expected)
        fastest = float("inf")
        for peer in peers:
            try:
                found = _measure_peer(case, peer, own, record["own"], expected, fastest, settings, folder)
                fastest = min(fastest, found.get("seconds", fastest))
            except OverdueError as error:
                found = {"failure": str(error)[:300]}
            record["peers"][peer] = found
        for route, worker in own.items():
            if not record["own"][route]["times"]:  # no peer has answered
                block = worker.block(settings.block_seconds, settings.cap_seconds)
                record["own"][route]["times"].append(float(np.median(block)))
    for own_record in record["own"].values():
        times = own_record.pop("times")
        own_record["seconds"] = float(np.median(times)) if times else None
        own_record["best_seconds"] = float(np.min(times)) if times else None
    return record


def _measure_peer(
    case: Case, peer: str, own: dict[str, Worker], own_records: dict, expected: np.ndarray, fastest: float,
    settings: Settings, folder: Path,
) -> dict:  # fmt: skip
    command = [settings.peer_python, "-m", "benchmarks.worker", peer, case.name]
    with Worker(command, PEERS[peer][1], folder) as worker:
        found = worker.read(settings.cap_seconds)
        if "unsupported" in found:
            return found
        found["deviation"] = deviation(worker.answer(), expected)
        everybody = [worker, *own.values()]

        def median_time(of: Worker) -> float:
            wait_until_calm(everybody)
            warm_up()
            return float(np.median(of.block(settings.block_seconds, settings.cap_seconds)))

        times: list[float] = []
        ratios: dict[str, list[float]] = {route: [] for route in own}
        rounds = settings.rounds
        while len(times) < rounds:
            theirs = median_time(worker)
            # Which route comes right after the peer changes from round to round.
            for route in list(own)[:: 1 if len(times) % 2 else -1]:
                ours = median_time(own[route])
                ratios[route].append(theirs / ours)
                own_records[route]["times"].append(ours)
            times.append(theirs)
            # A peer far behind the fastest one decides nothing: two rounds tell how far.
            contends = theirs < 3 * fastest
            wanted, fewest = (settings.rounds, settings.fewest_rounds) if contends else (2, 1)
            affordable = int(settings.peer_seconds / max(theirs, settings.block_seconds))
            rounds = min(wanted, max(fewest, affordable))
    found["seconds"] = float(np.median(times))
    found["rounds"] = len(times)
    found["ratios"] = {route: [float(v) for v in np.quantile(r, (0.5, 0, 1))] for route, r in ratios.items()}
    return found


def deviation(result: np.ndarray, expected: np.ndarray) -> float:
    """Largest difference; infinite for another length or a value that is not a number."""
    if result.shape != expected.shape:
        return float("inf")
    worst = float(np.max(np.abs(result - expected)))
    return worst if np.isfinite(worst) else float("inf")
