"""From few shots a singular kernel looks regular; without the bias it does not, and the shots that tell are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.plots.style import FAINT, INK, style
from reproduce.convergence.common import colours, main, two_panels
from reproduce.noise.circuits import haar_with_noise, problem

QUBITS, PARAMETERS = 3, 160
SIZES = (4, 8)
"""Numbers of samples: the limit's kernel of 8 orthogonal states on 3 qubits is singular."""
Z = 3.0


@dataclass(frozen=True)
class Kernels:
    """Smallest eigenvalues of measured kernels over the shots."""

    shots: tuple[int, ...]
    exact: tuple[float, ...]
    """Of K, by the number of samples."""
    measured: np.ndarray
    """(sizes, shots, seeds), of J J^T."""
    repaired: np.ndarray
    resolved: tuple[int | None, ...]
    """Shots with which the smallest eigenvalue stands three standard deviations above zero; None for a singular kernel."""
    noisy: tuple[tuple[float, int | None], ...]
    """Q and these shots for four samples with noise."""


def compute(short: bool = False) -> Kernels:
    """Haar-random gates, n = 3, p = 160, 4 and 8 samples; 2 to 1000 shots at each side of every angle, 100 seeds."""
    shots, seeds, p = ((2, 10, 50), 5, 40) if short else ((2, 4, 10, 30, 100, 300, 1000), 100, PARAMETERS)
    exact, measured, repaired, resolved = [], [], [], []
    for m in SIZES:
        model = haar_with_noise(QUBITS, p, 1.0, 1.0, 0)
        theta, _, states = problem(QUBITS, p, m, 0)
        lowest = np.linalg.eigvalsh(model.tangent_kernel(theta, states=states))[0]
        exact.append(float(lowest))
        measured.append([_lowest(model, theta, states, count, seeds, False) for count in shots])
        repaired.append([_lowest(model, theta, states, count, seeds, True) for count in shots])
        resolved.append(_resolved(model, theta, states))
    noisy = []
    for share in (1.0, 0.8, 0.6, 0.4):
        model = haar_with_noise(QUBITS, p // 4, share, 1.0, 0)
        theta, _, states = problem(QUBITS, p // 4, SIZES[0], 0)
        noisy.append((share, _resolved(model, theta, states)))
    return Kernels(shots, tuple(exact), np.array(measured), np.array(repaired), tuple(resolved), tuple(noisy))


def _lowest(
    model: qt.Model, theta: np.ndarray, states: np.ndarray, shots: int, seeds: int, debias: bool
) -> np.ndarray:
    return np.array(
        [
            np.linalg.eigvalsh(
                model.tangent_kernel(theta, states=states, shots=shots, seed=seed, debias=debias)
            )[0]
            for seed in range(seeds)
        ]
    )


def _resolved(model: qt.Model, theta: np.ndarray, states: np.ndarray) -> int | None:
    jacobian = model.jacobian(theta, states=states)
    variance = model.jacobian_variance(theta, states=states, shots=1)
    try:
        return qt.dynamics.shots_to_resolve(jacobian, variance, Z)
    except qt.InvalidArgumentError:
        return None


def verdicts(data: Kernels) -> list[object]:
    """Means and deviations at few shots and at the number that resolves."""
    found: list[object] = []
    for place, m in enumerate(SIZES):
        for index in (0, 2):
            if index < len(data.shots):
                plain, repaired = data.measured[place, index], data.repaired[place, index]
                found.append(
                    f"m = {m}, {data.shots[index]} shots: lambda_min {data.exact[place]:.3g}, of J J^T {plain.mean():.3g}, "
                    f"repaired {repaired.mean():.3g} +- {repaired.std():.2g}"
                )
        count = data.resolved[place]
        found.append(
            f"m = {m}: "
            + (
                "singular"
                if count is None
                else f"with {count} shots it stands {Z:g} standard deviations above zero"
            )
        )
    found.append(
        "with noise these shots are " + ", ".join(f"{count} at Q = {share}" for share, count in data.noisy)
    )
    return found


def figure(data: Kernels) -> Figure:
    """Smallest eigenvalues over the shots: measured, repaired, exact."""
    with style():
        settings = {
            "xlabel": "shots at each side of an angle",
            "ylabel": "smallest eigenvalue of K",
            "xscale": "log",
        }
        drawing, *panels = two_panels(
            *({**settings, "title": f"{m} samples on {QUBITS} qubits"} for m in SIZES)
        )
        for place, axes in enumerate(panels):
            for values, colour, label in (
                (data.measured[place], colours(3)[0], "as measured"),
                (data.repaired[place], colours(3)[2], "without bias"),
            ):
                axes.errorbar(
                    data.shots, values.mean(axis=1), values.std(axis=1), fmt="o-", color=colour, markersize=3.6,
                    linewidth=0.9, label=label,
                )  # fmt: skip
            axes.axhline(data.exact[place], color=INK, linewidth=0.9, linestyle="--")
            if (count := data.resolved[place]) is not None:
                axes.axvline(count, color=FAINT, linewidth=0.9)
        panels[0].legend(loc="upper right")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
