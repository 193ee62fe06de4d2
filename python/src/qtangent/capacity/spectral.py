"""The smallest space of matrices closed under some commutators, when relations hold within rounding only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from .._native.arrays import Complex, Real

_ZERO = 1e-11
"""Shares of a unit vector, and differences of eigenvalues of a unit matrix, that count as rounding."""
_PARALLEL = 1e-13
"""The same for generators as they are given, before anything is computed from them."""

Rows = TypeVar("Rows", Real, Complex)


@dataclass
class Margin:
    """How clearly rounding was told from what is there."""

    dropped: list[float] = field(default_factory=lambda: [0.0])
    """Shares, and widths of groups of eigenvalues, that counted as rounding."""
    kept: list[float] = field(default_factory=lambda: [1.0])
    """Shares that did not."""
    closest: float = 1.0
    """The least distance of two groups of eigenvalues."""

    @property
    def noise(self) -> float:
        """What rounding may leave: eigenvectors are known to eps over the distance of their eigenvalues, and a small share
        is divided by itself when it becomes a unit vector."""
        clear = [one for one in self.kept if one > 100 * _ZERO]
        return max(1e-13, 100 * float(np.finfo(float).eps) / self.closest / min(clear))

    def row_space(self, rows: Rows) -> Rows:
        """Orthonormal rows that span those of a matrix whose singular values are at most of order 1."""
        _, values, found = np.linalg.svd(rows, full_matrices=False)
        return found[: self.rank(values)]

    def rank(self, values: Real, zero: float = _ZERO) -> int:
        """How many of the descending values are not rounding."""
        rank = int((values > zero).sum())
        self.kept += values[:rank][-1:].tolist()
        self.dropped += values[rank:][:1].tolist()
        return rank


class _Frequencies:
    """The parts of a matrix that turn at one frequency a_i - a_j each under exp(-i t g), a the eigenvalues of g."""

    def __init__(self, generator: Complex, margin: Margin) -> None:
        self.margin = margin
        values, self.vectors = np.linalg.eigh(generator)
        self.upper = np.triu_indices(len(values), 1)
        frequencies = values[self.upper[1]] - values[self.upper[0]]
        order = np.argsort(frequencies)
        gaps = np.diff(frequencies[order], prepend=0.0)
        *starts, _ = *np.flatnonzero(gaps > _ZERO), len(order)
        self.still, *self.moving = np.split(order, starts)
        margin.dropped += gaps[gaps <= _ZERO].tolist()
        margin.closest = min(margin.closest, *gaps[gaps > _ZERO].tolist(), 1.0)

    def split(self, basis: Complex) -> Complex:
        """Orthonormal Hermitian matrices that span all parts of those given."""
        d = basis.shape[-1]
        turned = self.vectors.conj().T @ basis @ self.vectors
        entries = np.sqrt(2) * turned[:, self.upper[0], self.upper[1]]
        still = entries[:, self.still]
        rows = self.margin.row_space(
            np.concatenate([np.diagonal(turned, axis1=1, axis2=2).real, still.real, still.imag], axis=1)
        )
        parts = [np.zeros((len(rows), d, d), dtype=np.complex128)]
        parts[0][:, range(d), range(d)] = rows[:, :d]
        self._fill(
            parts[0], self.still, rows[:, d : d + len(self.still)] + 1j * rows[:, d + len(self.still) :]
        )
        for pairs in self.moving:
            found = self.margin.row_space(entries[:, pairs])
            # With a part goes its bracket with g, which is i times it.
            part = np.zeros((2 * len(found), d, d), dtype=np.complex128)
            self._fill(part, pairs, np.concatenate([found, 1j * found]))
            parts.append(part)
        result: Complex = self.vectors @ np.concatenate(parts) @ self.vectors.conj().T
        return result

    def _fill(
        self, matrices: Complex, pairs: np.ndarray[tuple[int], np.dtype[np.intp]], entries: Complex
    ) -> None:
        i, j = self.upper[0][pairs], self.upper[1][pairs]
        matrices[:, i, j] = entries / np.sqrt(2)
        matrices[:, j, i] = entries.conj() / np.sqrt(2)


def spectral_closure(generators: Complex) -> tuple[Complex, Margin]:
    """The smallest space that holds Hermitian generators (g, d, d) and is closed under i[A, B], within rounding.

    What brackets with a generator make of a matrix are combinations of its parts at the different frequencies of the
    generator. Splitting the space found so far into these parts, for one generator after the other until nothing is
    new, needs no high powers of the generator, so that rounding errors do not grow.

    Args:
        generators: of norm 1.

    Returns:
        (D, d, d), orthonormal in tr(A B); and how clear the decisions were.
    """
    import scipy.linalg

    d = generators.shape[-1]
    flat = generators.reshape(len(generators), -1)
    # Combinations of the generators that are as different as can be have the same algebra.
    columns, triangle, _ = scipy.linalg.qr(
        np.concatenate([flat.real, flat.imag], axis=1).T, mode="economic", pivoting=True
    )
    margin = Margin()
    rows = columns[:, : margin.rank(np.abs(np.diagonal(triangle)), _PARALLEL)].T
    basis = (rows[:, : d * d] + 1j * rows[:, d * d :]).reshape(-1, d, d)
    every = [_Frequencies(0.5 * (one + one.conj().T), margin) for one in basis]
    settled = 0
    while settled < len(every):
        for one in every:
            before, basis = len(basis), one.split(basis)
            settled = settled + 1 if len(basis) == before else 0
    return basis, margin
