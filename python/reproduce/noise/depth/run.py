"""How fast the tangent kernel falls with the depth under noise: random, hardware-efficient and variational circuits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.convergence import haar_kernel
from qtangent.plots.style import style
from reproduce.convergence.common import colours, main, two_panels
from reproduce.noise.circuits import problem

ERROR = 0.01
"""Of each qubit behind each layer: its letters are left with 1 - 4 ERROR/3."""
FAMILIES = ("random", "hardware-efficient", "variational")


@dataclass(frozen=True)
class Depth:
    """What noise leaves of tr K over the layers."""

    qubits: int
    layers: tuple[int, ...]
    left: np.ndarray
    """(families, layers): mean of tr K with noise over that without."""
    unitarity: np.ndarray
    """(layers,), u^L."""
    weight_one: float
    """What a layer leaves of the square of a one-qubit letter."""
    contraction: float
    """q of a layer."""


def circuit(family: str, n: int, layers: int, seed: int) -> list[qt.Circuit]:
    """Layers one behind the other, each with parameters of its own."""
    if family == "random":
        draws = qt.ansatz.haar(n, layers, seed=seed)
        return [draws[:1] + qt.Circuit(n), *(draws[2 * k + 1 : 2 * k + 3] for k in range(layers))]
    if family == "hardware-efficient":
        return [qt.ansatz.hardware_efficient(n, 1, topology="ring") for _ in range(layers)]
    bonds = sum(qt.pauli("I" * k + "ZZ" + "I" * (n - k - 2)) for k in range(1, n - 1)) + qt.pauli(
        "ZZ" + "I" * (n - 2)
    )
    field = sum(qt.pauli("I" * k + "X" + "I" * (n - k - 1)) for k in range(1, n)) + qt.pauli(
        "X" + "I" * (n - 1)
    )
    return [qt.ansatz.hamiltonian_variational([bonds, field], 1) for _ in range(layers)]


def compute(short: bool = False) -> Depth:
    """n = 4, 1 to 32 layers, each qubit depolarised with p = 0.01 behind every layer, Z on qubit 0, 2 random states; 20
    draws of parameters, of random circuits the exact mean."""
    n, layers, draws = (3, (1, 4), 2) if short else (4, (1, 2, 4, 8, 16, 32), 20)
    channel = qt.noise.depolarizing(ERROR, 1)
    left = np.empty((len(FAMILIES), len(layers)))
    for place, family in enumerate(FAMILIES):
        for index, count in enumerate(layers):
            left[place, index] = _left(family, n, count, draws, channel)
    one = qt.Model(
        _noisy(circuit("hardware-efficient", n, 1, 0), channel), qt.pauli("Z" + "I" * (n - 1))
    ).contraction
    return Depth(
        n, layers, left, one.unitarity[0] ** np.array(layers), (1 - 4 * ERROR / 3) ** 2, float(one.q[0])
    )


def _left(family: str, n: int, layers: int, draws: int, channel: qt.noise.Channel) -> float:
    observable = qt.pauli("Z" + "I" * (n - 1))
    parts = circuit(family, n, layers, 0)
    plain, noisy = (qt.Model(one, observable) for one in (_joined(parts), _noisy(parts, channel)))
    states = problem(n, 1, 2, 0)[2]
    if family == "random":
        return float(np.trace(haar_kernel(noisy, states)) / np.trace(haar_kernel(plain, states)))
    theta = np.random.default_rng(1).uniform(0, 2 * np.pi, (draws, plain.n_params))
    kernels = [one.tangent_kernel(theta, states=states) for one in (noisy, plain)]
    with_noise, without = (np.trace(one, axis1=1, axis2=2).mean() for one in kernels)
    return float(with_noise / without)


def _joined(parts: list[qt.Circuit]) -> qt.Circuit:
    return sum(parts[1:], start=parts[0])


def _noisy(parts: list[qt.Circuit], channel: qt.noise.Channel) -> qt.Circuit:
    """Every qubit is hit behind every layer that has parameters."""
    noisy = []
    for one in parts:
        behind = one.copy()
        for qubit in range(one.n_qubits) if one.n_params else ():
            behind.channel(channel, qubit)
        noisy.append(behind)
    return _joined(noisy)


def verdicts(data: Depth) -> list[object]:
    """What is left at the deepest, against u^L and the weight-one law."""
    deepest, last = data.layers[-1], data.left[:, -1]
    found: list[object] = [
        f"{family}: {value:.3f} of tr K is left after {deepest} layers"
        for family, value in zip(FAMILIES, last, strict=True)
    ]
    found.append(
        f"u^L = {data.unitarity[-1]:.3f}, one-qubit letters keep {data.weight_one**deepest:.3f}, Q^2 = "
        f"{data.contraction ** (2 * deepest):.3f} on {data.qubits} qubits"
    )
    return found


def figure(data: Depth) -> Figure:
    """What is left over the layers, and against u^L."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "layers L",
                "ylabel": "tr K with noise / without",
                "yscale": "log",
                "title": f"{data.qubits} qubits",
            },
            {"xlabel": "layers L", "ylabel": "the same over u^L", "title": "Against random circuits"},
        )
        for place, (family, colour) in enumerate(zip(FAMILIES, colours(len(FAMILIES)), strict=True)):
            left.plot(data.layers, data.left[place], "o-", color=colour, markersize=3.6, label=family)
            right.plot(data.layers, data.left[place] / data.unitarity, "o-", color=colour, markersize=3.6)
        grid = np.linspace(data.layers[0], data.layers[-1], 50)
        left.plot(
            grid, data.weight_one**grid, color="0.5", linewidth=0.9, linestyle=":", label="one-qubit letters"
        )
        left.plot(data.layers, data.unitarity, color="0.5", linewidth=0.9, label="u^L")
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
