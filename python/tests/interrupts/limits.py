"""Limits of training: flows, floors, and what is known of ensembles."""

from __future__ import annotations

import numpy as np
import qtangent as qt
from qtangent import _native
from qtangent.dynamics.tilted import measured_levels

from .case import Case, problem, random_state


def gram(m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Overlaps of m states, and under Z on the first qubit."""
    states = qt.encoding.haar_states(d, m, seed=1)
    signs = np.repeat([1.0, -1.0], 2 ** (d - 1))
    return states.conj() @ states.T, (states.conj() * signs) @ states.T


def asymptotic():
    model, theta, samples, y = problem(6, 6, 64)
    time = np.linspace(0, 40, 60)
    return lambda: qt.dynamics.asymptotic(model, theta, y, time, X=samples).dqntk, (theta, y, time)


def asymptotic_gram():
    overlaps, measured = gram(96, 7)
    y, time = np.where(np.arange(96) % 2, 1.0, -1.0), np.linspace(0, 200, 100)
    return lambda: qt.dynamics.asymptotic_from_gram(overlaps, measured, y, time).predictions, (
        overlaps,
        measured,
        y,
    )


def asymptotic_gram_of_many():
    """Square roots of the overlaps take half of the time, and each derivative of the flow more than a tenth of a second."""
    overlaps, measured = gram(1000, 10)
    y, time = np.resize([1.0, -1.0], 1000), np.array([0.0, 0.001])
    return lambda: qt.dynamics.asymptotic_from_gram(overlaps, measured, y, time).predictions, (
        overlaps,
        measured,
        y,
    )


def dense_flow():
    """One derivative takes seconds."""
    model, theta, samples, y = problem(9, 1, 3)
    time = np.array([0.0, 0.001])
    return lambda: qt.dynamics.asymptotic(model, theta, y, time, X=samples, method="dense").predictions, (
        theta,
        y,
    )


def levels():
    """Eigenvalues of a matrix, and of as many numbers on a diagonal."""
    random = random_state(1)
    entries = random.normal(size=(512, 512))
    model = qt.Model(qt.ansatz.hardware_efficient(9, 1), qt.hermitian(entries + entries.T))
    theta = random.uniform(0, 6, model.n_params)
    return lambda: qt.dynamics.level_weights(model, theta), (theta,)


def levels_of_a_diagonal():
    n = 20
    pairs = ["".join("Z" if q in (i, j) else "I" for q in range(n)) for i in range(n) for j in range(i)]
    sums = sum(
        (0.1 * k * qt.pauli(pair) for k, pair in enumerate(pairs)), start=qt.pauli("Z" + "I" * (n - 1))
    )
    model = qt.Model(qt.ansatz.hardware_efficient(n, 1), sums)
    return lambda: _native.interruptible(60.0, lambda cancel: measured_levels(model, cancel)), ()


def tilted():
    random = random_state(1)
    levels, weights = np.sort(random.normal(size=20_000)), random.uniform(size=20_000)
    time = np.linspace(0, 50, 400)

    def call():
        found = qt.dynamics.tilted_limit(levels, weights, 2.0, time)
        return found.predictions, found.kernel, found.mu

    return call, (levels, weights, time)


def floor():
    states = qt.encoding.haar_states(9, 400, orthogonal=False, seed=1)
    y = np.where(np.arange(400) % 2, 1.0, -1.0)
    return lambda: qt.convergence.loss_floor(states, y).pairwise, (states, y)


def floor_of_large_states():
    """Most of the time goes into eigenvectors."""
    states = qt.encoding.haar_states(10, 600, orthogonal=False, seed=1)
    y = np.where(np.arange(600) % 2, 1.0, -1.0)
    return lambda: qt.convergence.loss_floor(states, y).pairwise, (states, y)


def floor_of_mixed_states():
    states = qt.encoding.haar_states(6, 500, orthogonal=False, seed=1)
    mixed = np.einsum("mi,mj->mij", states, states.conj()) / 2 + np.eye(64) / 128
    y = np.where(np.arange(500) % 2, 1.0, -1.0)
    return lambda: qt.convergence.loss_floor(mixed, y).pairwise, (mixed, y)


def walks():
    circuit = qt.ansatz.hardware_efficient(16, 60, rotations=("rx", "rz"))
    model = qt.Model(circuit, qt.pauli("Z" + "I" * 15))
    return lambda: qt.capacity.average_kernel(model, method="walks", walks=40_000, seed=1).kernel, ()


def strings():
    circuit = qt.ansatz.hardware_efficient(8, 8, rotations=("rx", "rz"))
    model = qt.Model(circuit, qt.pauli("Z" + "I" * 7))
    return lambda: qt.capacity.average_kernel(model).kernel, ()


CASES = [
    Case("qtg_dynamics_tilted", tilted),
    Case("qtg_model_levels", levels),
    Case("qtg_model_levels: a diagonal", levels_of_a_diagonal),
    Case("qtg_dynamics_asymptotic", asymptotic),
    Case("qtg_dynamics_asymptotic: dense", dense_flow),
    Case("qtg_dynamics_asymptotic_gram", asymptotic_gram),
    Case("qtg_dynamics_asymptotic_gram: many states", asymptotic_gram_of_many),
    Case("qtg_loss_floor", floor),
    Case("qtg_loss_floor: large states", floor_of_large_states),
    Case("qtg_loss_floor: mixed states", floor_of_mixed_states),
    Case("qtg_average_kernel", strings),
    Case("qtg_average_kernel: walks", walks),
]
