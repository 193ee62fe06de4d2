"""The Hamiltonian variational ansatz trains from any start once the rank of its Fisher information is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, two_panels

GROUND = 1e-3
"""A training has arrived if its energy is this close to the ground state's, as a share of it."""


@dataclass(frozen=True)
class Threshold:
    """For each number of qubits: parameters p, ranks and shares of trainings that arrive, the mean error, dim g."""

    qubits: tuple[int, ...]
    p: list[Any]
    rank: list[Any]
    arrived: list[Any]
    error: list[Any]
    dimension: list[int]


def ring(n: int) -> list[qt.Observable]:
    """The bonds and the fields of the transverse-field Ising ring, at its critical field."""
    bonds, fields = 0.0 * qt.pauli("I" * n), 0.0 * qt.pauli("I" * n)
    for q in range(n):
        letters = ["I"] * n
        letters[q] = letters[(q + 1) % n] = "Z"
        bonds = bonds + qt.pauli("".join(letters))
        fields = fields + qt.pauli("I" * q + "X" + "I" * (n - 1 - q))
    return [bonds, fields]


def model(n: int, layers: int) -> qt.Model:
    """The energy of the ring after the ansatz, from |+...+>, the ground state of the field."""
    circuit = qt.Circuit(n)
    for q in range(n):
        circuit.h(q)
    bonds, fields = ring(n)
    return qt.Model(
        circuit.then(qt.ansatz.hamiltonian_variational([bonds, fields], layers)),
        -1.0 * (bonds + fields),
    )


def compute(short: bool = False) -> Threshold:
    """Rings of 4, 6 and 8 qubits, 1 to 6 layers, 50 starts each, L-BFGS on the squared error of the energy."""
    sizes, depths, starts = ((3, 4), (1, 2, 3), 10) if short else ((4, 6, 8), tuple(range(1, 7)), 50)
    data = Threshold(tuple(sizes), [], [], [], [], [])
    for n in sizes:
        ground = (
            float(np.linalg.eigvalsh(-sum(ring(n)[1:], start=ring(n)[0]).matrix())[0])
            if n <= 8
            else energy(n)
        )
        rows = [one_depth(model(n, layers), ground, starts) for layers in depths]
        for found, column in zip(
            (data.p, data.rank, data.arrived, data.error),
            zip(*rows, strict=True),
            strict=True,
        ):
            found.append(np.array(column))
        data.dimension.append(qt.capacity.lie_algebra(ring(n)).dimension)
    return data


def energy(n: int) -> float:
    """The ground energy of the critical ring, by free fermions: -2 sum |cos(k/2)| over the momenta k = (2 j + 1) pi/n."""
    momenta = (2 * np.arange(n) + 1) * np.pi / n
    return -2 * float(np.sum(np.abs(np.cos(momenta / 2))))


def one_depth(one: qt.Model, ground: float, starts: int) -> tuple[int, int, float, float]:
    """p, the rank of the Fisher information at random parameters, the share that arrives, the mean error."""
    theta = np.random.default_rng(one.n_params).uniform(0, np.pi, (starts, one.n_params))
    values = np.linalg.eigvalsh(one.fisher_information(theta[:5]))
    # A label beyond the range by rounding would be warned of.
    run = qt.train(
        one,
        [ground * (1 - 1e-9)],
        theta=theta,
        optimizer=qt.LBFGS(),
        steps=200,
        record_every=200,
    )
    energies = one.predict(run.theta)[:, 0]
    error = np.abs(energies / ground - 1)
    return (
        one.n_params,
        int((values > 1e-8 * values.max()).sum(axis=1).max()),
        float((error < GROUND).mean()),
        float(error.mean()),
    )


def verdicts(data: Threshold) -> list[object]:
    """Where the rank saturates, and where all trainings arrive."""
    found: list[object] = []
    for n, p, rank, arrived, dimension in zip(
        data.qubits, data.p, data.rank, data.arrived, data.dimension, strict=True
    ):
        full = p[np.argmax(rank == rank.max())]
        every = p[np.argmax(arrived >= 0.99)] if (arrived >= 0.99).any() else None
        found.append(
            f"n = {n}: the rank is {rank.max()} from p = {full} on, dim g = {dimension}; arrived: "
            + ", ".join(f"p = {k}: {share:.2f}" for k, share in zip(p, arrived, strict=True))
            + (f"; all from p = {every} on" if every else "")
        )
    return found


def figure(data: Threshold) -> Figure:
    """Ranks and shares that arrive over the number of parameters, in units of the largest rank."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "parameters p",
                "ylabel": "rank of the Fisher information",
                "title": "Where the rank is full",
            },
            {
                "xlabel": "p / largest rank",
                "ylabel": "trainings that find the ground state",
                "title": "Where all starts arrive",
            },
        )
        for n, p, rank, arrived, colour in zip(
            data.qubits,
            data.p,
            data.rank,
            data.arrived,
            colours(len(data.qubits)),
            strict=True,
        ):
            left.plot(p, rank, "o-", color=colour, markersize=3.6, label=f"n = {n}")
            right.plot(
                p / rank.max(),
                arrived,
                "o-",
                color=colour,
                markersize=3.6,
                label=f"n = {n}",
            )
        left.plot(left.get_xlim(), left.get_xlim(), color=INK, linewidth=0.7, linestyle=":")
        right.axvline(1, color=INK, linewidth=0.7, linestyle=":")
        left.legend(loc="lower right")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
