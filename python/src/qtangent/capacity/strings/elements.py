"""Elements of a Lie algebra as sums of Pauli strings: their matrices, and what they make of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Complex, Real
from ..closure import closure
from ..coefficients import bit_count
from ..rational import Rational
from .frames import StringFrame

_PHASES = np.array([1, 1j, -1, -1j])
_KEPT = 2**22
"""Entries of all strings' matrices that are kept between states."""


@dataclass(frozen=True)
class Elements:
    """sum_s c_s P_s, or one string each, over sqrt(2^n): orthonormal in tr(A B)."""

    n: int
    strings: tuple[int, ...]
    """N numbers of strings."""
    rows: Real | None
    """c, orthonormal (D, N); None if every string is one element."""

    def __len__(self) -> int:
        return len(self.strings if self.rows is None else self.rows)

    def applied(self, state: Complex) -> Complex:
        """Every element on one state (2^n,): (D, 2^n)."""
        columns, factors = self._kept if len(self.strings) << self.n <= _KEPT else self._action()
        images: Complex = factors * state[columns]
        # The rows are real, so that pairs of real numbers will do.
        return images if self.rows is None else (self.rows @ images.view(np.float64)).view(np.complex128)

    @cached_property
    def _kept(self) -> tuple[NDArray[np.int64], Complex]:
        return self._action()

    def _action(self) -> tuple[NDArray[np.int64], Complex]:
        """Where each string takes the entries of its image from, and their factors: (N, 2^n)."""
        x, z, phases = self._parts()
        # P|k> = i^|x & z| (-1)^(z . k) |k ^ x>
        columns = np.arange(2**self.n)[None, :] ^ x[:, None]
        signs = 1 - 2 * (bit_count(columns & z[:, None]) & 1)
        return columns, phases[:, None] * signs / np.sqrt(2**self.n)

    def matrices(self) -> Complex:
        """(D, 2^n, 2^n)."""
        d = 2**self.n
        index = np.arange(d)
        result = np.zeros((len(self), d, d), dtype=np.complex128)
        for k, (x, z, phase) in enumerate(zip(*self._parts(), strict=True)):
            values = phase * (1 - 2 * (bit_count(index & z) & 1)) / np.sqrt(d)
            if self.rows is None:
                result[k, index ^ x, index] = values
            else:
                result[:, index ^ x, index] += self.rows[:, k, None] * values
        return result

    def adjoint(self, coordinates: Real) -> Real:
        """The coordinates of i[A, B_b] in column b, A of coordinates (D,): (D, D)."""
        rows = np.eye(len(self)) if self.rows is None else self.rows
        half = StringFrame(self.n, np.array(self.strings, dtype=np.int64)).brackets(
            self.strings, coordinates @ rows
        )
        result: Real = rows @ (half @ rows.T) * (2 / np.sqrt(2**self.n))
        return result

    def _parts(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Complex]:
        low = (1 << self.n) - 1
        x = np.array([string >> self.n for string in self.strings], dtype=np.int64)
        z = np.array([string & low for string in self.strings], dtype=np.int64)
        return x, z, _PHASES[bit_count(x & z) % 4]


def orthonormal_rows(generators: Sequence[Rational], frame: StringFrame, dimension: int) -> Real | None:
    """Orthonormal coefficients (D, N) of the algebra; None if there are not `dimension` of them in double precision."""
    values = [np.array(one.values, dtype=np.float64) for one in generators]
    values = [one / np.linalg.norm(one) for one in values]
    pairs = list(zip([one.strings for one in generators], values, strict=True))
    maps = [frame.brackets(*one) for one in pairs]
    start = np.stack([frame.row(*one) for one in pairs])
    rows = closure(start, lambda found: np.concatenate([(one @ found.T).T for one in maps]), limit=dimension)
    return rows if len(rows) == dimension else None
