"""Mean and variance of the tangent kernel over Haar-random circuits, for every number of parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent import convergence
from qtangent.plots.style import ACTUAL, INK, LIMIT, style
from reproduce.convergence.common import main, two_panels
from reproduce.transitions.chain import xxz

GENERATOR = np.repeat([0.5, -0.5], 32)
"""Of a rotation about one Pauli string on six qubits."""


@dataclass(frozen=True)
class Found:
    """At one number of parameters: K and mu of the draws, and the exact moments."""

    parameters: int
    kernel: np.ndarray
    dqntk: np.ndarray
    exact: convergence.HaarMoments


def compute(short: bool = False) -> list[Found]:
    """n = 6, the XXZ chain, half-angle Z between Haar-random gates, |0...0>: 2 to 64 parameters, 400 draws of all gates
    each (200 from 32 parameters on)."""
    levels = np.linalg.eigvalsh(xxz().matrix())
    found = []
    for p in (2, 4) if short else (2, 4, 8, 16, 32, 64):
        count = 8 if short else 400 if p < 32 else 200
        kernel, dqntk = np.empty(count), np.empty(count)
        for seed in range(count):
            model = qt.Model(qt.ansatz.haar(6, p, generator=0.5 * qt.pauli("ZIIIII"), seed=seed), xxz())
            theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, p)
            kernel[seed] = model.tangent_kernel(theta)[0, 0]
            dqntk[seed] = np.ravel(model.dqntk(theta))[0]
        found.append(Found(p, kernel, dqntk, convergence.haar_moments(levels, [GENERATOR], p)))
    return found


def scores(one: Found) -> tuple[float, float, float]:
    """How many standard errors the means of K and mu and the variance of K are from the exact ones."""
    n = len(one.kernel)
    mean = (one.kernel.mean() - one.exact.kernel) / np.sqrt(one.exact.kernel_variance / n)
    centred = (one.kernel - one.exact.kernel) ** 2
    variance = (centred.mean() - one.exact.kernel_variance) / (centred.std(ddof=1) / np.sqrt(n))
    dqntk = (one.dqntk.mean() - one.exact.dqntk) / (one.dqntk.std(ddof=1) / np.sqrt(n))
    return float(mean), float(variance), float(dqntk)


def verdicts(data: list[Found]) -> list[object]:
    """Each size in standard errors."""
    told: list[object] = []
    for one in data:
        mean, variance, dqntk = scores(one)
        word = "agrees" if max(abs(mean), abs(variance), abs(dqntk)) < 4 else "CONTRADICTS"
        told.append(
            f"p = {one.parameters}: E K {one.exact.kernel:.4g} (z = {mean:.1f}), Var K {one.exact.kernel_variance:.4g} "
            f"(z = {variance:.1f}), E mu {one.exact.dqntk:.4g} (z = {dqntk:.1f}): {word}"
        )
    return told


def figure(data: list[Found]) -> Figure:
    """Mean and variance over the number of parameters, drawn and exact."""
    with style():
        axes = {"xscale": "log", "yscale": "log", "xlabel": "parameters p"}
        drawing, left, right = two_panels(
            axes | {"ylabel": "mean of K", "title": "Mean"},
            axes | {"ylabel": "variance of K", "title": "Variance"},
        )
        p = [one.parameters for one in data]
        for panel, exact, measured in (
            (left, [one.exact.kernel for one in data], [one.kernel.mean() for one in data]),
            (right, [one.exact.kernel_variance for one in data], [one.kernel.var() for one in data]),
        ):
            panel.plot(p, exact, color=LIMIT, label="exact")
            panel.plot(p, measured, "o", color=ACTUAL, markersize=3.6, label="draws")
            panel.set_xticks(p, [str(one) for one in p])
            panel.minorticks_off()
        fourth = [one.exact.kernel**2 * 2 / one.parameters for one in data]
        right.plot(p, fourth, color=INK, linewidth=0.8, linestyle=":", label="2 (E K)^2/p")
        left.legend()
        right.legend()
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
