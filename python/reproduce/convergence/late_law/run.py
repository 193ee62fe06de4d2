"""The late law of the over-parameterised limit: 32 t^2 L tends to 1, to 1/4 where the states span the whole space."""

from __future__ import annotations

from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.convergence import claims, haar_setup
from qtangent.plots.style import FAINT, style
from reproduce.convergence.common import LOSS_AXES, band, colours, main, two_panels

TIME = np.concatenate([[0.0], np.geomspace(0.01, 1e4, 241)])
# Qubits and samples; the last fills the space.
PROBLEMS = ((3, 2), (3, 4), (5, 4), (3, 8))


def compute(short: bool = False) -> dict[tuple[int, int], Any]:
    """Losses (draws, T) of the limit for each (n, m) from 16 Haar-random measurements; short: 4."""
    found = {}
    for n, m in PROBLEMS:
        losses = []
        for seed in range(4 if short else 16):
            model, theta, y, states = haar_setup(n, 1, m, 1.0, seed)
            losses.append(qt.dynamics.asymptotic(model, theta, y, TIME, states=states).loss)
        found[n, m] = np.array(losses)
    return found


def verdicts(data: dict[tuple[int, int], Any]) -> list[object]:
    """Slope between t = 1e2 and 1e4 and the constant at t = 1e4."""
    found: list[object] = []
    for (n, m), losses in data.items():
        slope = claims.late_time_slope(TIME, losses, window=(1e2, 1e4))
        constant = claims.late_time_constant(TIME, losses, saturated=m == 2**n)
        found += [f"d = {2**n}, m = {m}: {slope}", f"d = {2**n}, m = {m}: {constant}"]
    return found


def figure(data: dict[tuple[int, int], Any]) -> Figure:
    """The losses, and 32 t^2 L."""
    with style():
        drawing, left, right = two_panels(
            {**LOSS_AXES, "title": "Loss of the limit"},
            {"xscale": "log", "xlabel": "normalised time t", "title": "32 t² L", "ylim": (0, 1.5)},
        )
        for ((n, m), losses), colour in zip(data.items(), colours(len(data)), strict=True):
            band(left, TIME, losses, colour, f"d = {2**n}, m = {m}")
            band(right, TIME[1:], 32 * TIME[1:] ** 2 * losses[:, 1:], colour)
        for level in (0.25, 1.0):
            right.axhline(level, color=FAINT, linestyle=":")
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
