"""Plateaus of the loss, recognised and named by their cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..laws.rates import Estimate, fit_rates
from .frozen import SAME

ARRIVED = 1.1
"""A loss within 10 % of its floor has arrived."""


@dataclass(frozen=True)
class Plateau:
    """Where a loss has settled, and why."""

    cause: Literal["under-parameterisation", "floor of the data", "limit", "unknown"]
    """"floor of the data": no circuit does better. "under-parameterisation": the over-parameterised limit goes below, so
    more parameters would. "limit": the limit settles there as well. "unknown": neither floor nor limit is known."""
    level: Estimate


def plateau(
    time: ArrayLike, loss: ArrayLike, asymptotic_loss: ArrayLike | None = None, floor: float | None = None
) -> Plateau | None:
    """The plateau on which a run ends, or None if the loss still falls.

    Args:
        time: (T,).
        loss: (T,).
        asymptotic_loss: Of the over-parameterised limit, (T,).
        floor: Lower bound of the loss for these data, as `Study.floor`.

    Raises:
        InvalidArgumentError: For shapes that do not fit, and values that are not finite.
    """
    fit = fit_rates(time, loss)
    if fit.law != "plateau" or fit.floor is None:
        return None
    final = float(np.asarray(loss)[-1])
    if floor and final < ARRIVED * floor:
        return Plateau("floor of the data", fit.floor)
    if asymptotic_loss is None:
        return Plateau("unknown", fit.floor)
    below = fit.floor.value > SAME * float(np.asarray(asymptotic_loss)[-1])
    return Plateau("under-parameterisation" if below else "limit", fit.floor)
