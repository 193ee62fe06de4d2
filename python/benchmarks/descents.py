"""python -m benchmarks.descents: descent of students beside a teacher against vectorised NumPy on one core.

Times are of the processor on one thread, which other work on the machine does not count for; even sharing would make
more threads so many times as fast.
"""

from __future__ import annotations

import os

# One core: before NumPy loads its BLAS.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from typing import Any

import numpy as np
import qtangent as qt

from .peers import numpy_students

TEACHER, NEURONS, DIMENSION = 8, 64, 32
RATE = 1e-3
# Starts, and how many times as fast as NumPy on one core one wishes to be with two threads.
CASES = ((1, 8.0), (16, 20.0))


def compared(starts: int, steps: int = 200, rounds: int = 7) -> dict[str, Any]:
    """Both from the same starts in turn, the fastest of the rounds, in seconds a step, and the ratios."""
    random = np.random.default_rng(0)
    teacher = random.standard_normal((TEACHER, DIMENSION))
    W = 0.3 * random.standard_normal((starts, NEURONS, DIMENSION))
    net = qt.classical.TwoLayerNetwork(teacher)
    threads = qt.get_num_threads()
    own, theirs = [], []
    try:
        qt.set_num_threads(1)
        for _ in range(rounds):
            began = time.process_time()
            run = net.train(W, RATE, steps, record_every=steps)
            own.append(time.process_time() - began)
            began = time.process_time()
            expected = numpy_students.descend(W, teacher, RATE, steps)
            theirs.append(time.process_time() - began)
    finally:
        qt.set_num_threads(threads)
    return {
        "own": min(own) / steps,
        "numpy": min(theirs) / steps,
        "ratio": min(theirs) / min(own),
        "deviation": float(np.abs(run.W - expected).max()),
    }


def main() -> int:
    """The exit status tells whether both agree; the wished ratios are printed."""
    agree = True
    for starts, goal in CASES:
        found = compared(starts)
        agree = agree and found["deviation"] < 1e-12
        word = (
            ""
            if 2 * found["ratio"] >= goal
            else f"; below the goal {goal:g} even if two threads shared evenly"
        )
        print(
            f"{starts} starts of {NEURONS} neurons, {TEACHER} of the teacher, dimension {DIMENSION}: "
            f"{1e6 * found['own']:.1f} us a step of one thread, NumPy {1e6 * found['numpy']:.0f} us, "
            f"{found['ratio']:.1f} times{word}; largest difference {found['deviation']:.0e}"
        )
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
