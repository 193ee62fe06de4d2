"""Handles of what the native library owns."""

from __future__ import annotations

import ctypes
from functools import partial
from operator import attrgetter
from typing import Any

from .. import _signatures as c
from .calls import call
from .library import lib

_nothing = partial(int)
_FREE = {maker: free for free, makers in c.CREATORS.items() for maker in makers}


class _Owner:
    """Frees what its slot holds when it goes.

    No Python code runs then. Python looks for signals between the instructions of a finalizer as everywhere, but swallows
    what their handlers raise there: a Ctrl-C would be lost.
    """

    def __init__(self, free: str, slot: ctypes.c_int64) -> None:
        self._free: partial[int] = partial(getattr(lib, free), slot)

    # Python looks this up and calls it without arguments; property, attrgetter, partial and the function are all C.
    __del__ = property(attrgetter("_free"))


class Handle(int):
    """A handle that is freed with its last reference."""

    _owner: _Owner


def create(name: str, *arguments: Any) -> Handle:
    """Calls a function whose last argument receives a handle."""
    slot = ctypes.c_int64()
    # It is there before the handle: a signal between the library's return and the next instruction loses nothing.
    owner = _Owner(_FREE[name], slot)
    try:
        call(name, *arguments, ctypes.byref(slot))
    except BaseException:
        if not slot.value:
            # Else the library would say that 0 is no handle, where its last error is asked for.
            owner._free = _nothing
        raise
    handle = Handle(slot.value)
    handle._owner = owner
    return handle
