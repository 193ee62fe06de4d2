"""Gradients of deep hardware-efficient circuits vanish exponentially with the qubits, those of shallow ones do not."""

from __future__ import annotations

from dataclasses import dataclass

import qtangent as qt
from matplotlib.figure import Figure
from qtangent.capacity import GradientVarianceTrend, gradient_variance_trend
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, sizes_axis, two_panels

DEPTH = 10
"""Layers a qubit of a deep circuit."""


@dataclass(frozen=True)
class Plateaus:
    """Variances over the qubits, shallow and deep, and over the layers."""

    shallow: GradientVarianceTrend
    deep: GradientVarianceTrend
    layers: GradientVarianceTrend


def family(n: int, layers: int) -> qt.Circuit:
    """RY and RZ on every qubit, then CZ along the chain."""
    return qt.ansatz.hardware_efficient(n, layers)


def observable(n: int) -> qt.Observable:
    """Z on the first qubit."""
    return qt.pauli("Z" + "I" * (n - 1))


def haar(n: int) -> float:
    """The variance between Haar-random unitaries: Z 2 tr(M^2) (d - 1)/(d^2 - 1), Z = d/(4 (d^2 - 1))."""
    d = 2**n
    return d / (4 * (d * d - 1)) * 2 * d * (d - 1) / (d * d - 1)


def compute(short: bool = False) -> Plateaus:
    """n = 2 to 10, 2 layers against 10 n, 300 draws of parameters; 1 to 100 layers on 4 to 10 qubits."""
    sizes, draws = ((2, 3, 4), 60) if short else (tuple(range(2, 11)), 300)
    few = (1, 4, 16) if short else (1, 2, 3, 5, 8, 12, 20, 35, 60, 100)
    return Plateaus(
        gradient_variance_trend(family, observable, sizes, [2], draws=draws),
        gradient_variance_trend(family, observable, sizes, lambda n: DEPTH * n, draws=draws, seed=1),
        gradient_variance_trend(
            family,
            observable,
            sizes[2::2] if not short else sizes[:2],
            few,
            draws=draws,
            seed=2,
        ),
    )


def verdicts(data: Plateaus) -> list[object]:
    """Slopes of ln variance by one more qubit, and what deep circuits have of Haar's variance."""
    found: list[object] = []
    for name, trend in (("2 layers", data.shallow), (f"{DEPTH} n layers", data.deep)):
        (one,) = trend.slopes
        low, high = one.interval
        kind = "exponential" if high < -0.35 else "not exponential" if low > -0.35 else "undecided"
        found.append(f"{name}: ln variance by {one.value:.3f} [{low:.3f}, {high:.3f}] a qubit, {kind}")
    shares = [value / haar(n) for n, value in zip(data.deep.qubits, data.deep.variance[:, 0], strict=True)]
    found.append(
        "deep circuits over Haar, their shallow ends included: " + ", ".join(f"{one:.3f}" for one in shares)
    )
    for n, row in zip(data.layers.qubits, data.layers.variance, strict=True):
        found.append(
            f"n = {n}: {row[0]:.3g} at {data.layers.layers[0, 0]} layers, {row[-1] / haar(n):.2f} of Haar at the last"
        )
    return found


def figure(data: Plateaus) -> Figure:
    """Variances over the qubits and over the layers."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "qubits n",
                "ylabel": "variance of d yhat/d theta",
                "yscale": "log",
                "title": "Deep against shallow",
            },
            {
                "xlabel": "layers",
                "xscale": "log",
                "yscale": "log",
                "title": "How it sets in",
            },
        )
        two = colours(3)
        for trend, colour, label in (
            (data.shallow, two[0], "2 layers"),
            (data.deep, two[2], f"{DEPTH} n layers"),
        ):
            errors = abs(trend.interval[:, 0].T - trend.variance[:, 0])
            left.errorbar(
                trend.qubits,
                trend.variance[:, 0],
                errors,
                fmt="o",
                color=colour,
                markersize=3.6,
                label=label,
            )
        left.plot(
            data.deep.qubits,
            [haar(n) for n in data.deep.qubits],
            color=INK,
            linewidth=0.9,
            label="Haar",
            zorder=1,
        )
        sizes_axis(left, data.deep.qubits)
        left.legend(loc="lower left")
        for place, (n, colour) in enumerate(
            zip(data.layers.qubits, colours(len(data.layers.qubits)), strict=True)
        ):
            right.plot(
                data.layers.layers[place],
                data.layers.variance[place],
                "o-",
                color=colour,
                markersize=3,
                label=f"n = {n}",
            )
            right.axhline(haar(n), color=colour, linestyle=":", linewidth=0.9)
        right.legend(loc="upper right")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
