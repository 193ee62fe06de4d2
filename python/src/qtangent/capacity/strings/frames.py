"""In what coefficients elements of an algebra are written: of Pauli strings, or of sums over orbits of strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..coefficients import bit_count

Strings = NDArray[np.int64]
"""Numbers of strings on at most 31 qubits."""

_PAIRS = 2**22
"""Pairs of strings that are compared at a time."""


@dataclass(frozen=True, eq=False)
class StringFrame:
    """Coefficients of single strings."""

    n: int
    strings: Strings
    """(N,), ascending; closed under brackets with the generators' strings."""

    def __len__(self) -> int:
        return len(self.strings)

    def row(self, own: Sequence[int], values: NDArray[Any]) -> NDArray[Any]:
        """The coefficients (N,) of a sum of some strings."""
        result = np.zeros(len(self), dtype=values.dtype)
        result[np.searchsorted(self.strings, np.array(own, dtype=np.int64))] = values
        return result

    def brackets(self, own: Sequence[int], values: NDArray[Any]) -> Any:
        """The sparse matrix of i[A, .]/2, A a sum of some strings."""
        import scipy.sparse

        given = np.array(own, dtype=np.int64)
        which, columns, signs = anticommuting(given, self.strings, self.n)
        places = np.searchsorted(self.strings, given[which] ^ self.strings[columns])
        return scipy.sparse.csr_array(
            (values[which] * signs, (places, columns)), shape=(len(self), len(self))
        )


def anticommuting(a: Strings, b: Strings, n: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Strings]:
    """Places in both of the pairs that anticommute, and s in i P_a P_b = s P_ab."""
    d = 1 << n
    rows = max(1, _PAIRS // max(1, len(b)))
    which, columns = [], []
    for start in range(0, len(a), rows):
        some = a[start : start + rows, None]
        found = np.nonzero(bit_count(some % d & b // d ^ some // d & b % d) & 1)
        which.append(found[0] + start)
        columns.append(found[1])
    left, right = np.concatenate(which), np.concatenate(columns)
    return left, right, bracket_signs(a[left], b[right], n)


def bracket_signs(a: Strings, b: Strings, n: int) -> Strings:
    """s in i P_a P_b = s P_ab, pair by pair, for strings that anticommute."""
    d = 1 << n
    x1, z1, x2, z2 = a // d, a % d, b // d, b % d
    # P_a P_b = i^e (-1)^|z1 & x2| P_ab, and e is odd where they anticommute.
    power = 1 + bit_count(x1 & z1) + bit_count(x2 & z2) - bit_count((x1 ^ x2) & (z1 ^ z2))
    return 1 - (power + 2 * bit_count(z1 & x2)) % 4
