"""Random circuits of any gates and angles against dense matrices."""

from __future__ import annotations

import numpy as np
import qtangent as qt
import reference
from kraus_sums import predict as by_kraus_sums
from test_density import sprinkled

from .parts import Part

CIRCUITS = 25
FIXED = [name for name, row in qt.instructions.gate_table().items() if not row["angles"]]
TURNED = [name for name, row in qt.instructions.gate_table().items() if row["angles"]]


def any_angle(rng, p, f):
    """A number, or up to three more: times a parameter, a feature, both, or two features."""
    angle = float(rng.choice([0.0, np.pi / 2, -np.pi, 40.0, rng.normal()]))
    for _ in range(rng.integers(4)):
        term = float(rng.choice([1.0, -1.0, 0.5, rng.normal()]))
        by_parameter = rng.random() < 0.7
        if by_parameter:
            term = term * qt.param(int(rng.integers(p)))
        for _ in range(rng.integers(2 if by_parameter else 3)):
            term = term * qt.feature(int(rng.integers(f)))
        angle = angle + term
    return angle


def any_matrix(rng, d):
    return rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))


def any_operation(rng, n, p, f):
    """Puts one and the same operation at the end of a circuit and of its reference."""

    def qubits(count):
        return [int(q) for q in rng.permutation(n)[:count]]

    few = qubits(int(rng.integers(1, min(n, 3) + 1)))
    angle, kind = any_angle(rng, p, f), rng.random()
    if kind < 0.3:
        name = rng.choice([name for name in FIXED if qt.instructions.gate_table()[name]["qubits"] <= n])
        targets = qubits(qt.instructions.gate_table()[name]["qubits"])
        return lambda circuit: getattr(circuit, name)(*targets)
    if kind < 0.8:
        name = rng.choice([name for name in TURNED if qt.instructions.gate_table()[name]["qubits"] <= n])
        row = qt.instructions.gate_table()[name]
        targets, angles = qubits(row["qubits"]), [any_angle(rng, p, f) for _ in range(row["angles"])]
        return lambda circuit: getattr(circuit, name)(*angles, *targets)
    if kind < 0.88:
        letters = "".join(rng.choice([*"IXYZ"], len(few)))
        return lambda circuit: circuit.rotation(angle, letters, few)
    matrix = any_matrix(rng, 2 ** len(few))
    if kind < 0.94:
        unitary = np.linalg.qr(matrix)[0]
        return lambda circuit: circuit.unitary(unitary, few)
    hermitian = 0.2 * (matrix + matrix.conj().T)
    return lambda circuit: circuit.evolve(
        angle, qt.hermitian(hermitian) if isinstance(circuit, qt.Circuit) else hermitian, few
    )


def any_observable(rng, n):
    """An observable and its matrix."""
    letters = ["".join(rng.choice([*"IXYZ"], n)) for _ in range(rng.integers(1, 4))]
    weights = [float(weight) for weight in rng.normal(size=len(letters))]
    observable = sum(weight * qt.pauli(text) for weight, text in zip(weights, letters, strict=True))
    matrix = sum(weight * reference.pauli(text) for weight, text in zip(weights, letters, strict=True))
    if rng.random() < 0.3:
        index = int(rng.integers(2**n))
        matrix[index, index] += 0.5
        observable = observable + 0.5 * qt.projector(f"{index:0{n}b}")
    return observable, matrix


def tried(number: int) -> dict[str, float]:
    """Derivatives by adjoint states are those of the product rule; with channels those of sums over Kraus operators."""
    rng = np.random.default_rng(number)
    operations = parameters = channels = 0
    for _ in range(CIRCUITS):
        n, p, f, m = (int(rng.integers(low, high)) for low, high in ((1, 6), (1, 7), (1, 4), (1, 6)))
        plain, dense = qt.Circuit(n), reference.Reference(n)
        # What it is asked for: every parameter and feature is there.
        plain.rx(qt.param(p - 1) * qt.feature(f - 1), 0)
        dense.rx(qt.param(p - 1) * qt.feature(f - 1), 0)
        for _ in range(int(rng.integers(1, 30))):
            put = any_operation(rng, n, p, f)
            put(plain)
            put(dense)
        made = [any_observable(rng, n) for _ in range(rng.integers(1, 4))]
        observables, matrices = [one for one, _ in made], [matrix for _, matrix in made]
        theta, X, scale = rng.uniform(-4, 4, p), rng.uniform(-2, 2, (m, f)), float(rng.uniform(0.5, 2))
        model = qt.Model(plain, observables, scale)
        values, jacobian = reference.predict(dense, matrices, theta, X, scale=scale)
        np.testing.assert_allclose(model.predict(theta, X), values, rtol=0, atol=1e-11)
        np.testing.assert_allclose(model.jacobian(theta, X), jacobian, rtol=0, atol=1e-9)
        flat = jacobian.reshape(-1, p)
        kernel = np.reshape(model.tangent_kernel(theta, X, full=True), (len(flat), len(flat)))
        np.testing.assert_allclose(kernel, flat @ flat.T, rtol=1e-9, atol=1e-8)
        operations, parameters = operations + len(plain), parameters + p
        if 2 <= n <= 3:
            noisy = qt.Model(sprinkled(plain, rng, 0.2), observables, scale)
            found = noisy.predict(theta, X[:1])[0]
            np.testing.assert_allclose(found, by_kraus_sums(noisy, theta, X[0]), rtol=0, atol=1e-11)
            channels += len(noisy.circuit) - len(plain)
    return {
        "circuits": CIRCUITS,
        "operations": operations,
        "parameters": parameters,
        "channels": channels,
    }


PARTS = [
    Part(
        "random-circuits",
        "predictions, Jacobians and kernels of random circuits are those of dense matrices",
        2,
        400,
        tried,
    )
]
