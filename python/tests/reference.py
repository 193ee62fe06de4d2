"""A dense simulator in plain NumPy, written apart from the library: the oracle of the tests.

`Reference(n)` takes the same method calls as `qt.Circuit(n)`; everything is a 2^n x 2^n matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.complex128]

PAULI: dict[str, Matrix] = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}


def controlled(matrix: Matrix, controls: int = 1) -> Matrix:
    result = np.eye(len(matrix) << controls, dtype=complex)
    result[-len(matrix) :, -len(matrix) :] = matrix
    return result


FIXED: dict[str, Matrix] = {
    "h": np.array([[1, 1], [1, -1]]) / np.sqrt(2) + 0j,
    "x": PAULI["X"],
    "y": PAULI["Y"],
    "z": PAULI["Z"],
    "s": np.diag([1, 1j]),
    "sdg": np.diag([1, -1j]),
    "t": np.diag([1, np.exp(0.25j * np.pi)]),
    "tdg": np.diag([1, np.exp(-0.25j * np.pi)]),
    "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
    "sxdg": np.array([[1 - 1j, 1 + 1j], [1 + 1j, 1 - 1j]]) / 2,
    "cx": controlled(PAULI["X"]),
    "cy": controlled(PAULI["Y"]),
    "cz": controlled(PAULI["Z"]),
    "swap": np.eye(4)[[0, 2, 1, 3]] + 0j,
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "iswapdg": np.array([[1, 0, 0, 0], [0, 0, -1j, 0], [0, -1j, 0, 0], [0, 0, 0, 1]]),
    "ccx": controlled(PAULI["X"], 2),
}


def on_ones(generator: Matrix) -> Matrix:
    """|1><1| (x) G: the generator of a controlled gate."""
    return np.kron(np.diag([0, 1]), generator)


# G of exp(-i angle G).
GENERATORS: dict[str, Matrix] = {
    "rx": PAULI["X"] / 2,
    "ry": PAULI["Y"] / 2,
    "rz": PAULI["Z"] / 2,
    "phase": np.diag([0, -1]) + 0j,
    "crx": on_ones(PAULI["X"] / 2),
    "cry": on_ones(PAULI["Y"] / 2),
    "crz": on_ones(PAULI["Z"] / 2),
    "cp": on_ones(np.diag([0, -1])),
    "rxx": np.kron(PAULI["X"], PAULI["X"]) / 2,
    "ryy": np.kron(PAULI["Y"], PAULI["Y"]) / 2,
    "rzz": np.kron(PAULI["Z"], PAULI["Z"]) / 2,
}


def pauli(letters: str) -> Matrix:
    return reduce(np.kron, (PAULI[letter] for letter in letters))


def exponential(generator: Matrix, angle: float) -> Matrix:
    values, vectors = np.linalg.eigh(generator)
    return (vectors * np.exp(-1j * angle * values)) @ vectors.conj().T


def embed(matrix: Matrix, qubits: Sequence[int], n: int) -> Matrix:
    """The operator on qubits[0], qubits[1], ... (first most significant) as one on n qubits."""
    k = len(qubits)
    rest = [q for q in range(n) if q not in qubits]
    full = np.kron(matrix, np.eye(2 ** (n - k))).reshape((2,) * (2 * n))
    # The axes of `full` are the qubits in the order (qubits, rest), for rows and columns.
    place = [[*qubits, *rest].index(q) for q in range(n)]
    return full.transpose([*place, *(n + axis for axis in place)]).reshape(2**n, 2**n)


def angle_value(angle: Any, theta: Any, x: Any) -> float:
    if isinstance(angle, (int, float)):
        return float(angle)
    return angle.constant + sum(
        coefficient * np.prod([theta[p] for p in params]) * np.prod([x[f] for f in features])
        for (params, features), coefficient in angle.terms.items()
    )


def angle_slope(angle: Any, parameter: int, x: Any) -> float:
    """d angle / d theta[parameter]; angles are at most linear in a parameter."""
    if isinstance(angle, (int, float)):
        return 0.0
    return sum(
        coefficient * np.prod([x[f] for f in features])
        for (params, features), coefficient in angle.terms.items()
        if params == (parameter,)
    )


class Reference:
    def __init__(self, n: int) -> None:
        self.n = n
        # (generator or fixed matrix on the register, angle or None)
        self.steps: list[tuple[Matrix, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Reference]:
        if name in FIXED:
            return lambda *qubits: self._add(FIXED[name], None, qubits)
        if name in GENERATORS:
            return lambda angle, *qubits: self._add(GENERATORS[name], angle, qubits)
        raise AttributeError(name)

    def u3(self, a: Any, b: Any, c: Any, qubit: int) -> Reference:
        return self.phase(c, qubit).ry(a, qubit).phase(b, qubit)

    def rotation(self, angle: Any, letters: str, qubits: Sequence[int]) -> Reference:
        return self._add(pauli(letters) / 2, angle, qubits)

    def evolve(self, angle: Any, generator: Matrix, qubits: Sequence[int] | None = None) -> Reference:
        return self._add(generator, angle, range(self.n) if qubits is None else qubits)

    def unitary(self, matrix: Matrix, qubits: Sequence[int]) -> Reference:
        return self._add(matrix, None, qubits)

    def _add(self, matrix: Matrix, angle: Any, qubits: Sequence[int]) -> Reference:
        self.steps.append((embed(np.asarray(matrix), list(qubits), self.n), angle))
        return self

    def gates(self, theta: Any, x: Any) -> list[Matrix]:
        return [
            matrix if angle is None else exponential(matrix, angle_value(angle, theta, x))
            for matrix, angle in self.steps
        ]

    def matrix(self, theta: Any, x: Any = ()) -> Matrix:
        return reduce(
            lambda total, gate: gate @ total, self.gates(theta, x), np.eye(2**self.n, dtype=complex)
        )

    def derivatives(self, theta: Any, x: Any = ()) -> tuple[Matrix, list[Matrix]]:
        """U and dU/dtheta_l, by the product rule."""
        dimension = 2**self.n
        total = np.eye(dimension, dtype=complex)
        slopes = [np.zeros((dimension, dimension), dtype=complex) for _ in theta]
        for (matrix, angle), gate in zip(self.steps, self.gates(theta, x), strict=True):
            for l in range(len(theta)):
                slopes[l] = gate @ slopes[l]
                if angle is not None and (slope := angle_slope(angle, l, x)):
                    slopes[l] += slope * (-1j * matrix) @ gate @ total
            total = gate @ total
        return total, slopes


def density(states: NDArray[Any] | None, m: int, n: int) -> Matrix:
    """Density matrices (m, d, d) of pure (m, d) or mixed states; |0...0> without any."""
    if states is None:
        states = np.zeros((m, 2**n), dtype=complex)
        states[:, 0] = 1
    if states.ndim == 3:
        return states
    return np.einsum("ma,mb->mab", states, states.conj())


def predict(
    circuit: Reference,
    observables: Sequence[Matrix],
    theta: Any,
    X: Any = None,
    states: Any = None,
    scale: float = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Predictions (m, k) and Jacobian (m, k, p) of one parameter set."""
    m = len(X) if X is not None else 1 if states is None else len(states)
    rho = density(states, m, circuit.n)
    values = np.zeros((m, len(observables)))
    jacobian = np.zeros((m, len(observables), len(theta)))
    for j in range(m):
        unitary, slopes = circuit.derivatives(theta, () if X is None else X[j])
        for a, observable in enumerate(observables):
            values[j, a] = scale * np.trace(observable @ unitary @ rho[j] @ unitary.conj().T).real
            for l, slope in enumerate(slopes):
                jacobian[j, a, l] = 2 * scale * np.trace(observable @ slope @ rho[j] @ unitary.conj().T).real
    return values, jacobian
