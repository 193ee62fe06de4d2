"""What a result holds, to the last bit, in a form that compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

# How long it took is no part of a result.
_TIMES = {"seconds", "elapsed"}


def bits(value: Any) -> Any:
    """Arrays and numbers by their bytes, the library's objects by their state, everything else by what it prints."""
    if isinstance(value, (np.ndarray, np.generic, float, complex)):
        array = np.asarray(value)
        return (
            bits(array.tolist())
            if array.dtype == object
            else (str(array.dtype), array.shape, array.tobytes())
        )
    if isinstance(value, Mapping):
        return [(str(key), bits(inner)) for key, inner in value.items() if key not in _TIMES]
    if isinstance(value, (list, tuple)):
        return [bits(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, bits({one.name: getattr(value, one.name) for one in fields(value)})]
    if isinstance(value, (str, bytes, int, type(None), type)):
        return value
    if hasattr(value, "__reduce_ex__") and type(value).__module__.startswith("qtangent"):
        if "__getstate__" in vars(type(value)) or any(
            "__getstate__" in vars(base) for base in type(value).__mro__[:-1]
        ):
            return [type(value).__name__, bits(value.__getstate__())]
        state = value.__reduce_ex__(4)[1:3]
        return [type(value).__name__, bits(state)]
    return f"{type(value).__name__} {value!r}"
