"""On data with 2^p minima, how often training finds the best one: q^p, whatever the descent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, sizes_axis, two_panels
from scipy.stats import binom, chi2

Q = 0.5 + np.arcsin(1 / 3) / np.pi
"""The chance of one parameter to start in the good well's basin, kappa = 1/3 (docs/landscape.md)."""

OPTIMIZERS = {
    "gradient descent": lambda p: qt.GradientDescent(0.2 * p),
    "Adam": lambda p: qt.Adam(0.01),
    "RMSProp": lambda p: qt.RMSProp(0.01),
    "L-BFGS": lambda p: qt.LBFGS(),
}
# Its line search jumps from basin to basin: no success rate is derived for it.
WITHOUT_EXPECTATION = ("L-BFGS",)
STEPS = 1500
SUCCESS = 5e-4


@dataclass(frozen=True)
class Rates:
    """Counts by optimiser, (p,), and how many trainings ended with k bad parameters at the largest p by Adam."""

    p: Any
    starts: int
    successes: dict[str, Any]
    flips: Any


def closed_form(p: int) -> tuple[qt.Model, Any, Any]:
    """Model, labels and density matrices with predictions cos 2 theta_l (label 0) and sin 2 theta_l / 2 (label 1/2)."""
    circuit = qt.Circuit(p)
    for l in range(p):
        circuit.rz(2 * qt.param(l), l)
    observable = qt.hermitian(np.ones((2**p, 2**p)) - np.eye(2**p))
    x, y = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]])
    states = []
    for l in range(p):
        for sign in (x, -0.5 * y):
            factors = [np.eye(2)] * l + [sign] + [np.eye(2)] * (p - l - 1)
            states.append((np.eye(2**p) + reduce(np.kron, factors)) / 2**p)
    return qt.Model(circuit, observable), np.tile([0.0, 0.5], p), np.array(states)


def compute(short: bool = False) -> Rates:
    """p = 1 to 8, 20,000 uniform starts for each, 1,500 steps; short: p = 1, 2 and 500 starts."""
    sizes, starts = (np.arange(1, 3), 500) if short else (np.arange(1, 9), 20_000)
    successes = {name: np.zeros(len(sizes), dtype=int) for name in OPTIMIZERS}
    flips = np.zeros(0, dtype=int)
    for place, p in enumerate(map(int, sizes)):
        model, y, states = closed_form(p)
        coefficients = qt.landscape.trigonometric(model, states=states)
        for name, optimizer in OPTIMIZERS.items():
            # Every p has starts of its own, so that counts of different p are independent.
            found = qt.landscape.success_rate(
                coefficients,
                y,
                optimizer=optimizer(p),
                starts=starts,
                steps=STEPS,
                seed=p,
                threshold=SUCCESS,
            )
            successes[name][place] = round(found.rate * starts)
            if name == "Adam":
                flips = found.counts(np.arange(p + 1) / (4 * p))
    return Rates(sizes, starts, successes, flips)


def verdicts(data: Rates) -> list[object]:
    """For each optimiser a chi-square over all p against q^p, but for L-BFGS; then the numbers."""
    expected = Q**data.p
    limit = chi2.ppf(0.999, len(data.p))
    found: list[object] = []
    for name, counts in data.successes.items():
        if name in WITHOUT_EXPECTATION:
            found.append(f"{name}: nothing is derived for it, its line search jumps between basins")
            continue
        spread = data.starts * expected * (1 - expected)
        statistic = float(np.sum((counts - data.starts * expected) ** 2 / spread))
        word = "agrees with" if statistic < limit else "CONTRADICTS"
        found.append(f"{name} {word} q^p: chi-square {statistic:.1f}, 0.1 % level {limit:.1f}")
    for place, p in enumerate(data.p):
        told = ", ".join(
            f"{name} {counts[place] / data.starts:.4f}" for name, counts in data.successes.items()
        )
        found.append(f"p = {p}: q^p {expected[place]:.4f}; {told}")
    return found


def figure(data: Rates) -> Figure:
    """The rates over p, and at the largest p how many parameters end in the bad well."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "parameters p",
                "ylabel": "success rate",
                "yscale": "log",
                "title": "Training finds the best minimum",
            },
            {
                "xlabel": "parameters in the bad well",
                "ylabel": "trainings by Adam",
                "title": f"Where it ends, p = {data.p[-1]}",
            },
        )
        left.plot(data.p, Q**data.p, color=INK, linewidth=0.9, label=f"q^p, q = {Q:.4f}", zorder=1)
        marks = zip(data.successes.items(), colours(len(data.successes)), ("o", "s", "D", "x"), strict=True)
        for place, ((name, counts), colour, mark) in enumerate(marks):
            rates = counts / data.starts
            errors = 1.96 * np.sqrt(rates * (1 - rates) / data.starts)
            left.errorbar(
                data.p + 0.09 * (place - 1.5), rates, errors, fmt=mark, color=colour, markersize=3.6, linewidth=0.8,
                label=name,
            )  # fmt: skip
        sizes_axis(left, data.p)
        left.legend(loc="lower left")
        k = np.arange(len(data.flips))
        right.bar(k, data.flips, color=colours(4)[1], width=0.7)
        expected = data.starts * binom.pmf(k, data.p[-1], 1 - Q)
        right.plot(k, expected, "o", color=INK, markersize=3.6, label="binomial(p, 1 - q)")
        right.set_xticks(k)
        right.legend(loc="upper right")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
