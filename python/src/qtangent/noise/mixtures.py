"""Depolarising and flips: mixtures of Pauli strings with one number."""

from __future__ import annotations

from functools import partial

from .. import _native
from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from .._native.limits import MOST_QUBITS
from ..channels import Channel
from ..observables import Term
from .general import mixture
from .probabilities import probability


def depolarizing(p: float, n_qubits: int | None = None) -> Channel:
    """Each of the 4^n - 1 Pauli strings other than the identity acts with probability p/(4^n - 1). A string is left with the
    factor 1 - 4^n p/(4^n - 1): 1 - 4p/3 on one qubit, 1 - 16p/15 on two.

    PennyLane, Qulacs, Cirq and Stim mean the same; Aer's depolarizing_error(l, n) keeps 1 - l, which is p = l (1 - 4^-n).

    Args:
        p: 0 to 1.
        n_qubits: None takes as many qubits as it is put on: those of a gate in a noise model.

    Raises:
        InvalidArgumentError: for p outside [0, 1], and for less than one qubit.
    """
    p, name = probability("p", p), f"depolarizing({p:.4g})"
    make = partial(_uniform, p, name)
    if n_qubits is None:
        return Channel._adopt(make(1), make)
    return Channel._adopt(make(_arrays.integer("n_qubits", n_qubits)))


def global_depolarizing(q: float) -> Channel:
    """rho -> q rho + (1 - q) 1/d on the whole register. It commutes with everything, so that only the product of
    all q in a circuit matters (docs/maths.md).

    Args:
        q: what is kept, 0 to 1.

    Raises:
        InvalidArgumentError: for q outside [0, 1].
    """
    make = partial(_kept, probability("q", q), f"global_depolarizing({q:.4g})")
    return Channel._adopt(make(1), make, spans_register=True)


def bit_flip(p: float) -> Channel:
    """X with probability p: Y and Z are left with 1 - 2p.

    Args:
        p: 0 to 1.

    Raises:
        InvalidArgumentError: for p outside [0, 1].
    """
    return _flip("bit_flip", "X", p)


def phase_flip(p: float) -> Channel:
    """Z with probability p: X and Y are left with 1 - 2p. Qulacs calls it DephasingNoise.

    Args:
        p: 0 to 1.

    Raises:
        InvalidArgumentError: for p outside [0, 1].
    """
    return _flip("phase_flip", "Z", p)


def bit_phase_flip(p: float) -> Channel:
    """Y with probability p: X and Z are left with 1 - 2p.

    Args:
        p: 0 to 1.

    Raises:
        InvalidArgumentError: for p outside [0, 1].
    """
    return _flip("bit_phase_flip", "Y", p)


def _flip(name: str, letter: str, p: float) -> Channel:
    return mixture([Term(probability("p", p), pauli=letter)], f"{name}({p:.4g})")


def _uniform(p: float, name: str, n_qubits: int) -> _native.Handle:
    if n_qubits < 1:
        raise InvalidArgumentError(f"n_qubits is {n_qubits}; at least 1 is expected")
    # Beyond that the core refuses, before that powers would overflow.
    strings = 4.0 ** min(n_qubits, MOST_QUBITS)
    return _kept(1 - p * (strings / (strings - 1)), name, n_qubits)


def _kept(kept: float, name: str, n_qubits: int) -> _native.Handle:
    return _native.create("qtg_channel_depolarizing", kept, n_qubits, name.encode())
