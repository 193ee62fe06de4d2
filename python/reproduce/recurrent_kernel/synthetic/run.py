"""Two frequencies in noise: the recurrent tangent kernel beside kernels of padded vectors, over noise and lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from qtangent.plots.style import style
from reproduce.convergence.common import colours, main, two_panels
from reproduce.recurrent_kernel import machines
from reproduce.recurrent_kernel.sets import Split, sinusoids

NOISE = (0.5, 1.0, 1.5, 2.0)
"""Deviation of the noise over that of the sinusoid; the signal-to-noise ratio is one over its square."""
SPREADS = (0, 5, 10, 20)
"""Lengths are uniform within so many steps of 40."""
GRID = {"sigma_w": [1.34, 2**0.5, 1.47], "sigma_b": [0, 0.1, 0.5], "sigma_h": [0]}


@dataclass(frozen=True)
class Curves:
    """Test accuracies by method, (noise, draws) and (spread, draws)."""

    noise: Any
    spread: Any
    by_noise: dict[str, Any]
    by_spread: dict[str, Any]


METHODS = {
    "recurrent NTK, mean": lambda split: machines.recurrent(split, GRID, "mean"),
    "recurrent NTK, last": lambda split: machines.recurrent(split, GRID),
    "dense NTK": machines.dense,
    "RBF": machines.rbf,
    "polynomial": machines.polynomial,
}


def compute(short: bool = False) -> Curves:
    """Three draws of 60 training and 200 test sequences each; noise at lengths 30 to 50, lengths at noise 0.5; short: one
    draw, the first of the kernels and RBF."""
    draws = range(1 if short else 3)
    methods = {name: METHODS[name] for name in (("recurrent NTK, last", "RBF") if short else METHODS)}
    noise, spread = (NOISE[:1], SPREADS[:1]) if short else (NOISE, SPREADS)
    return Curves(
        np.array(noise),
        np.array(spread),
        averaged(methods, [[sinusoids(10 + seed, level, 10) for seed in draws] for level in noise]),
        averaged(methods, [[sinusoids(20 + seed, 0.5, steps) for seed in draws] for steps in spread]),
    )


def averaged(methods: dict[str, Any], splits: list[list[Split]]) -> dict[str, Any]:
    found = [[machines.accuracies(split, methods) for split in row] for row in splits]
    return {name: np.array([[one[name][0] for one in row] for row in found]) for name in methods}


def verdicts(data: Curves) -> list[object]:
    """The means, and whether the best recurrent kernel is ahead of all others."""
    found: list[object] = []
    for what, places, curves in (
        ("noise", data.noise, data.by_noise),
        ("spread", data.spread, data.by_spread),
    ):
        for k, place in enumerate(places):
            means = {name: float(values[k].mean()) for name, values in curves.items()}
            own = max(value for name, value in means.items() if name.startswith("recurrent"))
            others = max(value for name, value in means.items() if not name.startswith("recurrent"))
            word = "ahead" if own > others else "NOT ahead"
            told = ", ".join(f"{name} {value:.3f}" for name, value in means.items())
            found.append(f"{what} {place:g}: the recurrent kernel is {word}; {told}")
    return found


def figure(data: Curves) -> Figure:
    """Accuracies with the standard error over the draws."""
    with style():
        drawing, left, right = two_panels(
            {"xlabel": "noise over signal", "ylabel": "test accuracy", "title": "Lengths 30 to 50"},
            {"xlabel": "lengths within 40 +- this", "ylabel": "test accuracy", "title": "Noise 0.5"},
        )
        for axes, places, curves in ((left, data.noise, data.by_noise), (right, data.spread, data.by_spread)):
            for (name, values), colour in zip(curves.items(), colours(len(curves)), strict=True):
                error = values.std(axis=1) / np.sqrt(values.shape[1])
                axes.errorbar(places, values.mean(axis=1), error, color=colour, label=name, linewidth=1.2)
            axes.axhline(0.5, color="0.6", linewidth=0.6)
        left.legend(loc="lower left", fontsize="small")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
