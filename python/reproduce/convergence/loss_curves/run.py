"""Loss of quantum neural networks with ever more parameters: sublinear, never below the lower bound."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from qtangent.convergence import claims, haar_setup, sweep
from qtangent.plots.style import INK, style
from reproduce.convergence.common import LOSS_AXES, band, colours, main, two_panels


def compute(short: bool = False) -> Any:
    """d = 32, m = 4, Pauli measurement, descent at dt = 0.05 to t = 20, 8 draws; short: d = 8 to t = 5, 3 draws."""
    if short:
        return sweep(haar_setup, p=[10, 40], n=3, seeds=3, time=5.0, dt=0.05)
    return sweep(haar_setup, p=[10, 20, 40, 80, 160, 320], n=5, seeds=8, time=20.0, dt=0.05)


def verdicts(data: Any) -> list[object]:
    """The lower bound, the plateaus, and from which p on a network behaves as the limit."""
    runs = data.squeeze(["n", "m", "scale", "draw"])
    found: list[object] = [claims.above_lower_bound(runs.loss, runs.lower_bound)]
    for p in runs.p.values:
        causes = Counter(
            "no plateau" if (one := _plateau(runs.sel(p=p, seed=seed))) is None else one.cause
            for seed in runs.seed.values
        )
        counted = ", ".join(f"{count} {cause}" for cause, count in causes.items())
        found.append(f"p = {p}: final loss {_final(runs.loss.sel(p=p)):.2e} (geometric mean), {counted}")
    last = runs.isel(time=-1)
    enough = claims.over_parameterised_from(runs.p, last.loss, last.asymptotic_loss)
    found.append(f"final loss within a factor 1.5 of the limit from p = {enough} on")
    return found


def _plateau(run: Any) -> claims.Plateau | None:
    return claims.plateau(run.time, run.loss, run.asymptotic_loss)


def _final(loss: Any) -> float:
    return float(np.exp(np.log(loss.isel(time=-1)).mean()))


def figure(data: Any) -> Figure:
    """Loss with bands for every p, and the same relative to the initial loss on a linear time axis."""
    runs = data.squeeze(["n", "m", "scale", "draw"])
    with style():
        drawing, left, right = two_panels(
            LOSS_AXES,
            {
                "yscale": "log",
                "xlabel": "normalised time t",
                "ylabel": "loss L",
                "title": "Log-linear: no straight line",
            },
        )
        for p, colour in zip(runs.p.values, colours(runs.sizes["p"]), strict=True):
            for axes in (left, right):
                band(axes, runs.time, runs.loss.sel(p=p), colour, f"p = {p}")
        for axes in (left, right):
            limit = np.exp(np.log(runs.asymptotic_loss).mean(["p", "seed"]))
            axes.plot(runs.time[1:], limit[1:], color=INK, linestyle="--", label="limit p → ∞")
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
