"""The few ways in which the package calls the native library."""

from __future__ import annotations

import ctypes
from typing import Any

from . import errors
from .library import lib


def last_error() -> str:
    """The text of this thread's last failure."""
    length = ctypes.c_int64()
    lib.qtg_last_error(None, 0, ctypes.byref(length))
    buffer = ctypes.create_string_buffer(length.value + 1)
    lib.qtg_last_error(buffer, len(buffer), ctypes.byref(length))
    return buffer.value.decode()


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a status, and raises what the status says."""
    status = getattr(lib, name)(*arguments)
    if status:
        raise errors.error(status, last_error())


def read_bytes(name: str, *arguments: Any) -> bytes:
    """Calls a function that writes bytes or text into (buffer, capacity, *length)."""
    length = ctypes.c_int64()
    function = getattr(lib, name)
    capacity = 1 << 12
    while True:
        buffer = ctypes.create_string_buffer(capacity)
        length.value = 0
        status = function(*arguments, buffer, capacity, ctypes.byref(length))
        if not status:
            return buffer.raw[: length.value]
        if length.value < capacity:
            raise errors.error(status, last_error())
        capacity = length.value + 1
