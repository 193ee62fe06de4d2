"""The second moment of a generator over the group of a Lie algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._arrays import Complex, Real
from .._errors import InvalidArgumentError

if TYPE_CHECKING:
    from .lie_algebra import LieAlgebra

_OUTSIDE = 1e-8


def second_moment(algebra: LieAlgebra, generator: Complex) -> Real:
    """See `LieAlgebra.second_moment`."""
    h = algebra.coordinates(generator)
    outside = float(np.linalg.norm(generator - algebra.matrices(h)))
    if outside > _OUTSIDE * float(np.linalg.norm(generator)):
        raise InvalidArgumentError(
            f"the generator is not in the algebra: a part of norm {outside:.2g} lies outside; "
            "make the algebra from all generators of the circuit"
        )
    moment = np.zeros((algebra.dimension, algebra.dimension))
    for part in algebra.ideals:
        inside = part.coordinates @ h
        if part.central:
            fixed = inside @ part.coordinates
            moment += np.outer(fixed, fixed)
        else:
            moment += float(inside @ inside) / part.dimension * (part.coordinates.T @ part.coordinates)
    return moment
