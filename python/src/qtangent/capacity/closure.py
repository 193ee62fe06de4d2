"""The smallest space that holds some vectors and is closed under some maps, with an orthonormal basis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .._native.arrays import Real

INDEPENDENT = 1e-7
"""A vector of norm 1 is new if this much of it is left outside the space; commutators of orthonormal elements that
are linearly dependent leave rounding error, 1e-13 or so, and those that are not leave a share of order 1."""


def closure(start: Real, extend: Callable[[Real], Real], limit: int) -> Real:
    """Orthonormal rows that span `start` (k, N) and what `extend` makes of every element.

    `extend` maps rows (k, N) to rows (k', N) and is linear, so it needs to see each basis vector once. Rows below
    INDEPENDENT in norm count as zero; the others are normalised, so that deep brackets weigh as much as shallow ones.

    Args:
        limit: the search ends when the basis has so many rows; the space of all candidates has no more.
    """
    basis = np.zeros((0, start.shape[1]))
    fresh = _independent(start, basis)
    while len(fresh) and len(basis) < limit:
        basis = np.concatenate([basis, fresh])
        fresh = _independent(extend(fresh), basis)
    return basis


def _independent(rows: Real, basis: Real) -> Real:
    """Orthonormal rows that span what `rows` add to `basis`, by projection (twice) and pivoted QR."""
    import scipy.linalg

    norms = np.linalg.norm(rows, axis=1)
    rows = rows[norms > INDEPENDENT] / norms[norms > INDEPENDENT, None]
    for _ in range(2):
        rows = rows - (rows @ basis.T) @ basis
    rows = rows[np.linalg.norm(rows, axis=1) > INDEPENDENT]
    if not len(rows):
        return rows
    columns, triangle, _ = scipy.linalg.qr(rows.T, mode="economic", pivoting=True)
    found = columns[:, np.abs(np.diagonal(triangle)) > INDEPENDENT].T
    # Pivoting leaves the last columns the least accurate: once more against the basis.
    found = found - (found @ basis.T) @ basis
    orthonormal: Real = np.ascontiguousarray(scipy.linalg.qr(found.T, mode="economic")[0].T)
    return orthonormal
