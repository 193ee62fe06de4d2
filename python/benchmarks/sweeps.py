"""What holds back a sweep's points, which are independent: Python between the library's calls, and the longest point."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import qtangent as qt
from qtangent._native import calls
from qtangent.convergence.sweeps.compute import compute
from qtangent.convergence.sweeps.point import Point, Settings

SWEEP: dict[str, Any] = {"n": 5, "p": [40, 160, 320], "m": 4, "seeds": 16, "time": 20.0}
POINTS = len(SWEEP["p"]) * SWEEP["seeds"]


@dataclass(frozen=True)
class Share:
    """Of a point's processor time on one thread."""

    seconds: float
    outside: float
    """Seconds outside of the library's calls. The interpreter lock is held at most so long: NumPy lets go of it too."""


class _Timed:
    """The library with its calls' processor time."""

    def __init__(self, library: Any) -> None:
        self.library, self.seconds = library, 0.0

    def __getattr__(self, name: str) -> Any:
        function = getattr(self.library, name)

        def timed(*arguments: Any) -> int:
            began = time.thread_time()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.thread_time() - began

        return timed


def share(p: int) -> Share:
    """Of a point with p parameters, the second that is computed."""
    found: list[Share] = []

    def points() -> None:
        library, settings = calls.lib, Settings(SWEEP["time"], None, 100)
        for seed in (0, 1):
            calls.lib = timed = _Timed(library)
            try:
                began = time.thread_time()
                compute(
                    qt.convergence.haar_setup, Point(SWEEP["n"], p, SWEEP["m"], 1.0, seed), settings, False
                )
                seconds = time.thread_time() - began
            finally:
                calls.lib = library
            found.append(Share(seconds, seconds - timed.seconds))

    # In a thread, as a sweep's points are: what Ctrl-C can end leaves the main thread, whose time would not count.
    thread = threading.Thread(target=points)
    thread.start()
    thread.join()
    return found[-1]


def bound(threads: int) -> str:
    """What so many threads can bring at most."""
    before = qt.get_num_threads()
    qt.set_num_threads(1)
    try:
        shares = [share(p) for p in SWEEP["p"]]
    finally:
        qt.set_num_threads(before)
    total = SWEEP["seeds"] * sum(one.seconds for one in shares)
    locked = SWEEP["seeds"] * sum(one.outside for one in shares)
    # The expensive ones first, each to the thread that is free.
    ends = [0.0] * threads
    for one in sorted(shares, key=lambda one: -one.seconds):
        for _ in range(SWEEP["seeds"]):
            ends[ends.index(min(ends))] += one.seconds
    return (
        f"A point takes {' / '.join(f'{1e3 * one.seconds:.0f}' for one in shares)} ms of one processor (p = "
        f"{' / '.join(map(str, SWEEP['p']))}), {100 * locked / total:.1f} % of it outside of the library, where one "
        f"thread waits for another: {threads} can be at most {total / max(locked, *ends):.1f} times as fast as one "
        f"(the lock alone allows {total / locked:.0f}, the points' lengths {total / max(ends):.1f})."
    )


def times(most: int) -> str:
    """A sweep's time on one thread and on all."""
    import xarray  # noqa: F401  which the first of both would pay for

    seconds = []
    for count in (1, most):
        qt.set_num_threads(count)
        began = time.perf_counter()
        qt.convergence.sweep(qt.convergence.haar_setup, **SWEEP)
        seconds.append(time.perf_counter() - began)
    return (
        f"`convergence.sweep(haar_setup, ...)`, {POINTS} points: {seconds[0]:.1f} s on one thread, {seconds[1]:.1f} s on "
        f"{most}, {seconds[0] / seconds[1]:.1f} times as fast."
    )
