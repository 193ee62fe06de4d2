"""Training against the exact over-parameterised limit: the distance falls like p^-1/2 and the kernel is not frozen."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from qtangent.convergence import claims, haar_setup, sweep
from qtangent.plots.style import INK, style
from reproduce.convergence.common import LOSS_AXES, band, colours, main, sizes_axis, two_panels


def compute(short: bool = False) -> Any:
    """d = 8, m = 4, Pauli measurement, descent at dt = 0.02 to t = 10, 8 draws; short: fewer parameters, 4 draws."""
    if short:
        return sweep(haar_setup, p=[40, 80, 160], n=3, seeds=4, time=5.0, dt=0.05)
    return sweep(haar_setup, p=[40, 80, 160, 320, 640, 1280, 2560], n=3, seeds=8, time=10.0, dt=0.02)


def verdicts(data: Any) -> list[object]:
    """The power of p, and the kernel's change at every p."""
    runs = data.squeeze(["n", "m", "scale", "draw"])
    distance = runs.asymptotic_distance.max("time")
    found: list[object] = [claims.approaches_limit(runs.p, distance)]
    for p in runs.p.values:
        drift = claims.kernel_stays_frozen(runs.kernel_drift.sel(p=p).isel(time=-1))
        found.append(f"p = {p}: mean largest distance {float(distance.sel(p=p).mean()):.4f}; {drift}")
    found.append(claims.above_lower_bound(runs.loss, runs.lower_bound))
    return found


def figure(data: Any) -> Figure:
    """Losses against the limit, and the distances over p."""
    runs = data.squeeze(["n", "m", "scale", "draw"])
    with style():
        drawing, left, right = two_panels(
            LOSS_AXES,
            {"xscale": "log", "yscale": "log", "xlabel": "parameters p", "title": "Distance from the limit"},
        )
        for p, colour in zip(runs.p.values, colours(runs.sizes["p"]), strict=True):
            band(left, runs.time, runs.loss.sel(p=p), colour, f"p = {p}")
        limit = np.exp(np.log(runs.asymptotic_loss).mean(["p", "seed"]))
        left.plot(runs.time[1:], limit[1:], color=INK, linestyle="--", label="limit p → ∞")
        left.legend(loc="lower left")
        distance = runs.asymptotic_distance.max("time")
        right.plot(runs.p, distance, color=INK, marker=".", linestyle="none", alpha=0.35)
        mean = distance.mean("seed")
        right.plot(runs.p, mean, color=INK, marker="o", label="max |prediction - limit|, mean")
        guide = float(mean[0]) * np.sqrt(runs.p[0] / runs.p)
        right.plot(runs.p, guide, color=INK, linestyle=":", label="$p^{-1/2}$")
        right.legend(loc="lower left")
        sizes_axis(right, runs.p)
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
