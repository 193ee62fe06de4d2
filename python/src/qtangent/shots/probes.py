"""Observables whose expectations tell how often outcomes come, and the numbers that turn the ones into the others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..observables import Observable, hermitian, pauli
from .distributions import walsh
from .settings import Setting

# Strings of more qubits than that are too many to be expected one by one.
_MOST_QUBITS = 12
# Factors below are rounding.
_ROUNDING = 1e-14


class Chances(NamedTuple):
    """How often the outcomes of a setting come.

    Attributes:
        probes: observables without a constant part.
        factors: (D, 1 + probes), a constant and a factor of each expectation.
    """

    probes: list[Observable]
    factors: Real


def is_wide(setting: Setting) -> bool:
    """Whether too many qubits are measured for expectations to tell what comes out."""
    return setting.change is not None and len(_measured(setting.basis or "")) > _MOST_QUBITS


def _measured(basis: str) -> list[int]:
    return [k for k, letter in enumerate(basis) if letter != "I"]


def chances(setting: Setting) -> Chances:
    """What tells the outcomes of a setting.

    Raises:
        InvalidArgumentError: for one that is wide.
    """
    if setting.change is None:
        low, high = setting.outcomes
        width = high - low
        return Chances([setting.part], np.array([[high / width, -1 / width], [-low / width, 1 / width]]))
    number = np.empty(len(setting.order), dtype=np.int64)
    number[setting.order] = np.repeat(
        np.arange(len(setting.outcomes)), np.diff(setting.starts, append=len(setting.order))
    )
    if setting.basis is None:
        return _of_matrix(setting, number)
    return _of_strings(setting, setting.basis, number)


def _of_matrix(setting: Setting, number: NDArray[np.int64]) -> Chances:
    """Projectors on the eigenspaces; the last one is what the others leave."""
    _, vectors = np.linalg.eigh(setting.part.matrix())
    spaces = [vectors[:, number == d] for d in range(len(setting.outcomes) - 1)]
    factors = np.zeros((len(spaces) + 1, len(spaces) + 1))
    factors[:-1, 1:] = np.eye(len(spaces))
    factors[-1] = [1.0, *(-1.0 for _ in spaces)]
    return Chances([hermitian(one @ one.conj().T) for one in spaces], factors)


def _of_strings(setting: Setting, basis: str, number: NDArray[np.int64]) -> Chances:
    """Products of the letters that are measured: the chance of bits b is 2^-n sum_S (-1)^(b.S) <P_S>."""
    qubits = _measured(basis)
    if is_wide(setting):
        raise InvalidArgumentError(
            f"{len(qubits)} qubits are measured together, at most {_MOST_QUBITS} can be in trainings; give the terms as a "
            "list of observables, or train without shots"
        )
    # Qubits that no letter is on change no outcome.
    table = number.reshape((2,) * len(basis))[
        tuple(slice(None) if k in qubits else 0 for k in range(len(basis)))
    ]
    factors = walsh((table.ravel() == np.arange(len(setting.outcomes))[:, None]).astype(np.float64))
    used = np.abs(factors).max(axis=0) > _ROUNDING
    used[0] = True
    strings = []
    for place in np.flatnonzero(used[1:]) + 1:
        letters = ["I"] * len(basis)
        for position, qubit in enumerate(qubits):
            if place >> (len(qubits) - 1 - position) & 1:
                letters[qubit] = basis[qubit]
        strings.append(pauli("".join(letters)))
    return Chances(strings, factors[:, used])
