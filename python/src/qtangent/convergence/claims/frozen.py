"""Whether the tangent kernel stays frozen, and what kernel regression is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..._native.errors import InvalidArgumentError
from .verdict import Verdict, over_draws

LAZY = 0.1
"""Relative change of the kernel up to which a training counts as lazy."""
SAME = 1.5
"""Factor up to which two losses count as the same."""


def kernel_stays_frozen(drift: ArrayLike) -> Verdict:
    """The kernel at the end is the kernel at the start: ||K(T) - K(0)||/||K(0)|| below 0.1.

    Args:
        drift: One value a draw, (draws,), or a scalar.

    Raises:
        ValueError: For what are no numbers.
    """
    measured = over_draws(np.ravel(drift))
    return Verdict("the tangent kernel stays frozen", measured.value < LAZY, measured, 0.0)


def kernel_regression_describes(loss: ArrayLike, kernel_regression_loss: ArrayLike) -> Verdict:
    """Kernel regression predicts the final loss: geometric mean over the draws of actual over predicted, against 1.

    Args:
        loss: At one time, one value a draw, (draws,), or a scalar.
        kernel_regression_loss: The same of kernel regression, (draws,), or a scalar.

    Raises:
        InvalidArgumentError: For unequal lengths, and losses that are not positive.
    """
    actual, predicted = np.ravel(loss).astype(float), np.ravel(kernel_regression_loss).astype(float)
    if actual.shape != predicted.shape or not (actual > 0).all() or not (predicted > 0).all():
        raise InvalidArgumentError("give two equally long lists of positive losses")
    logarithm = over_draws(np.log(actual / predicted))
    measured = type(logarithm)(*(float(np.exp(x)) for x in (logarithm.value, logarithm.low, logarithm.high)))
    return Verdict(
        "kernel regression describes the training", 1 / SAME < measured.value < SAME, measured, 1.0
    )
