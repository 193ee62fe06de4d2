"""One sample and an XXZ chain: the label decides whether the kernel freezes, the error does, or both fall as 1/t."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent import convergence
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, two_panels
from reproduce.transitions.chain import xxz

LABELS = {"inside": -20.0, "edge": -22.0, "outside": -24.0, "near": -21.9}
"""The lowest level is -22; near is inside by 0.1."""
EARLY = 0.5
"""Of the crossover time: as long as the label near the edge is trained once more."""
CLOSE = 0.15
"""Share within which a late law at finite time counts as met."""
TIME = 4.0
"""Normalised: some fifty times 1/(2 Delta), Delta = 6.9 the gap above the lowest level."""


@dataclass(frozen=True)
class Found:
    """One training, the exact limit from its start, and its phases."""

    study: Any
    before: Any
    after: Any
    softest: float
    """Smallest non-zero curvature at the end over Zsum; not a number where it is not needed."""


@cache
def model(parameters: int) -> qt.Model:
    """Haar-random gates between rotations."""
    return qt.Model(qt.ansatz.haar(6, parameters, seed=0), xxz())


def compute(short: bool = False) -> dict[str, Found]:
    """n = 6, 192 parameters between Haar-random gates, one sample |0...0>, labels -20 (inside), -22 (the edge), -24
    (outside) and -21.9 (near the edge), to the normalised time 4, the last one also to half its crossover time."""
    found = {}
    for name, label in LABELS.items():
        if short and name == "near":
            continue
        network = model(24 if short else 192)
        study = convergence.study(
            network, [label], seed=1, time=0.1 if short else TIME, records=20 if short else 120
        )
        softest = float("nan")
        if name == "outside":
            softest = (
                abs(float(convergence.softest_curvature(network, study.theta))) / study.settings["z_sum"]
            )
        found[name] = Found(study, study.phases.before, study.phases.after, softest)
    if not short:
        near = found["near"].before
        study = convergence.study(
            model(192), [LABELS["near"]], seed=1, time=EARLY * near.crossover_time, records=120
        )
        found["near, early"] = Found(study, near, study.phases.after, float("nan"))
    return found


def verdicts(data: dict[str, Found]) -> list[object]:
    """The phase told by data and run, and the late law of each."""
    told: list[object] = []
    for name, one in data.items():
        # Before its crossover time a label near the edge looks as one on it.
        expected = "critical" if name == "near, early" else one.before.kind
        word = "agrees" if one.after.kind == expected else "differs"
        if one.before.crossover_time is not None:
            word += f", t_x = {one.before.crossover_time:.2g}"
        told.append(
            f"{name}, y = {one.study.problem.y[0]:g}, to t = {one.study.actual.time[-1]:.2g}: by data {one.before.kind}, by "
            f"the run {one.after.kind} (a = {one.after.statistic[0]:.2f}), expected {expected}: {word}"
        )
    for name, value, law in laws(data):
        word = "agrees" if abs(value / law - 1) <= CLOSE else "differs"
        told.append(f"{name}: {value:.3g}, expected {law:.3g}: {word}")
    return told


def laws(data: dict[str, Found]) -> list[tuple[str, float, float]]:
    """The late laws: what was measured, and what theory says."""
    told = []
    for name, one in data.items():
        actual = one.study.actual
        kernel, residual = actual.kernel[:, 0, 0], abs(actual.residuals[:, 0])
        if name == "inside":
            told.append(
                ("inside, rate of |r| (the last kernel)", late_rate(actual.time, residual), float(kernel[-1]))
            )
        elif name == "edge":
            limit = one.study.asymptotic
            told.append(
                ("edge, K t of the limit at the end", float(limit.kernel[-1, 0, 0] * limit.time[-1]), 1.0)
            )
        elif name == "outside":
            expected = 2 * one.softest * float(residual[-1])
            told.append(("outside, rate of K (2 lambda R)", late_rate(actual.time, kernel), expected))
    return told


def late_rate(time: Any, values: Any) -> float:
    """At which values fall over the last quarter of the time in which they are above rounding."""
    seen = np.flatnonzero(values > 1e-10)
    late = seen[time[seen] >= 0.75 * time[seen[-1]]]
    return -float(np.polyfit(time[late], np.log(values[late]), 1)[0])


def figure(data: dict[str, Found]) -> Figure:
    """Kernel and residual over time, of training and of the limit."""
    with style():
        axes = {"xscale": "log", "yscale": "log", "xlabel": "normalised time t"}
        drawing, left, right = two_panels(
            axes | {"ylabel": "K / Z", "title": "Kernel"}, axes | {"ylabel": "|r|", "title": "Error"}
        )
        shown = {name: one for name, one in data.items() if name in LABELS}
        for (name, one), colour in zip(shown.items(), colours(len(shown)), strict=True):
            actual, limit = one.study.actual, one.study.asymptotic
            left.plot(
                actual.time[1:], actual.kernel[1:, 0, 0], color=colour, label=f"{name}, {LABELS[name]:g}"
            )
            left.plot(limit.time[1:], limit.kernel[1:, 0, 0], color=colour, linestyle=":")
            right.plot(actual.time[1:], abs(actual.residuals[1:, 0]), color=colour)
            right.plot(limit.time[1:], abs(limit.residuals[1:, 0]), color=colour, linestyle=":")
        time = next(iter(data.values())).study.actual.time
        late = time[time > time[-1] / 10]
        left.plot(late, 1 / late, color=INK, linewidth=0.8)
        left.text(late[0], 1.3 / late[0], "1/t", color=INK, fontsize=8)
        left.set_ylim(1e-4, None)
        right.set_ylim(1e-4, None)
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
