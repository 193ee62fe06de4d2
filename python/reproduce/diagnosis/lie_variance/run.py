"""The gradients of deep circuits have the variance that their Lie algebra says, exponentially small or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.capacity import gradient_variance, gradient_variance_prediction
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, two_panels

BATCHES = 8


@dataclass(frozen=True)
class Family:
    """Circuits of one kind over the qubits."""

    build: Callable[[int], qt.Model]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """For each number of qubits: the algebra's dimension, the variance as predicted and as measured in batches."""

    qubits: tuple[int, ...]
    dimension: list[int]
    predicted: list[float]
    measured: list[Any]


def terms(n: int) -> tuple[list[qt.Observable], list[qt.Observable]]:
    """The bonds and the fields of the open transverse-field Ising chain."""
    bonds = [qt.pauli("I" * q + "ZZ" + "I" * (n - 2 - q)) for q in range(n - 1)]
    return bonds, [qt.pauli("I" * q + "X" + "I" * (n - 1 - q)) for q in range(n)]


def sums(n: int) -> qt.Model:
    """Two parameters a layer, one for all bonds and one for all fields; measured are the bonds."""
    bonds, fields = (sum(some[1:], start=some[0]) for some in terms(n))
    return qt.Model(qt.ansatz.hamiltonian_variational([bonds, fields], 12 * n * n), bonds)


def matchgates(n: int) -> qt.Model:
    """A parameter for every bond and field, so(2n); measured is a field."""
    bonds, fields = terms(n)
    return qt.Model(qt.ansatz.hamiltonian_variational([*bonds, *fields], 2 * n * n + 8), fields[0])


def hardware_efficient(n: int) -> qt.Model:
    """RY and RZ and CZ along the chain, su(2^n); measured is Z on the first qubit."""
    return qt.Model(qt.ansatz.hardware_efficient(n, 12 * n), qt.pauli("Z" + "I" * (n - 1)))


FAMILIES = {
    "Ising chain, sums": Family(sums, (2, 3, 4, 5, 6)),
    "matchgates, so(2n)": Family(matchgates, (2, 3, 4, 5, 6)),
    "hardware-efficient, all of su": Family(hardware_efficient, (2, 3, 4)),
}


def compute(short: bool = False) -> dict[str, Found]:
    """n = 2 to 6 (4 for all of su(2^n)), 8 batches of 250 draws each; means over gates deep on both sides."""
    draws = 20 if short else 250
    found = {}
    for name, family in FAMILIES.items():
        one = Found(family.sizes[:2] if short else family.sizes, [], [], [])
        for n in one.qubits:
            model = family.build(n)
            prediction = gradient_variance_prediction(model)
            if prediction.variance is None or prediction.algebra_dimension is None:
                raise RuntimeError(f"{name}, {n} qubits: {prediction.reason}")
            deep = np.isfinite(prediction.variance)
            batches = [
                gradient_variance(model, draws=draws, seed=seed).variance[deep].mean()
                for seed in range(BATCHES)
            ]
            one.dimension.append(prediction.algebra_dimension)
            one.predicted.append(float(prediction.variance[deep].mean()))
            one.measured.append(np.array(batches))
        found[name] = one
    return found


def verdicts(data: dict[str, Found]) -> list[object]:
    """Measured over predicted for each size, and the predicted trend."""
    found: list[object] = []
    for name, one in data.items():
        for n, dimension, predicted, batches in zip(
            one.qubits, one.dimension, one.predicted, one.measured, strict=True
        ):
            ratio = batches / predicted
            error = float(ratio.std(ddof=1) / np.sqrt(len(ratio)))
            word = "agrees" if abs(ratio.mean() - 1) < 4 * error + 0.02 else "CONTRADICTS"
            found.append(
                f"{name}, n = {n}: dimension {dimension}, predicted {predicted:.4g}, measured over it "
                f"{ratio.mean():.3f} +- {error:.3f}: {word}"
            )
    return found


def figure(data: dict[str, Found]) -> Figure:
    """Predicted and measured variances over the qubits, and their ratio."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "qubits n",
                "ylabel": "variance of d yhat/d theta",
                "yscale": "log",
                "title": "Deep circuits",
            },
            {
                "xlabel": "dimension of the Lie algebra",
                "xscale": "log",
                "ylabel": "measured over predicted",
                "title": "Theory and draws",
            },
        )
        for place, ((name, one), colour) in enumerate(zip(data.items(), colours(len(data)), strict=True)):
            means = np.array([batches.mean() for batches in one.measured])
            errors = 1.96 * np.array([batches.std(ddof=1) for batches in one.measured]) / np.sqrt(BATCHES)
            left.plot(one.qubits, one.predicted, color=colour, linewidth=0.9)
            left.errorbar(
                one.qubits,
                means,
                errors,
                fmt="osD"[place],
                color=colour,
                markersize=3.6,
                label=name,
            )
            predicted = np.array(one.predicted)
            right.errorbar(
                one.dimension,
                means / predicted,
                errors / predicted,
                fmt="osD"[place],
                color=colour,
                markersize=3.6,
            )
        left.set_xticks(range(2, 7))
        left.minorticks_off()
        right.axhline(1, color=INK, linewidth=0.9, zorder=1)
        left.legend(loc="center right", bbox_to_anchor=(1.0, 0.62))
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
