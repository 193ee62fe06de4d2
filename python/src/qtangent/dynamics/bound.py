"""The sublinear lower bound on the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _arrays, _native
from .._arrays import Real
from ..models import Model
from . import checks


def loss_lower_bound(model: Model, loss0: float, time: ArrayLike, m: int) -> Real:
    """1/(loss0^(-1/2) + 8 sqrt2 (m/Zsum) sum ||H_l||^2 t)^2 in normalised time, (T,): no training is faster.

    The constant is derived from the proof of theorem 3.2. Holds for pure states, labels +-1, gradient flow.

    Raises:
        InvalidArgumentError: unless scale*observable has eigenvalues +-1.
    """
    times = checks.time(time)
    result = np.empty(len(times))
    _native.call(
        "qtg_dynamics_lower_bound",
        model._handle,
        _arrays.number("loss0", loss0),
        _arrays.pointer(times),
        len(times),
        _arrays.integer("m", m),
        _arrays.pointer(result),
    )
    return result
