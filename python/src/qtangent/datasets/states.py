"""Random quantum states."""

from __future__ import annotations

import numpy as np

from .. import encoding
from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from .dataset import Dataset


def orthogonal(n_qubits: int = 5, m: int = 4, seed: int = 0) -> Dataset:
    """Haar-random mutually orthogonal states, the first half labelled +1, the others -1.

    Args:
        n_qubits: Number of qubits.
        m: Even number of states, at most 2^n_qubits.
        seed: Of the states.

    Raises:
        InvalidArgumentError: `m` is odd or too large.
    """
    n, count = _arrays.integer("n_qubits", n_qubits), _arrays.integer("m", m)
    if not 1 <= n <= 30:
        raise InvalidArgumentError(f"n_qubits is {n}; 1 to 30 is possible")
    if count < 2 or m % 2 or m > 2**n_qubits:
        raise InvalidArgumentError(
            f"{m} orthogonal states of {n_qubits} qubits: give an even number up to {2**n_qubits}"
        )
    return Dataset(
        name="orthogonal",
        description=f"{m} Haar-random orthogonal states of {n_qubits} qubits, half labelled +1 and half -1",
        n_qubits=n_qubits,
        y=np.repeat([1.0, -1.0], m // 2),
        y_test=None,
        states=encoding.haar_states(n_qubits, m, orthogonal=True, seed=seed),
    )
