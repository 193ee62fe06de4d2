"""Training on measured predictions stays at a loss that the kernel and the number of shots foretell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.plots.style import INK, style
from reproduce.convergence.common import LOSS_AXES, colours, main, two_panels

QUBITS, LAYERS, SAMPLES, KAPPA = 2, 3, 3, 0.1


@dataclass(frozen=True)
class Plateaus:
    """Exact losses of trainings whose predictions are measured."""

    shots: tuple[int, ...]
    step: np.ndarray
    loss: np.ndarray
    """(shots, T), mean over chains."""
    stays: np.ndarray
    """(shots,), mean over chains and steps of the second half."""
    errors: np.ndarray
    plateau: np.ndarray
    to_reach: tuple[tuple[float, int], ...]
    """Losses and the shots that they take."""


def compute(short: bool = False) -> Plateaus:
    """A circuit of 2 qubits, 12 parameters and 3 samples of one feature, labels that it can have; 10 to 10,000 shots a
    prediction, exact Jacobians, 200 chains of 3,000 steps; kappa_max = eta lambda_max(K)/m = 0.1."""
    shots, chains, steps = ((10, 100), 20, 400) if short else ((10, 100, 1000, 10_000), 200, 3000)
    circuit = qt.encoding.angle(QUBITS).then(qt.ansatz.hardware_efficient(QUBITS, LAYERS))
    model = qt.Model(circuit, qt.pauli("ZZ"))
    rng = np.random.default_rng(6)
    planted = rng.uniform(-2, 2, model.n_params)
    X = rng.uniform(-1.5, 1.5, (SAMPLES, model.circuit.n_features))
    y = model.predict(planted, X)
    start = planted + 0.3 * rng.normal(size=model.n_params)
    # Where descent without shots ends, one of many minima.
    optimum = qt.train(model, y, X=X, theta=start, steps=2000, optimizer=qt.GradientDescent(0.1)).theta
    kernel, one_shot = model.tangent_kernel(optimum, X), model.prediction_variance(optimum, X, shots=1)
    rate = KAPPA * SAMPLES / float(np.linalg.eigvalsh(kernel)[-1])
    curves = [_descent(model, X, y, start, rate, count, chains, steps) for count in shots]
    late = np.array(curves)[:, :, steps // 2 :].mean(axis=2)
    targets = (1e-3, 1e-4, 1e-5)
    return Plateaus(
        shots,
        np.arange(steps),
        np.array(curves).mean(axis=1),
        late.mean(axis=1),
        late.std(axis=1) / np.sqrt(chains),
        np.array([qt.dynamics.shot_plateau(kernel, one_shot / count, rate) for count in shots]),
        tuple((one, qt.dynamics.shots_to_reach(one, kernel, one_shot, rate)) for one in targets),
    )


def _descent(
    model: qt.Model,
    X: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    rate: float,
    shots: int,
    chains: int,
    steps: int,
) -> np.ndarray:
    """Exact losses (chains, T) of descent on measured predictions with exact Jacobians."""
    theta = np.tile(start, (chains, 1))
    losses = np.empty((steps, chains))
    for step in range(steps):
        losses[step] = np.mean((model.predict(theta, X) - y) ** 2, axis=1) / 2
        residual = model.predict(theta, X, shots=shots, seed=step) - y
        theta = theta - rate / len(y) * np.einsum("sj,sjp->sp", residual, model.jacobian(theta, X))
    return losses.T


def verdicts(data: Plateaus) -> list[object]:
    """Where the loss stays against the closed form."""
    found: list[object] = [
        f"{shots} shots: the loss stays at {stays:.4g} +- {error:.2g}, foretold {plateau:.4g}, ratio {stays / plateau:.3f}"
        for shots, stays, error, plateau in zip(
            data.shots, data.stays, data.errors, data.plateau, strict=True
        )
    ]
    found.append(
        "shots a prediction that a loss takes: "
        + ", ".join(f"{loss:.0e}: {count}" for loss, count in data.to_reach)
    )
    return found


def figure(data: Plateaus) -> Figure:
    """Losses over the steps with their plateaus, and where they stay over the shots."""
    with style():
        drawing, left, right = two_panels(
            {**LOSS_AXES, "xlabel": "steps of descent"},
            {
                "xlabel": "shots a prediction N",
                "ylabel": "mean loss that training stays at",
                "xscale": "log",
                "yscale": "log",
                "title": "Plateaus",
            },
        )
        for place, colour in enumerate(colours(len(data.shots))):
            shown = data.step > 0
            left.plot(
                data.step[shown],
                data.loss[place][shown],
                color=colour,
                linewidth=0.9,
                label=f"N = {data.shots[place]}",
            )
            left.axhline(data.plateau[place], color=colour, linestyle=":", linewidth=0.9)
            right.plot([data.shots[place]], [data.stays[place]], "o", color=colour, markersize=4)
        right.plot(data.shots, data.plateau, color=INK, linewidth=0.9, zorder=1)
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
