"""Ways to bring classical data into a circuit or a state."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from . import _native
from ._native import arrays as _arrays
from ._native.arrays import Complex
from ._native.errors import InvalidArgumentError
from .angles import feature
from .circuits import Circuit
from .instructions import gate_id


def angle(n_qubits: int, rotation: str = "ry") -> Circuit:
    """One rotation a qubit, by feature q on qubit q, in radians.

    Args:
        n_qubits: n, as many as features.
        rotation: name of a one-qubit gate with one angle.

    Raises:
        InvalidArgumentError: for other gates, and for a number of qubits outside 1 to 128.
    """
    return Circuit._adopt(
        _native.create("qtg_encoding_angle", _arrays.integer("n_qubits", n_qubits), gate_id(rotation))
    )


def zz(n_qubits: int, repeats: int = 2) -> Circuit:
    """The second-order Pauli-Z feature map, `repeats` times: H and phase(2 x_i) on every qubit, then for i < j
    CX, phase(2 (pi - x_i)(pi - x_j)) on j, CX.

    Source: Havlicek et al., Nature 567, 209 (2019).

    Args:
        n_qubits: n, as many as features.
        repeats: at least 1.

    Raises:
        InvalidArgumentError: for numbers out of range.
    """
    return Circuit._adopt(
        _native.create(
            "qtg_encoding_zz", _arrays.integer("n_qubits", n_qubits), _arrays.integer("repeats", repeats)
        )
    )


def iqp(n_qubits: int, repeats: int = 1) -> Circuit:
    """The diagonal feature map of instantaneous quantum polynomial time, `repeats` times: H and rz(x_i) on every qubit,
    then rzz(x_i x_j) for i < j.

    Source: Havlicek et al., Nature 567, 209 (2019), in the form of PennyLane's IQPEmbedding.

    Args:
        n_qubits: n, as many as features.
        repeats: at least 1.

    Raises:
        InvalidArgumentError: for numbers out of range.
    """
    circuit = Circuit(n_qubits)
    n, count = circuit.n_qubits, _arrays.integer("repeats", repeats)
    if count < 1:
        raise InvalidArgumentError(f"repeats is {count}; it must be at least 1")
    for _ in range(count):
        for qubit in range(n):
            circuit.h(qubit).rz(feature(qubit), qubit)
        for a, b in combinations(range(n), 2):
            circuit.rzz(feature(a) * feature(b), a, b)
    return circuit


def amplitude(X: ArrayLike, n_qubits: int) -> Complex:
    """Rows of real data as amplitudes: zero-padded to 2^n and normalised.

    Args:
        X: (m, f), f <= 2^n.
        n_qubits: n, 1 to 30.

    Returns:
        States, complex (m, 2^n).

    Raises:
        InvalidArgumentError: for a row of zeros, which has no direction, and for more features than amplitudes.
        OutOfMemoryError: before anything is allocated.
    """
    data = _arrays.real("X", X)
    if data.ndim != 2:
        raise InvalidArgumentError(f"X has shape {data.shape}; (samples, features) is expected")
    states = _states(len(data), n_qubits)
    _native.call(
        "qtg_encoding_amplitude", _arrays.pointer(data), *data.shape, n_qubits, _arrays.pointer(states)
    )
    return states


def haar_states(n_qubits: int, m: int, orthogonal: bool = True, seed: int = 0) -> Complex:
    """Haar-random pure states.

    Args:
        n_qubits: n, 1 to 30.
        m: number of states, at most 2^n orthogonal ones.
        orthogonal: makes them mutually orthogonal, each still Haar-random by itself.
        seed: the same seed gives the same bits.

    Returns:
        States, complex (m, 2^n).

    Raises:
        InvalidArgumentError: for numbers out of range.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    states = _states(_arrays.integer("m", m), n_qubits)
    number, (count, dimension) = _arrays.seed(seed), states.shape
    one_for_each = _arrays.flag("orthogonal", orthogonal)
    _native.interruptible(
        1e-9 * count * dimension * (20 + (count if one_for_each else 0)),
        lambda cancel: _native.call(
            "qtg_encoding_haar_states",
            n_qubits,
            count,
            int(one_for_each),
            number,
            cancel,
            _arrays.pointer(states),
        ),
        "haar_states",
    )
    return states


def _states(m: int, n_qubits: int) -> Complex:
    n = _arrays.integer("n_qubits", n_qubits)
    if not 1 <= n <= 30:
        raise InvalidArgumentError(f"n_qubits is {n}; 1 to 30 is possible")
    if m < 1:
        raise InvalidArgumentError(f"{m} states; at least 1 is needed")
    return _native.result("the array of states", (m, 2**n), 0, "states", np.complex128)
