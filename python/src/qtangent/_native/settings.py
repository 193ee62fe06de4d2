"""How many threads the native library uses."""

from __future__ import annotations

import ctypes

from . import arrays
from .calls import call


def set_num_threads(count: int) -> None:
    """Sets how many threads a call may use (at first QTANGENT_NUM_THREADS, or the processors it may use,
    by its container's quota too).

    Results have the same bits on any number of threads.

    Args:
        count: 1 to 256.

    Raises:
        InvalidArgumentError: for other values.
    """
    call("qtg_threads_set", arrays.integer("the number of threads", count))


def get_num_threads() -> int:
    """How many threads a call may use."""
    count = ctypes.c_int64()
    call("qtg_threads_get", ctypes.byref(count))
    return count.value
