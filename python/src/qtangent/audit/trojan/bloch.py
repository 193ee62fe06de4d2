"""Qubits that are not entangled, as unit vectors: which rotations move one to where it shall be.

exp(-i angle P/2) turns the Bloch vector (<X>, <Y>, <Z>) about the axis P by the angle, right-handed.
"""

from __future__ import annotations

from itertools import product
from math import atan2

import numpy as np

from ..._native.arrays import Complex, Real

AXES = "XYZ"
# What is closer to an axis is on it, to first order in the angle.
EXACT = 1e-12
# What lacks no more of a Bloch vector's length is not entangled: second order in what disturbs it.
_PURE = 1e-14


def pole(axis: str, sign: float = 1.0) -> Real:
    """The eigenstate of a Pauli matrix with this eigenvalue."""
    result = np.zeros(3)
    result[AXES.index(axis)] = sign
    return result


def moves(vector: Real, axis: str, sign: float | None = None) -> tuple[list[tuple[str, float]], Real]:
    """Rotations that put a qubit on an axis.

    Args:
        vector: (3,), where the qubit is.
        axis: X, Y or Z.
        sign: 1 or -1 for one of the two eigenstates; None for the nearer one.

    Returns:
        Up to two rotations (axis, angle in radians) in time order, and where they put the qubit.
    """
    k = AXES.index(axis)
    sign = (1.0 if vector[k] >= -EXACT else -1.0) if sign is None else sign
    a, b, c = sign * vector[k], sign * vector[(k + 1) % 3], sign * vector[(k + 2) % 3]
    second, third = AXES[(k + 1) % 3], AXES[(k + 2) % 3]
    if abs(b) <= EXACT and abs(c) <= EXACT:
        steps = [] if a > 0 else [(third, np.pi)]
    elif abs(b) <= EXACT:
        steps = [(second, atan2(c, a))]
    else:
        turn = [] if abs(c) <= EXACT else [(axis, -atan2(c, b))]
        steps = [*turn, (third, -atan2(np.hypot(b, c) if turn else b, a))]
    return steps, pole(axis, sign)


def product_state(vectors: list[Real]) -> Complex:
    """(2^k,), the state of qubits at these places, the first on the most significant index."""
    state = np.ones(1, dtype=np.complex128)
    for x, y, z in vectors:
        one = np.array([1 + z, x + 1j * y]) if z > 0 else np.array([x - 1j * y, 1 - z])
        state = np.kron(state, one / np.linalg.norm(one))
    return state


def factors(state: Complex) -> list[Real] | None:
    """The qubits of a state (2^k,) where they are not entangled; None where they are."""
    n = len(state).bit_length() - 1
    result = []
    for qubit in range(n):
        rows = np.moveaxis(state.reshape((2,) * n), qubit, 0).reshape(2, -1)
        rho = rows @ rows.conj().T
        vector = np.array([2 * rho[1, 0].real, 2 * rho[1, 0].imag, (rho[0, 0] - rho[1, 1]).real])
        length = float(np.linalg.norm(vector))
        if length < 1 - _PURE:
            return None
        result.append(vector / length)
    return result


def arrangements(vectors: list[Real], letters: str | None) -> list[tuple[int, list[str]]]:
    """Ways to put qubits on axes before a gate, each with its number of rotations, the cheapest first: for every qubit the
    axis, or "" to leave it.

    Args:
        vectors: where the qubits are.
        letters: the only axis that is tried for each qubit, I for none; None tries all of them.
    """
    choices = [["", *(AXES if letters is None else letters[k].replace("I", ""))] for k in range(len(vectors))]
    ways = [
        (
            sum(len(moves(vector, axis)[0]) for vector, axis in zip(vectors, way, strict=True) if axis),
            list(way),
        )
        for way in product(*choices)
    ]
    return sorted(ways, key=lambda one: one[0])
