"""What the native library is, and how many threads it uses."""

from __future__ import annotations

import ctypes
import json
from typing import Any

from . import arrays
from .calls import call, read_bytes


def build_info() -> dict[str, Any]:
    """Version, ABI, CPU level in use, layout class, number of threads, bytes a call may take now, whether invariants
    are checked (QTANGENT_CHECK=1), compiler and configuration of the native library.

    The layout class tells for how many cores calls are cut into units: "few" on machines with fewer than eight
    processors, else "many"; QTANGENT_LAYOUT asks for the other one. Results of the two differ in their last bits."""
    info: dict[str, Any] = json.loads(read_bytes("qtg_build_info"))
    return info


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
