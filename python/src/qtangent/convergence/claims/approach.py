"""How a network approaches the over-parameterised limit as it grows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..laws.fits import fit_line
from ..laws.rates import Estimate
from .frozen import SAME
from .verdict import Verdict

_POWERS = (-0.7, -0.4)
_RESAMPLES = 2000
_WIDEST = 0.3  # half-width of the interval beyond which a fitted power tells nothing


def approaches_limit(p: ArrayLike, distance: ArrayLike) -> Verdict:
    """The largest distance from the limit falls like p^-1/2; holds for fitted powers in [-0.7, -0.4].

    Undecided where the interval of the power is wider than +-0.3, or a power outside has an interval that reaches in.

    Args:
        p: Numbers of parameters (P,), at least 3.
        distance: (P,) or (P, draws): max over time and samples of |prediction - limit|; draws are averaged.

    Raises:
        InvalidArgumentError: For shapes that do not fit, fewer than three sizes, and values that are not positive.
    """
    sizes, values = _by_size(p, distance)
    power = _power(sizes, values)
    low, high = _POWERS
    inside = low <= power.value <= high
    decided = power.high - power.low <= 2 * _WIDEST and (inside or power.high < low or power.low > high)
    return Verdict(
        "the distance from the limit falls like p^-1/2",
        inside if decided else None,
        power,
        -0.5,
    )


def over_parameterised_from(p: ArrayLike, loss: ArrayLike, asymptotic_loss: ArrayLike) -> int | None:
    """The smallest p from which on the final loss is that of the limit, within a factor 1.5; None if none is large enough.

    Below it, training ends on plateaus that more parameters would remove.

    Args:
        p: Numbers of parameters (P,).
        loss: Final losses, (P,) or (P, draws); draws enter by their geometric mean.
        asymptotic_loss: The same of the limit, (P,) or (P, draws).

    Raises:
        InvalidArgumentError: For shapes that do not fit, and values that are not positive.
    """
    sizes, actual = _by_size(p, loss, least=1)
    _, limit = _by_size(p, asymptotic_loss, least=1)
    if actual.shape != limit.shape:
        raise InvalidArgumentError(
            f"loss has shape {actual.shape}, asymptotic_loss {limit.shape}; they must agree"
        )
    ratio = np.exp(np.log(actual / limit).mean(axis=1))
    order = np.argsort(sizes)
    reached = None
    for index in order[::-1]:
        if ratio[index] >= SAME:
            break
        reached = int(sizes[index])
    return reached


def _power(sizes: Real, values: Real) -> Estimate:
    """Fitted power of the mean over the draws; its interval from resampled draws, or of the fit if there is one draw."""
    x = np.log(sizes)
    fit = fit_line(x, np.log(values.mean(axis=1)))
    power, width = float(fit.parameters[1]), float(fit.half_widths[1])
    draws = values.shape[1]
    if draws < 2:
        return Estimate(power, power - width, power + width)
    random = np.random.default_rng(0)
    chosen = random.integers(draws, size=(_RESAMPLES, len(sizes), draws))
    means = np.log(np.take_along_axis(values[None], chosen, axis=2).mean(axis=2))
    centred = x - x.mean()
    slopes = means @ centred / (centred @ centred)
    low, high = np.quantile(slopes, [0.025, 0.975])
    return Estimate(power, float(low), float(high))


def _by_size(p: ArrayLike, values: ArrayLike, least: int = 3) -> tuple[Real, Real]:
    sizes, given = np.asarray(p, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < least or given.shape[:1] != sizes.shape or given.ndim > 2:
        raise InvalidArgumentError(
            f"p has shape {sizes.shape} and the values {given.shape}; "
            f"(P,) and (P,) or (P, draws) with P >= {least} are expected"
        )
    if not (given > 0).all() or not (sizes > 0).all():
        raise InvalidArgumentError("numbers of parameters and values must be positive")
    return sizes, given.reshape(len(sizes), -1)
