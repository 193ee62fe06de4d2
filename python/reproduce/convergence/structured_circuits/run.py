"""Where the Haar theory stops: hardware-efficient and Hamiltonian-variational circuits against the same limit."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from qtangent.convergence import (
    claims,
    haar_setup,
    hamiltonian_variational_setup,
    hardware_efficient_setup,
    sweep,
)
from qtangent.plots.style import ACTUAL, FROZEN, INK, LIMIT, style
from reproduce.convergence.common import LOSS_AXES, band, main, sizes_axis, two_panels

SETUPS = {
    "Haar": (haar_setup, LIMIT),
    "hardware-efficient": (hardware_efficient_setup, ACTUAL),
    "Hamiltonian-variational": (hamiltonian_variational_setup, FROZEN),
}


def compute(short: bool = False) -> dict[str, Any]:
    """n = 4, m = 4, dt = 0.02 to t = 10, 8 draws, p from 24 to 768; short: p to 96 and to t = 4, 3 draws."""
    axes: dict[str, Any] = (
        {"p": [24, 48, 96], "seeds": 3, "time": 4.0}
        if short
        else {"p": [24, 48, 96, 192, 384, 768], "seeds": 8, "time": 10.0}
    )
    return {name: sweep(build, n=4, dt=0.02, **axes) for name, (build, _) in SETUPS.items()}


def verdicts(data: dict[str, Any]) -> list[object]:
    """Whether each circuit approaches the Haar limit, and what its loss does."""
    found: list[object] = []
    for name, one in data.items():
        runs = one.squeeze(["n", "m", "scale", "draw"])
        found.append(f"{name}: {claims.approaches_limit(runs.p, runs.asymptotic_distance.max('time'))}")
        last = runs.isel(time=-1)
        enough = claims.over_parameterised_from(runs.p, last.loss, last.asymptotic_loss)
        found.append(f"{name}: final loss that of the limit from p = {enough} on")
        found.append(f"{name}: {claims.above_lower_bound(runs.loss, runs.lower_bound)}")
    return found


def figure(data: dict[str, Any]) -> Figure:
    """Losses at the largest p, and distances from the limit over p."""
    with style():
        first = next(iter(data.values()))
        drawing, left, right = two_panels(
            {**LOSS_AXES, "title": f"Loss at p = {int(first.p[-1])}"},
            {"xscale": "log", "yscale": "log", "xlabel": "parameters p", "title": "max |prediction - Haar limit|"},
        )  # fmt: skip
        for name, one in data.items():
            runs, colour = one.squeeze(["n", "m", "scale", "draw"]), SETUPS[name][1]
            band(left, runs.time, runs.loss.isel(p=-1), colour, name)
            distance = runs.asymptotic_distance.max("time")
            right.plot(runs.p, distance, color=colour, marker=".", linestyle="none", alpha=0.35)
            right.plot(runs.p, distance.mean("seed"), color=colour, marker="o")
        limit = first.squeeze(["n", "m", "scale", "draw"]).asymptotic_loss.isel(p=-1)
        band(left, first.time, limit, INK, "Haar limit")
        left.legend(loc="lower left")
        sizes_axis(right, first.p)
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
