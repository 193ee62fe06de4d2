"""The range of the measurement decides between a frozen error, sublinear and exponential convergence."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from qtangent import QTangentWarning
from qtangent.convergence import claims, haar_setup, sweep
from qtangent.plots.style import INK, style
from reproduce.convergence.common import band, colours, main, two_panels

SCALES = (0.7, 1.0, 1.2, 1.5, 2.0)


def compute(short: bool = False) -> Any:
    """d = 8, m = 4, p = 640, scales 0.7 to 2, dt = 0.02 to t = 10, 8 draws; short: p = 80, 2 draws."""
    p, seeds = (80, 2) if short else (640, 8)
    with warnings.catch_warnings():  # at scale 0.7 the labels are out of reach, which is the point
        warnings.simplefilter("ignore", QTangentWarning)
        return sweep(haar_setup, p=p, n=3, scale=SCALES, seeds=seeds, time=10.0, dt=0.02, records=160)


def verdicts(data: Any) -> list[object]:
    """The regime of each scale, the rate the last kernel sets, the change of the kernel."""
    runs = data.squeeze(["n", "p", "m", "draw"])
    found: list[object] = []
    for scale in runs.scale.values:
        one = runs.sel(scale=scale)
        regimes = [
            claims.follows_regime(one.time, one.loss.sel(seed=seed), scale) for seed in one.seed.values
        ]
        outcome = ", ".join(
            f"{sum(verdict.holds is value for verdict in regimes)} {word}"
            for value, word in [(True, "hold"), (False, "do not"), (None, "undecided")]
        )
        found.append(f"{regimes[0].claim}: of {len(regimes)} draws {outcome}")
        found.append(f"  {claims.kernel_stays_frozen(one.kernel_drift.isel(time=-1))}")
        if scale >= 1.5:
            found.append(f"  {claims.kernel_sets_rate(one.time, one.loss, one.lambda_min)}")
    return found


def figure(data: Any) -> Figure:
    """Losses for every scale, and their rates along the run against twice the smallest eigenvalue."""
    runs = data.squeeze(["n", "p", "m", "draw"])
    with style():
        drawing, left, right = two_panels(
            {
                "yscale": "log",
                "xlabel": "normalised time t",
                "ylabel": "loss L",
                "title": "Loss",
                "ylim": (1e-16, 1),
            },
            {"xlabel": "scale of the measurement", "yscale": "log", "title": "Late rate of the loss"},
        )
        for scale, colour in zip(runs.scale.values, colours(runs.sizes["scale"]), strict=True):
            band(left, runs.time, runs.loss.sel(scale=scale).clip(min=1e-30), colour, f"scale {scale:g}")
        left.legend(loc="lower left")
        late = runs.sel(time=slice(5, None))
        alive = late.loss.where(late.loss > 1e-24)
        rate = -np.log(alive.isel(time=slice(1, None)).min("time") / alive.max("time")) / (
            alive.time.where(np.isfinite(alive)).max("time") - alive.time[0]
        )
        promised = 2 * runs.lambda_min
        right.plot(runs.scale, rate.mean("seed"), color=INK, marker="o", label="measured, t > 5")
        for time, mark, label in [(0, ":", "2 λ$_{min}$(K(0))/Z"), (-1, "--", "2 λ$_{min}$(K)/Z at the end")]:
            right.plot(
                runs.scale, promised.isel(time=time).mean("seed"), color=INK, linestyle=mark, label=label
            )
        right.legend(loc="lower right")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
