"""Splitting a reductive algebra into its centre and its simple ideals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._arrays import Real
from .closure import closure

if TYPE_CHECKING:
    from .lie_algebra import LieAlgebra

_CENTRAL = 1e-9


def split(algebra: LieAlgebra) -> tuple[Real, list[Real]]:
    """Coordinates of the centre (k, D) and of each simple ideal, the largest first.

    The centre is what commutes with the generators. For a generic x in the rest, the antisymmetric ad_x rotates planes
    at distinct speeds, and each plane (two root vectors) lies in one simple ideal: brackets with the generators of
    the algebra lead from it to the whole ideal. The complement of an ideal is an ideal, so this repeats on what is left.
    Derived in docs/maths.md; the tests compare with the commutant of the adjoint representation.
    """
    maps = [algebra.adjoint(algebra.coordinates(one)) for one in algebra.generators]
    size = [max(1.0, float(np.linalg.norm(one, 2))) for one in maps]
    stacked = np.concatenate([one / scale for one, scale in zip(maps, size, strict=True)])
    _, values, rows = np.linalg.svd(stacked, full_matrices=False)
    rank = int(np.sum(values > _CENTRAL))
    centre, rest = rows[rank:], rows[:rank]
    ideals = []
    random = np.random.default_rng(0)
    while len(rest):
        generic = algebra.adjoint(random.normal(size=len(rest)) @ rest)
        # The fastest plane of i ad_x; its eigenvector's real and imaginary part span it.
        plane = np.linalg.eigh(1j * (rest @ generic @ rest.T))[1][:, -1] @ rest
        ideal = closure(
            np.stack([plane.real, plane.imag]), lambda found: np.concatenate([found @ one.T for one in maps]),
            limit=len(rest),
        )  # fmt: skip
        ideals.append(ideal)
        outside = rest - (rest @ ideal.T) @ ideal
        _, values, rows = np.linalg.svd(outside, full_matrices=False)
        rest = rows[: len(rest) - len(ideal)]
    return centre, sorted(ideals, key=lambda one: -len(one))
