"""The sublinear lower bound on the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from ..models import Model, expect_model
from . import checks


def loss_lower_bound(model: Model, loss0: float, time: ArrayLike, m: int) -> Real:
    """1/(loss0^(-1/2) + 8 sqrt2 (m/Zsum) sum ||H_l||^2 t)^2 in normalised time: no training is faster.

    Holds for pure states, labels +-1, gradient flow. Source: theorem 3.2 of You et al., arXiv 2303.14844; the constant
    is derived in docs/maths.md.

    Args:
        model: of one output.
        loss0: the loss at time 0, >= 0.
        time: normalised, increasing, >= 0, (T,).
        m: size of the training set.

    Returns:
        (T,).

    Raises:
        InvalidArgumentError: for several outputs, or unless scale*observable has eigenvalues +-1; where a parameter
            multiplies a feature.
    """
    expect_model(model)
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
