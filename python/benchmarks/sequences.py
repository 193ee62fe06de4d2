"""python -m benchmarks.sequences: recurrent tangent kernels against vectorised NumPy on one core, and a large one alone.

Times are of the processor, which other work on the machine does not count for: of this library divided by its threads.
"""

from __future__ import annotations

import os

# One core: before NumPy loads its BLAS.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import qtangent as qt

from .peers import numpy_recurrent

SIGMA_W, SIGMA_B = 1.4, 0.1
CASES: tuple[tuple[str, int, int, Callable[..., Any], float], ...] = (
    ("last", 200, 150, numpy_recurrent.last, 10.0),
    ("mean", 100, 60, numpy_recurrent.mean, 15.0),
    ("mean", 100, 60, numpy_recurrent.mean_by_rows, 15.0),
)
LARGE = (2000, 150, 5.0, 200e6)
"""Sequences, steps, the goal in seconds and in bytes beyond the result."""


def compared(pooling: str, n: int, T: int, peer: Callable[..., Any], rounds: int = 3) -> dict[str, Any]:
    """Both on the same sequences in turn, the fastest of the rounds."""
    X = np.random.default_rng(0).standard_normal((n, T, 1))
    own, theirs = [], []
    for _ in range(rounds):
        began = time.process_time()
        matrix = qt.classical.recurrent_ntk(list(X), pooling=pooling, sigma_w=SIGMA_W, sigma_b=SIGMA_B)
        own.append((time.process_time() - began) / qt.get_num_threads())
        began = time.process_time()
        expected = peer(X, SIGMA_W**2, SIGMA_B**2)
        theirs.append(time.process_time() - began)
    return {
        "workload": f"{pooling}, {n} sequences of {T} steps",
        "peer": peer.__name__,
        "own": min(own),
        "numpy": min(theirs),
        "ratio": min(theirs) / min(own),
        "deviation": float(np.abs(matrix / expected - 1).max()),
    }


def large(n: int, T: int) -> tuple[float, float]:
    """Seconds, and bytes beyond sequences and result, of a fresh process's largest size."""
    sequences = list(np.random.default_rng(0).standard_normal((n, T)))
    qt.classical.recurrent_ntk(sequences[:10])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    began = time.process_time()
    matrix = qt.classical.recurrent_ntk(sequences, sigma_w=SIGMA_W)
    seconds = (time.process_time() - began) / qt.get_num_threads()
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before - matrix.nbytes


def main() -> int:
    n, T, most_seconds, most_bytes = LARGE
    seconds, extra = large(n, T)
    missed = seconds > most_seconds or extra > most_bytes
    print(f"last, {n} sequences of {T} steps: {seconds:.2f} s, {extra / 1e6:.0f} MB beyond the result")
    for pooling, n, T, peer, goal in CASES:
        found = compared(pooling, n, T, peer)
        word = "" if found["ratio"] >= goal else f", goal {goal:g} missed"
        missed = missed or found["ratio"] < goal or found["deviation"] > 1e-12
        print(
            f"{found['workload']}: {1e3 * found['own']:.1f} ms on {qt.get_num_threads()} threads, NumPy "
            f"{found['peer']} {1e3 * found['numpy']:.0f} ms, {found['ratio']:.1f} times{word}; "
            f"largest difference {found['deviation']:.0e}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
