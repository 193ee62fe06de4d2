"""Arrays that receive results."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .build import build_info
from .errors import OutOfMemoryError


@functools.cache
def memory_limit() -> int:
    """Bytes that a call may take."""
    limit: int = build_info()["memory_limit"]
    return limit


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
    limit = memory_limit()
    if needed > limit:
        fitting = shape[axis] * limit // needed
        remedy = f"a chunk of {fitting} {unit} fits" if fitting else f"not even one of the {unit} fits"
        raise OutOfMemoryError(
            f"{name} of shape {tuple(shape)} takes {needed / 1e9:.1f} GB, {limit / 1e9:.1f} GB are allowed; {remedy}"
        )
    return np.empty(shape, dtype=dtype)
