"""Handles of what the native library owns."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

from .library import lib


class Handle(int):
    """A handle that is freed with its last reference.

    No Python code runs then. Python looks for signals between the instructions of a finalizer as everywhere, but swallows
    what their handlers raise there: a Ctrl-C would be lost.
    """

    _free: partial[int]

    def __new__(cls, free: str, number: int) -> Handle:
        handle = super().__new__(cls, number)
        handle._free = partial(getattr(lib, free), number)
        return handle

    # Python looks this up and calls it without arguments; property, attrgetter, partial and the function are all C.
    __del__ = property(attrgetter("_free"))
