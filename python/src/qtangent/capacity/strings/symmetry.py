"""Algebras whose generators some permutations of the qubits leave as they are: in coefficients of orbits of strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..coefficients import bit_count
from ..rational import Rational
from .frames import Strings, anticommuting, bracket_signs


@dataclass(frozen=True, eq=False)
class Permutations:
    """A group of permutations of n qubits."""

    n: int
    images: tuple[tuple[int, ...], ...]
    """Qubit q goes to image[q]; the identity is among them. None at all: every permutation."""

    def representatives(self, strings: Strings) -> Strings:
        """One string of each string's orbit."""
        if self.images:
            least: Strings = np.min([_permuted(strings, image, self.n) for image in self.images], axis=0)
            return least
        n, low = self.n, (1 << self.n) - 1
        x, z = strings >> n, strings & low
        both = bit_count(x & z)
        only_x, only_z = bit_count(x) - both, bit_count(z) - both

        def first(count: Strings) -> Strings:
            return low ^ ((1 << (n - count)) - 1)

        # X, then Y, then Z, then I.
        return (first(only_x + both) << n) + (first(only_x + both + only_z) ^ first(only_x))


@dataclass(frozen=True, eq=False)
class OrbitFrame:
    """Coefficients of sums over orbits of strings."""

    group: Permutations
    strings: Strings
    """(N,), ascending: a representative of each orbit."""

    def __len__(self) -> int:
        return len(self.strings)

    def row(self, own: Sequence[int], values: NDArray[Any]) -> NDArray[Any]:
        """The coefficients (N,) of a sum that the group leaves as it is."""
        result = np.zeros(len(self), dtype=values.dtype)
        result[self._places(np.array(own, dtype=np.int64))] = values
        return result

    def brackets(self, own: Sequence[int], values: NDArray[Any]) -> Any:
        """The sparse matrix of i[A, .]/2: what strings A of the sum and B of each orbit give a representative T = AB."""
        import scipy.sparse

        given = np.array(own, dtype=np.int64)
        # A T anticommutes with A where T does.
        which, places, _ = anticommuting(given, self.strings, self.group.n)
        before = given[which] ^ self.strings[places]
        signs = bracket_signs(given[which], before, self.group.n)
        return scipy.sparse.csr_array(
            (values[which] * signs, (places, self._places(before))), shape=(len(self), len(self))
        )

    def _places(self, strings: Strings) -> NDArray[np.intp]:
        return np.searchsorted(self.strings, self.group.representatives(strings))


def orbit_frame(sums: Sequence[Rational], n: int, most: int) -> OrbitFrame | None:
    """Orbits of the permutations that leave every sum as it is, closed under brackets; None if there are no such
    permutations, or more than `most` orbits."""
    group = _symmetries(sums, n)
    if group is None:
        return None
    given = np.array(sorted({string for one in sums for string in one.strings}), dtype=np.int64)
    found = fresh = np.unique(group.representatives(given))
    while len(fresh):
        which, columns, _ = anticommuting(given, fresh, n)
        fresh = np.setdiff1d(group.representatives(given[which] ^ fresh[columns]), found)
        found = np.union1d(found, fresh)
        if len(found) > most:
            return None
    return OrbitFrame(group, found)


def _symmetries(sums: Sequence[Rational], n: int) -> Permutations | None:
    """Every permutation, turns and reflections of a ring, or the reflection of a chain."""
    qubits = tuple(range(n))
    turn, flip, swap = (*qubits[1:], 0), qubits[::-1], (1, 0, *qubits[2:])
    turns, flips, swaps = (all(_leaves(image, one, n) for one in sums) for image in (turn, flip, swap))
    if turns and swaps:
        return Permutations(n, ())
    rotations = [(*qubits[k:], *qubits[:k]) for k in (range(n) if turns else range(1))]
    images = [*rotations, *(one[::-1] for one in rotations if flips)]
    return Permutations(n, tuple(images)) if len(images) > 1 else None


def _leaves(image: Sequence[int], one: Rational, n: int) -> bool:
    moved = _permuted(np.array(one.strings, dtype=np.int64), image, n).tolist()
    return dict(zip(moved, one.values, strict=True)) == dict(zip(one.strings, one.values, strict=True))


def _permuted(strings: Strings, image: Sequence[int], n: int) -> Strings:
    result = np.zeros_like(strings)
    for q, other in enumerate(image):
        for half in (0, n):
            result |= (strings >> half + n - 1 - q & 1) << half + n - 1 - other
    return result
