"""Channels that are mixtures of Pauli strings: which strings, and how often."""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .. import _signatures as c
from .._native.arrays import Real
from ..channels import Channel
from ..observables import Observable

# The number of a string among all 4^n comes from one random number of 53 bits.
_MOST_QUBITS = 26
# What rounding leaves of a transfer matrix's entries that are zero, and of probabilities.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class Mixture:
    """A random Pauli string.

    Attributes:
        n_qubits: on so many qubits.
        probability: of any string but the identity.
        strings: bool (K, 2n), for each string whether it has X, or Y, on each qubit, and then whether it has Z, or Y; None
            where all 4^n - 1 strings are as likely.
        shares: (K,), how often each string comes among all but the identity.
    """

    n_qubits: int
    probability: float
    strings: NDArray[np.bool_] | None
    shares: Real

    def draw(self, numbers: Real) -> NDArray[np.bool_]:
        """The strings (r, 2n) that numbers (r,) in [0, 1) choose, none of them the identity."""
        if self.strings is not None:
            edges = self.shares.cumsum()
            last = len(edges) - 1
            return np.asarray(
                self.strings[np.minimum(np.searchsorted(edges, numbers * edges[-1], "right"), last)]
            )
        count = 4**self.n_qubits - 1
        chosen = 1 + np.minimum((numbers * count).astype(np.int64), count - 1)
        bits: NDArray[np.bool_] = (chosen[:, None] >> np.arange(2 * self.n_qubits)) & 1 == 1
        return bits


def mixture(channel: Channel) -> Mixture | None:
    """A channel as a mixture of Pauli strings, or None for one that is none."""
    form = ctypes.c_int32()
    n_qubits = ctypes.c_int64()
    _native.call("qtg_channel_info", channel._handle, ctypes.byref(n_qubits), ctypes.byref(form), None)
    n = n_qubits.value
    if form.value == c.QTG_CHANNEL_KRAUS:
        return _of_transfer_matrix(channel, n)
    kept = ctypes.c_double()
    terms = Observable._adopt(
        _native.create("qtg_channel_mixture", channel._handle, ctypes.byref(kept))
    ).terms
    if form.value == c.QTG_CHANNEL_DEPOLARIZING:
        if n > _MOST_QUBITS:
            return None
        return Mixture(n, (1 - kept.value) * (1 - 4.0**-n), None, np.empty(0))
    return _listed(n, [(term.pauli or "", term.coefficient) for term in terms])


def _of_transfer_matrix(channel: Channel, n: int) -> Mixture | None:
    """The transfer matrix of a mixture is diagonal: sum_P p_P (-1)^[P, Q anticommute], an involution up to 4^n."""
    matrix = channel.ptm
    kept = np.diag(matrix)
    if np.abs(matrix - np.diag(kept)).max() > _ROUNDING:
        return None
    letters = ["".join(string) for string in itertools.product("IXYZ", repeat=n)]
    signs = np.array([[1.0]])
    one = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    for _ in range(n):
        signs = np.kron(signs, one)
    probabilities = signs @ kept / 4**n
    return _listed(n, list(zip(letters, probabilities.tolist(), strict=True)))


def _listed(n: int, strings: list[tuple[str, float]]) -> Mixture:
    there = [(string, p) for string, p in strings if set(string) != {"I"} and p > _ROUNDING]
    rows = [
        [letter in "XY" for letter in string] + [letter in "ZY" for letter in string] for string, _ in there
    ]
    shares = np.array([p for _, p in there])
    return Mixture(n, min(1.0, float(shares.sum())), np.array(rows, dtype=bool).reshape(-1, 2 * n), shares)
