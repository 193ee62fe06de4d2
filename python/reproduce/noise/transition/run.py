"""Noise moves a network through the transition from exponential to sublinear to frozen error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.convergence import fit_rates
from qtangent.plots.style import style
from reproduce.convergence.common import LOSS_AXES, band, colours, main, two_panels
from reproduce.noise.circuits import haar_with_noise, problem

GAMMA, RANGES = 1.5, (1.2, 1.0, 0.8)
QUBITS, SAMPLES, STEP, STEPS = 3, 2, 0.05, 200


@dataclass(frozen=True)
class Transition:
    """Losses over normalised time, (Q gamma, draws, T), and those of the limit from the same start."""

    parameters: int
    time: np.ndarray
    whole: np.ndarray
    limit: np.ndarray
    """Under depolarising of the whole register."""
    local: np.ndarray
    local_limit: np.ndarray
    """Under depolarising of each qubit."""
    apart: float
    """Between trainings with depolarising of the whole register and with the smaller range."""
    critical_layers: tuple[float, ...]


def compute(short: bool = False) -> Transition:
    """gamma = 1.5, n = 3, m = 2, steps of dt = 0.05 to t = 10, p = 640, 8 draws. Depolarising of the whole register as the
    range Q gamma = 1.2, 1, 0.8; depolarising of each qubit behind each unitary."""
    p, draws = (40, 2) if short else (640, 8)
    curves: dict[str, list[Any]] = {name: [] for name in ("whole", "limit", "local", "local_limit")}
    apart, depths = [], []
    for reached in RANGES:
        share = reached / GAMMA
        whole = [trained(_narrow(p, reached, seed), 1.0, seed) for seed in range(draws)]
        noisy = [haar_with_noise(QUBITS, p, share, GAMMA, seed) for seed in range(draws)]
        local = [trained(one, one.contraction.Q, seed) for seed, one in enumerate(noisy)]
        for name, found in (("whole", whole), ("local", local)):
            curves[name].append([loss for loss, _ in found])
            curves["limit" if name == "whole" else "local_limit"].append([limit for _, limit in found])
        apart.append(_equivalence(share, 20))
        depths.append(p * math.log(GAMMA) / -math.log(share))
    return Transition(
        p, STEP * np.arange(STEPS + 1), *map(np.array, curves.values()), max(apart), tuple(depths)
    )


def _narrow(p: int, reached: float, seed: int) -> qt.Model:
    return qt.Model(qt.ansatz.haar(QUBITS, p, seed=seed), qt.pauli("Z" + "I" * (QUBITS - 1)), reached)


def trained(model: qt.Model, contraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses (T,) of descent and of the limit."""
    theta, y, states = problem(QUBITS, model.n_params, SAMPLES, seed)
    rate = qt.GradientDescent(STEP * SAMPLES / model.z_sum)
    run = qt.train(model, y, states=states, theta=theta, steps=STEPS, optimizer=rate)
    limit = qt.dynamics.asymptotic(
        model, theta, y, STEP * np.arange(STEPS + 1), states=states, contraction=contraction
    )
    return run.loss, limit.loss


def _equivalence(contraction: float, p: int) -> float:
    """Predictions of a training with depolarising of the whole register against those of the smaller range."""
    circuit, observable = qt.ansatz.haar(QUBITS, p, seed=0), qt.pauli("Z" + "I" * (QUBITS - 1))
    noise = qt.NoiseModel().add(qt.noise.global_depolarizing(contraction ** (1 / (p + 1))), gates="unitary")
    noisy = qt.Model(circuit, observable, GAMMA, noise=noise)
    theta, y, states = problem(QUBITS, p, SAMPLES, 0)
    rate = qt.GradientDescent(STEP * SAMPLES / noisy.z_sum)
    runs = [
        qt.train(one, y, states=states, theta=theta, steps=50, optimizer=rate, record=("predictions",))
        for one in (noisy, qt.Model(circuit, observable, noisy.contraction.Q * GAMMA))
    ]
    return float(np.abs(runs[0].predictions - runs[1].predictions).max())


def verdicts(data: Transition) -> list[object]:
    """Geometric means of L(10) against those of the limit, and the law of each."""
    found: list[object] = []
    for place, reached in enumerate(RANGES):
        mean, limit, local, promised = (
            _mean(one[place]) for one in (data.whole, data.limit, data.local, data.local_limit)
        )
        law = fit_rates(data.time, mean)
        told = f"t^{law.slope.value:.2f}" if law.law == "power law" else law.law
        found.append(
            f"Q gamma = {reached}: L(10) = {mean[-1]:.3g}, the limit {limit[-1]:.3g}, ratio {mean[-1] / limit[-1]:.2f}; "
            f"{told}; each qubit depolarised {local[-1]:.3g}, the limit {promised[-1]:.3g}, ratio "
            f"{local[-1] / promised[-1]:.2f}; with this noise a layer the critical depth is "
            f"{data.critical_layers[place]:.0f} of {data.parameters} layers"
        )
    found.append(f"depolarising of the register is the smaller range: 50 steps differ by {data.apart:.1e}")
    return found


def _mean(losses: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(np.log(losses).mean(axis=0)))


def figure(data: Transition) -> Figure:
    """Losses with quartiles over the draws and dashed limits, for the whole register and for each qubit."""
    with style():
        drawing, left, right = two_panels(
            {**LOSS_AXES, "title": f"Whole register, p = {data.parameters}"},
            {**LOSS_AXES, "title": f"Each qubit, p = {data.parameters}"},
        )
        shown = data.time > 0
        for place, (reached, colour) in enumerate(zip(RANGES, colours(len(RANGES)), strict=True)):
            for axes, losses, limits in (
                (left, data.whole, data.limit),
                (right, data.local, data.local_limit),
            ):
                band(axes, data.time, losses[place], colour, f"Q \N{GREEK SMALL LETTER GAMMA} = {reached}")
                limit = _mean(limits[place])
                axes.plot(data.time[shown], limit[shown], color=colour, linestyle="--", linewidth=0.9)
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
