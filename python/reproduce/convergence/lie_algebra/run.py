"""A circuit that stays in a dynamical Lie algebra follows the limit restricted to that algebra, not the full one."""

from __future__ import annotations

from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.convergence import claims, study
from qtangent.plots.style import ACTUAL, INK, LIMIT, style
from reproduce.convergence.common import LOSS_AXES, main, sizes_axis, two_panels

LENGTHS = (2, 5, 10, 20, 40, 80)
OBSERVABLE = "ZII"


def generators() -> list[qt.Observable]:
    """Bonds and fields of the open transverse-field Ising chain on three qubits: dimension 9, u(1) + su(3)."""
    return [qt.pauli("ZZI") + qt.pauli("IZZ"), qt.pauli("XII") + qt.pauli("IXI") + qt.pauli("IIX")]


def compute(short: bool = False) -> dict[str, Any]:
    """Gates exp(-i theta field) between random products of 100 exponentials; m = 4, dt = 0.005 to t = 1, 16 draws.

    Normalised time is that of su(8). In an algebra of dimension 9 all gates pull together and it runs eight times as fast.
    """
    bonds, field = generators()
    algebra = qt.capacity.lie_algebra([bonds, field])
    sizes = (20, 40, 80) if short else (40, 80, 160, 320, 640, 1280, 2560)
    draws = 4 if short else 16
    distance = {name: np.empty((len(sizes), draws)) for name in ("restricted", "full")}
    for k, p in enumerate(sizes):
        for seed in range(draws):
            unitaries = algebra.random_unitaries(p + 1, length=100, seed=seed)
            circuit = qt.ansatz.haar(3, p, generator=field, unitaries=unitaries)
            states, y, theta = qt.encoding.haar_states(3, 4, seed=seed), [1, -1, 1, -1], np.zeros(p)
            one = study(
                qt.Model(circuit, qt.pauli(OBSERVABLE)), y, states=states, theta=theta, time=1.0, dt=0.005
            )
            turned = circuit.matrix(theta)
            start = turned.conj().T @ qt.pauli(OBSERVABLE).matrix() @ turned
            limit = qt.dynamics.asymptotic_in_algebra(algebra, [field], start, y, states, one.actual.time)
            for name, other in [("restricted", limit.predictions), ("full", one.asymptotic.predictions)]:
                distance[name][k, seed] = np.abs(one.actual.predictions - other).max()
    samples = 2000
    mixing = [
        algebra.second_moment_error(algebra.random_unitaries(samples, length=length, seed=1), field)
        for length in LENGTHS
    ]
    return {
        "algebra": algebra,
        "p": sizes,
        **distance,
        "mixing": mixing,
        "last": one,
        "limit": limit,
        "samples": samples,
    }


def verdicts(data: dict[str, Any]) -> list[object]:
    """The power of p for both limits, and how well the fixed gates mix."""
    return [
        repr(data["algebra"]),
        f"restricted limit: {claims.approaches_limit(data['p'], data['restricted'])}",
        f"full limit: {claims.approaches_limit(data['p'], data['full'])}",
        "error of the second moment over "
        + f"{data['samples']} products of {', '.join(map(str, LENGTHS))}: "
        + ", ".join(f"{error:.3f}" for error in data["mixing"]),
    ]


def figure(data: dict[str, Any]) -> Figure:
    """One training with both limits, and the distances over p."""
    one = data["last"]
    with style():
        drawing, left, right = two_panels(
            LOSS_AXES,
            {"xscale": "log", "yscale": "log", "xlabel": "parameters p", "title": "Distance from the limits"},
        )
        for curve, colour, line, label in [
            (one.actual, ACTUAL, "-", f"training, p = {data['p'][-1]}"),
            (data["limit"], INK, "--", "limit in the algebra"),
            (one.asymptotic, LIMIT, "-", "limit in su(8)"),
        ]:
            left.plot(curve.time[1:], curve.loss[1:], color=colour, linestyle=line, label=label)
        left.legend(loc="lower left")
        for name, colour, label in [
            ("restricted", INK, "limit in the algebra"),
            ("full", LIMIT, "limit in su(8)"),
        ]:
            right.plot(data["p"], data[name], color=colour, marker=".", linestyle="none", alpha=0.35)
            right.plot(data["p"], data[name].mean(axis=1), color=colour, marker="o", label=label)
        guide = data["restricted"].mean(axis=1)[0] * np.sqrt(data["p"][0] / np.array(data["p"]))
        right.plot(data["p"], guide, color=INK, linestyle=":", label="$p^{-1/2}$")
        right.legend(loc="lower left")
        sizes_axis(right, data["p"])
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
