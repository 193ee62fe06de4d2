"""Kernel regression with the initial tangent kernel against training: exponential promise, sublinear truth."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from qtangent.convergence import claims, haar_setup, sweep
from qtangent.plots.style import ACTUAL, FROZEN, LIMIT, style
from reproduce.convergence.common import LOSS_AXES, band, main, two_panels


def compute(short: bool = False) -> Any:
    """d = 8, m = 4, p = 640, Pauli measurement, dt = 0.02 to t = 10, 8 draws; short: p = 80, 3 draws."""
    return sweep(haar_setup, p=80 if short else 640, n=3, seeds=3 if short else 8, time=10.0, dt=0.02)


def verdicts(data: Any) -> list[object]:
    """Whether the final loss is what kernel regression promised, and whether the kernel stayed."""
    runs = data.squeeze(["n", "p", "m", "scale", "draw"]).isel(time=-1)
    return [
        claims.kernel_regression_describes(runs.loss, runs.kernel_regression_loss),
        claims.kernel_stays_frozen(runs.kernel_drift),
        claims.kernel_stays_frozen(runs.asymptotic_kernel_drift),
    ]


def figure(data: Any) -> Figure:
    """The three losses, and how far the kernel moved."""
    runs = data.squeeze(["n", "p", "m", "scale", "draw"])
    with style():
        drawing, left, right = two_panels(
            LOSS_AXES,
            {"xscale": "log", "xlabel": "normalised time t", "title": "‖K(t) - K(0)‖ / ‖K(0)‖"},
        )
        for name, colour, label in [
            ("loss", ACTUAL, "training"),
            ("kernel_regression_loss", FROZEN, "kernel regression"),
            ("asymptotic_loss", LIMIT, "limit p → ∞"),
        ]:
            band(left, runs.time, runs[name], colour, label)
        left.legend(loc="lower left")
        for name, colour in [("kernel_drift", ACTUAL), ("asymptotic_kernel_drift", LIMIT)]:
            band(right, runs.time, runs[name].clip(min=1e-12), colour)
        right.axhline(0, color=FROZEN)
        right.set_ylim(-0.03, 1.05)
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
