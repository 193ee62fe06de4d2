"""Jacobians of circuits with channels: predictions and d yhat_j / d theta_l from density matrices."""

from ..problems import Problem
from .case import Case, Goal

TENSORCIRCUIT = ("TensorCircuit DMCircuit, scan", "TensorCircuit DMCircuit")
PENNYLANE = ("PennyLane default.mixed",)
SECONDS = {(4, 8, 16): 0.2e-3, (6, 4, 16): 1.5e-3, (6, 8, 32): 6e-3, (8, 8, 8): 100e-3}
"""The most that a Jacobian is meant to take, by (n, L, m)."""
FIRST = 50e-3
"""And its first call."""

CASES = [
    Case(
        f"density Jacobian, n {n}, L {layers}, m {m}",
        Problem("jacobian", "noisy", n, layers, m),
        (*TENSORCIRCUIT, *PENNYLANE),
        (Goal(10, against=TENSORCIRCUIT), Goal(40, against=PENNYLANE)),
    )
    for n, layers, m in SECONDS
]
