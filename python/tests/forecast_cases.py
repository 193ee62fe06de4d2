"""Trainings of many kinds, with the steps that they take to a target or that they never reach it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt

LONGEST = 4000


@dataclass(frozen=True)
class Case:
    """A training."""

    kind: str
    model: qt.Model
    theta: np.ndarray
    y: np.ndarray
    samples: qt.Samples
    rate: float

    def losses(self) -> np.ndarray:
        run = qt.train(
            self.model,
            self.y,
            X=self.samples,
            theta=self.theta,
            optimizer=qt.GradientDescent(self.rate),
            steps=LONGEST,
        )
        best = qt.train(self.model, self.y, X=self.samples, theta=run.theta, optimizer=qt.LBFGS(), steps=500)
        return np.append(run.loss, best.loss[-1])


@dataclass(frozen=True)
class Question:
    """A case with a target, and when it is reached: infinity for never."""

    case: Case
    target: float
    steps: float


def questions(kinds: dict[str, int], first_seed: int) -> list[Question]:
    """So many of each kind; what has arrived in 150 steps asks nothing, and the next seed takes its place."""
    found = []
    for kind, wanted in kinds.items():
        seed = first_seed
        while sum(one.case.kind == kind for one in found) < wanted:
            one = question(made(kind, seed), np.random.default_rng([seed, len(kind)]))
            found += [] if one is None else [one]
            seed += 1
    return found


def question(case: Case, random: np.random.Generator) -> Question | None:
    """For kinds that end above 0, a target below where descent and then L-BFGS end; for others the loss of some step."""
    *losses, end = case.losses()
    losses = np.array(losses)
    if case.kind in ("too few", "out of reach"):
        return None if end < 1e-6 else Question(case, end * float(random.choice([0.5, 0.8, 0.95])), np.inf)
    alive = np.flatnonzero(losses > max(1.03 * end, 1e-16 * losses[0]))
    step = int(min(np.exp(random.uniform(np.log(300), np.log(LONGEST))), alive[-1]))
    if step < 150:
        return None
    return Question(case, losses[step], float(np.argmax(losses <= losses[step])))


def made(kind: str, seed: int) -> Case:
    random = np.random.default_rng([seed, 1000])
    states = X = None
    dt = 0.05
    if kind == "exponential":
        p, scale, dt = (
            int(random.choice([60, 120])),
            float(random.choice([1.3, 1.5, 2.0])),
            float(random.choice([2e-3, 5e-3])),
        )
        model, theta, y, states = qt.convergence.haar_setup(int(random.choice([3, 4])), p, 4, scale, seed)
    elif kind == "sublinear":
        n, p = int(random.choice([3, 4])), int(random.choice([60, 160]))
        model, theta, y, states = qt.convergence.haar_setup(n, p, 4, 1.0, seed)
    elif kind == "hardware efficient":
        n, layers, dt = int(random.choice([3, 4])), int(random.choice([4, 8])), 0.02
        scale = float(random.choice([1.0, 1.5, 2.0]))
        model, theta, y, states = qt.convergence.hardware_efficient_setup(n, 2 * n * layers, 4, scale, seed)
    elif kind == "features between":
        n, layers, m = int(random.choice([2, 3])), int(random.choice([2, 4])), int(random.choice([12, 24]))
        circuit = qt.Circuit(n)
        for _ in range(layers):
            circuit = circuit + qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, 1)
        X = random.uniform(-1, 1, (m, n))
        y = 0.8 * np.tanh(2 * X @ random.normal(size=n))
        model = qt.Model(circuit, qt.pauli("Z" + "I" * (n - 1)), scale=float(random.choice([1.0, 1.5])))
        theta = random.uniform(0, 2 * np.pi, model.n_params)
    elif kind == "too few":
        n, p = int(random.choice([4, 5])), int(random.choice([10, 20]))
        model, theta, y, states = qt.convergence.haar_setup(n, p, 4, 1.0, seed)
    else:
        scale = float(random.choice([0.6, 0.8]))
        model, theta, y, states = qt.convergence.haar_setup(3, int(random.choice([40, 100])), 4, scale, seed)
    samples = qt.Samples(X, states)
    largest = np.linalg.eigvalsh(model.tangent_kernel(theta, samples))[-1]
    return Case(kind, model, theta, y, samples, min(dt * len(y) / model.z_sum, 0.5 * len(y) / largest))
