"""Hostile calls of the C interface, from several threads at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from qtangent._signatures import SIGNATURES

from .parts import Part

THREADS = 4
ROUNDS = 40


def fuzzed(seed: int, rounds: int, threads: int) -> dict[str, dict[str, int]]:
    """How often each function gave each status; no signal, no hang, no lost handle."""
    worker = Path(__file__).parents[1] / "fuzz_worker.py"
    done = subprocess.run(
        [sys.executable, worker, str(seed), str(rounds), str(threads)],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, f"code {done.returncode}: {done.stderr[-2000:]}"
    statuses: dict[str, dict[str, int]] = json.loads(done.stdout)
    assert set(statuses) == set(SIGNATURES)
    return statuses


def tried(number: int) -> dict[str, float]:
    """Seeds that the other tests do not take."""
    statuses = fuzzed(1000 + number, ROUNDS, THREADS)
    counts = [counts for counts in statuses.values() if counts]
    calls = sum(sum(count.values()) for count in counts)
    return {"calls": calls, "calls that did something": sum(count.get("0", 0) for count in counts)}


PARTS = [
    Part(
        "c-boundary",
        "hostile calls of the C interface from several threads: no signal, no hang, no lost handle",
        2,
        44,
        tried,
    )
]
