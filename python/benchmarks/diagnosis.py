"""python -m benchmarks.diagnosis: how long a quick diagnosis takes, trends over a family of circuits included."""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
import qtangent as qt

SAMPLES = 100
# Qubits, layers (of at least a hundred parameters in all), and the goal in seconds.
CASES = ((6, 9, 10.0), (12, 5, 60.0))


def measure(qubits: int, layers: int, samples: int = SAMPLES) -> tuple[qt.diagnosis.Diagnosis, float]:
    """A diagnosis of features of random numbers in two classes, and its seconds."""
    random = np.random.default_rng(0)
    X, y = random.uniform(0, np.pi, (samples, qubits)), random.choice([1.0, -1.0], samples)
    circuit = qt.encoding.angle(qubits) + qt.ansatz.hardware_efficient(qubits, layers)
    model = qt.Model(circuit, qt.pauli("Z" + "I" * (qubits - 1)))
    with warnings.catch_warnings():
        # What it warns of stands in the diagnosis.
        warnings.simplefilter("ignore", qt.QTangentWarning)
        began = time.perf_counter()
        found = qt.diagnose(model, y, X=X, family=qt.ansatz.hardware_efficient)
        return found, time.perf_counter() - began


def main() -> int:
    """The exit status tells whether both are in time."""
    late = False
    for qubits, layers, goal in CASES:
        found, seconds = measure(qubits, layers)
        print(f"{found.subject}: {seconds:.1f} s, goal {goal:.0f} s; {found.verdict.value.replace('_', ' ')}")
        late |= seconds > goal
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
