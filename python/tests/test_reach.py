"""Which hardware-efficient circuits fill SU(2^n): dimension of the Lie algebra, antiunitary symmetry, training."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt

I, X, Y, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])


def embed(n: int, letters: dict[int, np.ndarray]) -> np.ndarray:
    matrix = np.eye(1)
    for qubit in range(n):
        matrix = np.kron(matrix, letters.get(qubit, I))
    return matrix


def generators(n: int, topology: str) -> list[np.ndarray]:
    """Y and Z on every qubit, as they stand after 0, 1, 2, 3 entangling layers."""
    entangler = qt.Circuit(n)
    for first in range(n if topology == "ring" else n - 1):
        entangler.cz(first, (first + 1) % n)
    layer = entangler.matrix([])
    bare = [embed(n, {qubit: letter}) for qubit in range(n) for letter in (Y, Z)]
    powers = [np.linalg.matrix_power(layer, k) for k in range(4)]
    return [power.conj().T @ one @ power for power in powers for one in bare]


def lie_dimension(seeds: list[np.ndarray]) -> int:
    """Dimension of the real Lie algebra, by commutators with the seeds until nothing new comes."""
    basis: list[np.ndarray] = []

    def is_new(matrix: np.ndarray) -> bool:
        vector = np.concatenate([matrix.real.ravel(), matrix.imag.ravel()])
        for one in basis:
            vector = vector - (one @ vector) * one
        if np.linalg.norm(vector) < 1e-9:
            return False
        basis.append(vector / np.linalg.norm(vector))
        return True

    waiting = [1j * one for one in seeds if is_new(1j * one)]
    while waiting:
        known = waiting.pop()
        for seed in seeds:
            bracket = known @ (1j * seed) - (1j * seed) @ known
            size = np.linalg.norm(bracket)
            if size > 1e-9 and is_new(bracket / size):
                waiting.append(bracket / size)
    return len(basis)


@pytest.mark.parametrize(("topology", "dimension"), [("ring", 36), ("chain", 63)])
def test_lie_algebra_of_three_qubits(topology: str, dimension: int) -> None:
    assert lie_dimension(generators(3, topology)) == dimension


@pytest.mark.parametrize("n", [3, 4])
def test_the_ring_commutes_with_an_antiunitary_and_the_chain_does_not(n: int) -> None:
    """U -> sigma_y^n conj(U) sigma_y^n gives back a ring circuit, up to the fixed phase of its entanglers."""
    spin = embed(n, dict.fromkeys(range(n), Y))
    for topology in ("ring", "chain"):
        circuit = qt.ansatz.hardware_efficient(n, 4, topology=topology)
        unitary = circuit.matrix(np.random.default_rng(0).uniform(0, 2 * np.pi, circuit.n_params))
        overlap = abs(np.trace(unitary.conj().T @ spin @ unitary.conj() @ spin)) / 2**n
        assert (overlap == pytest.approx(1, abs=1e-12)) == (topology == "ring")


@pytest.mark.parametrize(("topology", "stuck"), [("ring", True), ("chain", False)])
def test_a_confined_circuit_ends_where_its_group_ends(topology: str, stuck: bool) -> None:
    """Four orthogonal states of three qubits: the ring stops at one loss from every start."""
    states, y = qt.encoding.haar_states(3, 4, seed=0), np.array([1.0, -1.0, 1.0, -1.0])
    model = qt.Model(qt.ansatz.hardware_efficient(3, 40, topology=topology), qt.pauli("ZII"))
    optimizer = qt.GradientDescent(0.05 * 4 / model.z_sum)
    losses = [
        qt.train(model, y, states=states, seed=seed, steps=1200, optimizer=optimizer).loss[-1]
        for seed in range(3)
    ]
    if stuck:
        np.testing.assert_allclose(losses, 0.0243, atol=2e-4)
    else:
        assert max(losses) < 1e-4
