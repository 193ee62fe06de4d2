"""How many directions some tangent vectors span."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .._native.arrays import Complex, Real

_ZERO = 1e-9
"""Singular values below this share of the largest one count as rounding, which leaves 1e-14 or so."""
_DOUBTFUL = 1e-5
"""Singular values down to this share show in a Gram matrix, whose eigenvalues are their squares."""
_STILL = 1e-6
"""The least that counts as a largest one: a state that nothing moves has rounding alone."""


@dataclass(frozen=True)
class Rank:
    """A rank and how it was decided."""

    value: int
    exact: bool
    """Whether it is the rank, not only a bound."""
    gap: float
    """Smallest singular value that counted over the largest that did not; inf if none was left out."""


def rank_of_tangents(images: Complex, state: Complex) -> Rank:
    """The real rank of vectors B_a|psi> (D, d) projected off |psi> (d,), for Hermitian B_a."""
    along = (images @ state.conj()).real
    off = images - along[:, None] * state
    rows = np.concatenate([off.real, off.imag], axis=1)
    small = rows @ rows.T if len(rows) < rows.shape[1] else rows.T @ rows
    squares = np.linalg.eigvalsh(small)
    top = max(float(squares[-1]), _STILL**2)
    if np.all((squares > _DOUBTFUL**2 * top) | (squares < _ZERO * _DOUBTFUL * top)):
        return _decided(np.sqrt(np.abs(squares)), _DOUBTFUL)
    return _decided(np.linalg.svd(rows, compute_uv=False), _ZERO)


def rank_of_gram(gram: Real) -> Rank:
    """The rank of a positive semidefinite matrix (p, p) whose diagonal is of order 1, or rounding."""
    return _decided(np.sqrt(np.abs(np.linalg.eigvalsh(gram))), _DOUBTFUL / 10, least=1.0)


def _decided(values: Real, zero: float, least: float = _STILL) -> Rank:
    kept = values > zero * max(float(values.max(initial=0.0)), least)
    left = values[~kept].max(initial=0.0)
    gap = float(values[kept].min(initial=np.inf) / left) if left else math.inf
    return Rank(int(kept.sum()), True, gap)
