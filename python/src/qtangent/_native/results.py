"""Arrays that receive results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .memory import fits, memory_limit, too_large


def result(
    name: str, shape: Sequence[int], axis: int, unit: str, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    """An array for a result, of a shape that may be any size.

    Args:
        axis, unit: where fewer at a time make it smaller, and of what: "samples".

    Raises:
        OutOfMemoryError: before the memory is taken; the text says how much, and how many at a time fit.
    """
    needed = math.prod(shape) * np.dtype(dtype).itemsize
    if not fits(needed):
        fitting = shape[axis] * memory_limit() // needed
        remedy = f"a chunk of {fitting} {unit} fits" if fitting else f"not even one of the {unit} fits"
        raise too_large(f"{name} of shape {tuple(shape)}", needed, remedy)
    return np.empty(shape, dtype=dtype)
