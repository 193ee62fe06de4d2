"""Ctrl-C and other exceptions of signal handlers at random moments of long calls."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

from interrupts.registry import SUBSYSTEMS

from .parts import Part

SOON, AT_ONCE, SHARE = 0.5, 0.1, 0.99
"""Seconds within which every call ends, and this share of them."""
STOPS = 2
"""In a round, all of one case."""


def interrupted(subsystem: str, number: int) -> dict[str, float]:
    """The call ends, nothing of it is left, and the next one gives the same bits: `interrupts.worker` sees to it.

    On a busy machine a process waits for its turn: here a call is too late only where it also worked for too long. What is
    counted is the wait itself.
    """
    cases = SUBSYSTEMS[subsystem]
    case = cases[number % len(cases)]
    command = [sys.executable, "-m", "interrupts.worker", case.name, str(number), str(STOPS)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=900
    )  # fmt: skip
    assert done.returncode == 0, f"{case.name}: {done.stderr[-2000:]}"
    stops = json.loads(done.stdout)["stops"]
    worst = max(stop["work"] for stop in stops)
    assert worst <= SOON, f"{case.name}: a call worked on for {worst:.2f} s"
    waits = [stop["wait"] for stop in stops]
    return {
        "interrupts": len(waits), f"within {AT_ONCE} s": sum(wait <= AT_ONCE for wait in waits),
        "longest wait": max(waits),
    }  # fmt: skip


def prompt(counts: dict[str, float]) -> None:
    """The statistics of all moments, by the clock on the wall: for a machine that does nothing else."""
    share = counts[f"within {AT_ONCE} s"] / counts["interrupts"]
    longest = counts["longest wait"]
    told = f"{share:.1%} stopped within {AT_ONCE} s, the last after {longest:.2f} s, on a machine without other work?"
    assert share >= SHARE, told
    assert longest <= SOON, told


PARTS = [
    Part(
        f"interrupt-{name}",
        f"a signal at any moment of {what} ends it at once, and nothing of it is left",
        1,
        200 // STOPS,
        functools.partial(interrupted, name),
        prompt,
    )
    for name, what in (
        ("inputs", "what makes states, matrices and runs ready"),
        ("models", "a model's call"),
        ("trainings", "a training"),
        ("limits", "a limit, a floor or an ensemble's mean"),
        ("networks", "a classical network's call"),
        ("landscapes", "a search on exact losses"),
        ("loops", "a sweep, study, diagnosis, audit, report or fit"),
    )
]
