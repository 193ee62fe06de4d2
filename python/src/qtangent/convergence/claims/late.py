"""How the loss falls at late times."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...dynamics.curves import RESOLUTION
from ..laws.fits import Fit, fit_line
from ..laws.rates import Estimate
from .verdict import Verdict, curves_of, over_draws

_ROUNDING = 1e-12
_STRAIGHT = 0.999


def late_time_slope(
    time: ArrayLike,
    loss: ArrayLike,
    window: tuple[float, float] | None = None,
    tolerance: float = 0.02,
) -> Verdict:
    """The loss falls as t^-2: d ln L / d ln t against -2.

    Claimed for the over-parameterised limit at scale 1, orthonormal pure states, balanced labels +-1.

    Args:
        time: (T,).
        loss: (T,) or (draws, T).
        window: Times to fit, the last decade if left out.
        tolerance: Of the mean slope.

    Raises:
        InvalidArgumentError: For shapes that do not fit, losses that are not finite, and fewer than three times in the
            window.
    """
    t = np.asarray(time, dtype=np.float64)
    first, last = (t[-1] / 10, t[-1]) if window is None else window
    inside = (t > 0) & (t >= first) & (t <= last)
    _enough(inside)
    fits = [fit_line(np.log(t[inside]), np.log(one[inside])) for one in curves_of("loss", loss, len(t))]
    slope = _estimate(fits, [float(fit.parameters[1]) for fit in fits])
    return Verdict("the loss falls as t^-2", abs(slope.value + 2) <= tolerance, slope, -2.0)


def late_time_constant(
    time: ArrayLike, loss: ArrayLike, rate: float = 1.0, saturated: bool = False, tolerance: float = 0.01
) -> Verdict:
    """32 c^2 L t^2 at the last time tends to 1, or to 1/4 where the states span the whole space (m = d).

    Claimed for the over-parameterised limit at scale 1, orthonormal pure states, balanced labels +-1, c the rate.

    Args:
        time: (T,).
        loss: (T,) or (draws, T).
        rate: c; 1 in normalised time.
        saturated: Whether m = d.
        tolerance: Relative.

    Raises:
        InvalidArgumentError: For shapes that do not fit, and losses that are not finite.
    """
    t = np.asarray(time, dtype=np.float64)
    expected = 0.25 if saturated else 1.0
    measured = over_draws(32 * rate**2 * curves_of("loss", loss, len(t))[:, -1] * t[-1] ** 2)
    return Verdict(
        "32 c^2 L t^2 reaches its limit", abs(measured.value / expected - 1) <= tolerance, measured, expected
    )


def kernel_sets_rate(
    time: ArrayLike, loss: ArrayLike, lambda_min: ArrayLike, tolerance: float = 0.15
) -> Verdict:
    """Over the last half of the run the loss is exponential, with the rate 2 lambda_min(K_end)/Zsum.

    Args:
        time: (T,), normalised.
        loss: (T,) or (draws, T). Where it reaches rounding error the run counts as ended.
        lambda_min: Smallest eigenvalue of K/Zsum, (T,) or (draws, T), as `loss`.
        tolerance: Relative, of the mean rate.

    Returns:
        The mean ratio of the two rates against 1. It fails as well where R^2 of ln L over t of a draw is not above 0.999.
        A residual that starts almost without its slowest mode falls at the rate of the next one for long.

    Raises:
        InvalidArgumentError: For shapes that do not fit, values that are not finite, and fewer than three times in the
            window.
    """
    t = np.asarray(time, dtype=np.float64)
    ratios, fits = [], []
    for one, smallest in zip(
        curves_of("loss", loss, len(t)), curves_of("lambda_min", lambda_min, len(t)), strict=True
    ):
        alive = one > RESOLUTION * one[0]
        end = len(t) if alive.all() else int(np.argmin(alive))
        inside = np.arange(len(t)) < end
        inside &= t >= t[max(end - 1, 0)] / 2
        _enough(inside)
        fits.append(fit_line(t[inside], np.log(one[inside])))
        ratios.append(-float(fits[-1].parameters[1]) / (2 * float(smallest[end - 1])))
    straight = min(fit.r2 for fit in fits) > _STRAIGHT
    ratio = over_draws(ratios)
    close = abs(ratio.value - 1) <= tolerance
    return Verdict("the last kernel sets an exponential rate", straight and close, ratio, 1.0)


def above_lower_bound(loss: ArrayLike, bound: ArrayLike) -> Verdict:
    """The loss stays above the sublinear lower bound at every time; measured is the smallest ratio.

    At time 0 the two are equal, so a ratio may fall below 1 by rounding.

    Args:
        loss: (T,) or (draws, T).
        bound: (T,) or (draws, T), as `loss`, from `qtangent.dynamics.loss_lower_bound`.

    Raises:
        InvalidArgumentError: For unequal shapes.
    """
    measured = np.asarray(loss, dtype=np.float64)
    bounds = np.asarray(bound, dtype=np.float64)
    if measured.shape != bounds.shape:
        raise InvalidArgumentError(f"loss has shape {measured.shape}, bound {bounds.shape}; they must agree")
    least = float((measured / bounds).min())
    return Verdict(
        "the loss stays above the sublinear bound", least >= 1 - _ROUNDING, Estimate(least, least, least), 1.0
    )


def _enough(inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    if inside.sum() < 3:
        raise InvalidArgumentError(
            f"{int(inside.sum())} recorded times lie in the late window; record at least 3 there"
        )


def _estimate(fits: list[Fit], values: list[float]) -> Estimate:
    """Over the draws, or of the fit where there is one."""
    if len(fits) > 1:
        return over_draws(values)
    width: Real = fits[0].half_widths
    return Estimate(values[0], values[0] - float(width[1]), values[0] + float(width[1]))
