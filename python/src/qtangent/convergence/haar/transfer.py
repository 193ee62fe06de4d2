"""Transfer matrices of instructions on a small register, and their derivatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ...circuits import Circuit
from ...instructions import Instruction
from ...noise.rotations import string
from ...observables import pauli

_LETTERS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
# tr(P_a A) of a 2 x 2 matrix A whose entries are (00, 01, 10, 11), and back.
_TRACES: Complex = _LETTERS.transpose(0, 2, 1).reshape(4, 4)
_ENTRIES: Complex = _LETTERS.reshape(4, 4).T / 2


class PauliBasis:
    """The 4^n strings of n qubits, by their digits I, X, Y, Z in base 4, qubit 0 the most significant."""

    def __init__(self, n_qubits: int) -> None:
        self.n_qubits, self.dimension = n_qubits, 2**n_qubits

    def coordinates(self, operators: Complex) -> Real:
        """tr(P A) of Hermitian operators (m, d, d), (4^n, m)."""
        n = self.n_qubits
        order = [1 + axis for qubit in range(n) for axis in (qubit, n + qubit)]
        rows = operators.reshape(-1, *[2] * 2 * n).transpose(*order, 0).reshape(4**n, -1)
        for qubit in range(n):
            rows = _acting(_TRACES, [qubit], n, rows)
        return np.asarray(rows.real)

    def operators(self, coordinates: Real) -> Complex:
        """The operators (m, d, d) of such coordinates."""
        n, d = self.n_qubits, self.dimension
        rows: Complex = coordinates.astype(np.complex128)
        for qubit in range(n):
            rows = _acting(_ENTRIES, [qubit], n, rows)
        order = [2 * n, *range(0, 2 * n, 2), *range(1, 2 * n, 2)]
        return np.asarray(
            rows.reshape(*[2] * 2 * n, -1).transpose(order).reshape(-1, d, d), dtype=np.complex128
        )

    def transfer(self, instructions: Sequence[Instruction], theta: Real) -> Real:
        """T_ab = tr(P_a E(P_b))/d of instructions one behind the other."""
        result = np.eye(4**self.n_qubits)
        for one in instructions:
            result = self._applied(one, theta, result)
        return result

    def slope(self, instructions: Sequence[Instruction], theta: Real) -> Real:
        """The derivative of `transfer` for the one parameter in it; 0 without."""
        result, has_parameter = np.eye(4**self.n_qubits), False
        for one in instructions:
            result = self._applied(one, theta, result)
            if _is_trained(one):
                has_parameter = True
                result = self._turned(one, result)
        return result if has_parameter else np.zeros_like(result)

    def key(self, instructions: Sequence[Instruction], theta: Real) -> object:
        """Equal for instructions with the same averages. An angle matters only where something follows it."""
        parts: list[object] = []
        for place, one in enumerate(instructions):
            if not _is_trained(one):
                parts.append(one)
                continue
            generator = None if one.generator is None else one.generator._bytes()
            factor, value = _factor(one), _at(one, theta).angles
            parts.append(
                (
                    one.name,
                    one.qubits,
                    one.pauli,
                    generator,
                    factor,
                    value if instructions[place + 1 :] else None,
                )
            )
        return tuple(parts)

    def _applied(self, one: Instruction, theta: Real, to: Real) -> Real:
        if one.channel is not None:
            return np.asarray(_acting(one.channel.ptm, one.qubits, self.n_qubits, to))
        unitary = Circuit.from_instructions(self.n_qubits, [_at(one, theta)]).matrix()
        return self.coordinates(unitary @ self.operators(to) @ unitary.conj().T)

    def _turned(self, one: Instruction, to: Real) -> Real:
        """The coordinates of -i [H, A], H the generator of the one parameter in the gate."""
        found = string(one)
        if one.generator is not None:
            generator = one.generator.matrix()
        elif found is not None:
            generator = pauli(found[0]).matrix() / 2
        else:
            raise InvalidArgumentError(
                f"{one.name} has no single generator; the mean kernel needs rotations about Pauli strings, or evolve"
            )
        h = _factor(one) * _acting(
            generator, one.qubits, self.n_qubits, np.eye(self.dimension, dtype=np.complex128)
        )
        product = h @ self.operators(to)
        # (H A)^+ = A H.
        return self.coordinates(-1j * (product - product.conj().transpose(0, 2, 1)))


def _is_trained(one: Instruction) -> bool:
    return any(angle.terms for angle in one.angles)


def _factor(one: Instruction) -> float:
    """What the parameter of a gate is multiplied with in its angle."""
    if len(one.angles) != 1 or len(one.angles[0].terms) != 1:
        raise InvalidArgumentError(
            f"{one.name} has an angle of several terms; the mean kernel needs one parameter in it"
        )
    (factor,) = one.angles[0].terms.values()
    return factor


def _at(one: Instruction, theta: Real) -> Instruction:
    """The gate at its parameter's value."""
    if not _is_trained(one):
        return one
    factor = _factor(one)
    (((parameter,), _),) = one.angles[0].terms
    return Instruction(
        one.name,
        one.qubits,
        one.angles[0].constant + factor * float(theta[parameter]),
        one.pauli,
        one.generator,
    )


def _acting(matrix: np.ndarray, qubits: Sequence[int], n_qubits: int, to: np.ndarray) -> np.ndarray:
    """A matrix on some digits of the rows of another."""
    k = len(qubits)
    base = round(len(matrix) ** (1 / k))
    rows = to.reshape(*[base] * n_qubits, -1)
    moved = np.tensordot(matrix.reshape([base] * 2 * k), rows, axes=(range(k, 2 * k), qubits))
    return np.moveaxis(moved, range(k), qubits).reshape(to.shape)
