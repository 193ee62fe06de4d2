"""After how much of a parameter every prediction repeats itself."""

from __future__ import annotations

import ctypes

import numpy as np

from ... import _native
from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model


def frequencies(handle: int, n_params: int) -> tuple[Real, tuple[int, ...]]:
    """Base (p,) and degrees of every parameter of a native circuit."""
    base, degree = np.ones(n_params), np.zeros(n_params, dtype=np.int64)
    address = ctypes.c_void_p
    _native.call(
        "qtg_circuit_frequencies",
        handle,
        n_params,
        address(arrays.pointer(base)),
        address(arrays.pointer(degree)),
    )
    return base, tuple(int(value) for value in degree)


def periods(model: Model) -> Real:
    """The period of every parameter, (p,), in radians; infinite where none is known, as for angles param*feature, and where
    nothing depends on the parameter."""
    try:
        base, degrees = frequencies(model._circuit._handle, model.n_params)
    except InvalidArgumentError:
        return np.full(model.n_params, np.inf)
    return np.where(np.array(degrees) > 0, 2 * np.pi / base, np.inf)
