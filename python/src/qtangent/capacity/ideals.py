"""Splitting a reductive algebra into its centre and its simple ideals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from .closure import closure

_CENTRAL = 1e-9
_ELEMENTS = 2
"""Generic elements of the algebra; two generate all of it but the centre, and unlike its generators they are neither
large nor small nor nearly parallel."""


@dataclass(frozen=True, eq=False)
class Ideal:
    """A part of the algebra that commutes with the rest: simple, or the whole centre."""

    coordinates: Real
    """(k, D): orthonormal elements in the basis of the algebra."""
    central: bool

    @property
    def dimension(self) -> int:
        """Number of elements k."""
        return len(self.coordinates)

    def __repr__(self) -> str:
        return f"<qtangent.Ideal: {'centre' if self.central else 'simple'} of dimension {self.dimension}>"


def split(dimension: int, adjoint: Callable[[Real], Real]) -> tuple[Real, list[Real]]:
    """Coordinates of the centre (k, D) and of each simple ideal, the largest first.

    Args:
        dimension: D.
        adjoint: x (D,) to ad_x (D, D), antisymmetric.

    The centre is what commutes with generic elements. For a generic x in the rest, the antisymmetric ad_x rotates planes
    at distinct speeds, and each plane (two root vectors) lies in one simple ideal: brackets with generic
    elements lead from it to the whole ideal. The complement of an ideal is an ideal, so this repeats on what is left.
    Derived in docs/maths.md; the tests compare with the commutant of the adjoint representation.
    """
    random = np.random.default_rng(0)
    maps = [adjoint(random.normal(size=dimension)) for _ in range(_ELEMENTS)]
    size = [max(1.0, float(np.linalg.norm(one, 2))) for one in maps]
    stacked = np.concatenate([one / scale for one, scale in zip(maps, size, strict=True)])
    _, values, rows = np.linalg.svd(stacked, full_matrices=False)
    rank = int(np.sum(values > _CENTRAL))
    centre, rest = rows[rank:], rows[:rank]
    ideals = []
    while len(rest):
        generic = adjoint(random.normal(size=len(rest)) @ rest)
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
