"""The kernel of a model's states against dense matrices."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.models import kernels

RNG = np.random.default_rng(3)


def circuit() -> qt.Circuit:
    made = qt.Circuit(3)
    for qubit in range(3):
        made.ry(qt.param(qubit) + qt.feature(qubit % 2), qubit)
    made.cx(0, 1).rzz(qt.param(3) * qt.feature(0), 1, 2).rx(qt.feature(1), 2)
    return made


THETA, X, X2 = RNG.uniform(0, 6, 4), RNG.uniform(0, 6, (7, 2)), RNG.uniform(0, 6, (5, 2))
PURE = qt.encoding.haar_states(3, 7, orthogonal=False, seed=1)
PURE2 = qt.encoding.haar_states(3, 5, orthogonal=False, seed=2)


def mixed(states: np.ndarray) -> np.ndarray:
    """Half of each state, half of its neighbour's."""
    pure = states[:, :, None] * states[:, None].conj()
    return 0.5 * (pure + np.roll(pure, 1, axis=0))


def density(theta: np.ndarray, X: np.ndarray, states: np.ndarray | None) -> np.ndarray:
    """The states after the circuit as density matrices, from the circuit's matrix."""
    found = []
    for j, x in enumerate(X):
        U = circuit().matrix(theta, x)
        rho = np.diag(np.eye(8)[0]) if states is None else states[j]
        rho = np.outer(rho, rho.conj()) if rho.ndim == 1 else rho
        found.append(U @ rho @ U.conj().T)
    return np.array(found)


CASES = {
    "from zero": (None, None),
    "pure": (PURE, PURE2),
    "mixed": (mixed(PURE), mixed(PURE2)),
    "mixed and pure": (mixed(PURE), PURE2),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("blocks", [False, True])
def test_against_dense_matrices(case, blocks, monkeypatch):
    if blocks:  # three states a block, two rows a product
        monkeypatch.setattr(kernels, "_ROWS", 2)
        monkeypatch.setattr(kernels, "memory_limit", lambda: 8 * 3 * 16 * 64)
    states, states2 = CASES[case]
    model = qt.Model(circuit(), qt.pauli("ZII"))
    rho, sigma = density(THETA, X, states), density(THETA, X2, states2)
    whole = model.fidelity_kernel(THETA, X, states=states)
    np.testing.assert_allclose(whole, np.einsum("iab,jba->ij", rho, rho).real, atol=1e-13)
    assert (whole == whole.T).all()
    other = model.fidelity_kernel(THETA, X, X2, states=states, states2=states2)
    np.testing.assert_allclose(other, np.einsum("iab,jba->ij", rho, sigma).real, atol=1e-13)


def test_sets_of_parameters_and_samples():
    model = qt.Model(circuit(), qt.pauli("ZII"))
    thetas = np.stack([THETA, THETA + 1, THETA * 2])
    found = model.fidelity_kernel(thetas, qt.Samples(X), qt.Samples(X2))
    assert found.shape == (3, 7, 5)
    for theta, matrix in zip(thetas, found, strict=True):
        np.testing.assert_array_equal(matrix, model.fidelity_kernel(theta, X, X2))


def test_of_pure_states_it_is_one_with_themselves():
    whole = qt.Model(circuit(), qt.pauli("ZII")).fidelity_kernel(THETA, np.concatenate([X, X]))
    np.testing.assert_allclose(np.diag(whole), 1, rtol=1e-14)
    np.testing.assert_allclose(np.diag(whole, 7), 1, rtol=1e-14)


def test_what_does_not_fit_is_refused():
    model = qt.Model(circuit(), qt.pauli("ZII"))
    with pytest.raises(qt.InvalidArgumentError, match=r"X2 has shape \(5, 1\)"):
        model.fidelity_kernel(THETA, X, X2[:, :1])
    samples = qt.Samples(np.zeros((1_000_000, 2)))
    with pytest.raises(qt.OutOfMemoryError, match="the kernel of shape"):
        model.fidelity_kernel(THETA, samples)
