"""A basis of a rational space that is well conditioned."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real

_LARGE = 4.0


def well_conditioned(rows: NDArray[Any]) -> Real:
    """Other pivots, until no entry of the reduced echelon form (D, N) of fractions is above _LARGE.

    Each exchange multiplies the volume of the pivots' minor by the entry exchanged, so it ends; the rows' smallest
    singular value is then at least 1, and the largest of order sqrt(D N).
    """
    while True:
        numbers: Real = rows.astype(np.float64)
        row, column = np.unravel_index(np.abs(numbers).argmax(), numbers.shape)
        if abs(numbers[row, column]) <= _LARGE:
            return numbers
        scaled = rows[row] / rows[row, column]
        factors = rows[:, column].copy()
        factors[row] = 0
        changed = np.flatnonzero(factors)
        columns = np.flatnonzero(scaled)
        rows = rows.copy()
        rows[np.ix_(changed, columns)] -= np.outer(factors[changed], scaled[columns])
        rows[row] = scaled
