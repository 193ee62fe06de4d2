"""The second moment of a generator over the group of a Lie algebra."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._native.arrays import Real
from .ideals import Ideal


def second_moment(h: Real, ideals: Sequence[Ideal]) -> Real:
    """See `LieAlgebra.second_moment`; h (D,) are the coordinates of the generator."""
    moment = np.zeros((len(h), len(h)))
    for part in ideals:
        inside = part.coordinates @ h
        if part.central:
            fixed = inside @ part.coordinates
            moment += np.outer(fixed, fixed)
        else:
            moment += float(inside @ inside) / part.dimension * (part.coordinates.T @ part.coordinates)
    return moment
