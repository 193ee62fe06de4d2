"""A global observable has a barren plateau at any depth, a local one only in deep circuits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.capacity import GradientVarianceTrend, gradient_variance_trend
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, sizes_axis, two_panels

LAYERS = 2


@dataclass(frozen=True)
class Locality:
    """Variances over the qubits of both observables, shallow and deep."""

    shallow: dict[str, GradientVarianceTrend]
    deep: dict[str, GradientVarianceTrend]


def family(n: int, layers: int) -> qt.Circuit:
    """RY on every qubit, then CZ on pairs that alternate: the alternating layered ansatz with blocks of two qubits."""
    circuit, index = qt.Circuit(n), 0
    for layer in range(layers):
        for first in range(layer % 2, n - 1, 2):
            for qubit in (first, first + 1):
                circuit.ry(qt.param(index), qubit)
                index += 1
            circuit.cz(first, first + 1)
            for qubit in (first, first + 1):
                circuit.ry(qt.param(index), qubit)
                index += 1
    return circuit


def global_observable(n: int) -> qt.Observable:
    """1 - |0...0><0...0| up to the constant: all qubits at once."""
    return -qt.projector("0" * n)


def local_observable(n: int) -> qt.Observable:
    """1 - (1/n) sum_q |0><0|_q up to the constant: the mean over the qubits."""
    return sum(-0.5 / n * qt.pauli("I" * q + "Z" + "I" * (n - 1 - q)) for q in range(n))


OBSERVABLES = {"global": global_observable, "local": local_observable}


def compute(short: bool = False) -> Locality:
    """n = 4 to 12 at 2 layers, 4 to 10 at 10 n, 1,000 and 300 draws of parameters."""
    sizes, draws = ((2, 4, 6), 100) if short else (tuple(range(4, 13, 2)), 1000)
    return Locality(
        {
            name: gradient_variance_trend(family, one, sizes, [LAYERS], draws=draws)
            for name, one in OBSERVABLES.items()
        },
        {
            name: gradient_variance_trend(
                family,
                one,
                sizes[: 4 - short],
                lambda n: 10 * n,
                draws=draws * 3 // 10,
                seed=1,
            )
            for name, one in OBSERVABLES.items()
        },
    )


def power(trend: GradientVarianceTrend) -> float:
    """The slope of ln variance over ln n, between the middle of the sizes and their end."""
    half = len(trend.qubits) // 2
    return float(
        np.log(trend.variance[-1, 0] / trend.variance[half, 0])
        / np.log(trend.qubits[-1] / trend.qubits[half])
    )


def verdicts(data: Locality) -> list[object]:
    """Slopes of ln variance by one more qubit."""
    found: list[object] = []
    for depth, trends in (
        (f"{LAYERS} layers", data.shallow),
        ("10 n layers", data.deep),
    ):
        for name, trend in trends.items():
            (one,) = trend.slopes
            low, high = one.interval
            kind = "exponential" if high < -0.35 else "not exponential" if low > -0.35 else "undecided"
            found.append(
                f"{name}, {depth}: ln variance by {one.value:.3f} [{low:.3f}, {high:.3f}] a qubit, {kind}"
            )
    found.append(f"local, {LAYERS} layers: about n^{power(data.shallow['local']):.1f}")
    return found


def figure(data: Locality) -> Figure:
    """Variances over the qubits, shallow on the left, deep on the right."""
    with style():
        drawing, *panels = two_panels(
            {
                "xlabel": "qubits n",
                "ylabel": "variance of d yhat/d theta",
                "yscale": "log",
                "title": f"{LAYERS} layers",
            },
            {"xlabel": "qubits n", "yscale": "log", "title": "10 n layers"},
        )
        for axes, trends in zip(panels, (data.shallow, data.deep), strict=True):
            for (name, trend), colour, mark in zip(trends.items(), colours(3)[::2], ("s", "o"), strict=True):
                errors = abs(trend.interval[:, 0].T - trend.variance[:, 0])
                axes.errorbar(
                    trend.qubits,
                    trend.variance[:, 0],
                    errors,
                    fmt=mark,
                    color=colour,
                    markersize=3.6,
                    label=name,
                )
                line = np.polyval(
                    np.polyfit(trend.qubits, np.log(trend.variance[:, 0]), 1),
                    trend.qubits,
                )
                axes.plot(trend.qubits, np.exp(line), color=INK, linewidth=0.7, zorder=1)
            sizes_axis(axes, trends["local"].qubits)
            axes.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
