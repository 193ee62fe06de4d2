"""Exact losses, random circuits."""

from __future__ import annotations

import numpy as np
import qtangent as qt
from qtangent import landscape

from .case import Case, random_state


def small(n: int = 4, m: int = 6):
    """A model of few parameters on features, with labels."""
    circuit = qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, 1, rotations=("ry",))
    model = qt.Model(circuit, qt.pauli("Z" * n))
    X = random_state(1).uniform(-1, 1, (m, n))
    return model, X, np.where(np.arange(m) % 2, 0.5, -0.5)


def evaluate():
    model, X, y = small(9)
    loss = landscape.trigonometric(model, X).loss_polynomial(y)
    points = random_state(2).uniform(0, 6, (20_000, 9))
    return lambda: loss.hessians(points), (X, y, points)


def descend():
    model, X, y = small(8)
    exact = landscape.trigonometric(model, X)

    def call():
        found = landscape.success_rate(exact, y, optimizer=qt.Adam(0.05), starts=800, steps=300)
        return found.theta, found.final_loss

    return call, (X, y)


def exclude():
    model, X, y = small(4)

    def call():
        found = landscape.find_minima(model, y, X, starts=50, boxes=1_200_000)
        return found.theta, found.loss

    return call, (X, y)


def haar():
    return lambda: qt.ansatz.haar(9, 20).n_params, ()


CASES = [
    Case("qtg_trigonometric_evaluate", evaluate),
    Case("qtg_trigonometric_descend", descend),
    Case("qtg_trigonometric_exclude", exclude),
    Case("qtg_ansatz_haar", haar),
]
