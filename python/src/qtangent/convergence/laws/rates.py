"""Which law the late loss follows: power law, exponential, plateau, or not decided by these data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...dynamics.curves import RESOLUTION
from ..words import number
from .fits import Fit, fit_curve, fit_line

Law = Literal["power law", "exponential", "plateau", "ambiguous", "too short"]

DECISIVE = 6.0
"""Difference of the information criterion from which a law counts as chosen (about 20 to 1)."""
_WINDOW_RATIO = 4.0
_DETERMINED = 0.1  # a law is chosen only if its exponent or rate is known to this share


@dataclass(frozen=True)
class Estimate:
    """A fitted number with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{number(self.value)} [{number(self.low)}, {number(self.high)}]"


@dataclass(frozen=True)
class RateFit:
    """Laws fitted to ln L over the late window, and which of them the data choose."""

    law: Law
    window: tuple[float, float]
    points: int
    slope: Estimate
    """d ln L / d ln t of the power law."""
    slope_r2: float
    slope_drift: tuple[float, float]
    """The slope over the first and the second half (in ln t) of the window."""
    rate: Estimate
    """-d ln L / dt of the exponential, in normalised time."""
    rate_r2: float
    floor: Estimate | None
    """Level the loss settles to, when a floor is needed; the interval spans both laws of approach."""
    evidence: float
    """Criterion of the second best law minus that of the chosen one; compare with DECISIVE."""
    reached_zero: bool
    """Whether the loss fell below RESOLUTION of its start inside the run, where the window then ends."""

    def __repr__(self) -> str:
        first, last = self.window
        return f"<qtangent.RateFit: {self.law} from {number(first)} to {number(last)}, slope {self.slope}, rate {self.rate}>"


def fit_rates(time: ArrayLike, loss: ArrayLike) -> RateFit:
    """Fit the late part of a loss curve.

    The window is the last factor 4 in time, ending where the loss falls below RESOLUTION. Four models of
    ln L compete by the Bayesian information criterion with the effective number of points: a power law, an
    exponential, and each of them above a floor. A floor is reported if it wins decisively and makes up
    at least half of the final loss; a law is chosen if it beats the other decisively, no smaller floor beats
    it, and its exponent or rate is known to a tenth. What is left is called ambiguous: a sum of exponentials,
    a crossover.

    Args:
        time: Increasing times (T,); zero is left out of the fit.
        loss: Positive losses (T,).

    Raises:
        InvalidArgumentError: Shapes differ, or values are not finite.
    """
    t, values = _arrays.real("time", time), _arrays.real("loss", loss)
    if t.shape != values.shape or t.ndim != 1:
        raise InvalidArgumentError(
            f"time has shape {t.shape}, loss has shape {values.shape}: give two equal vectors"
        )
    if not (np.isfinite(t).all() and np.isfinite(values).all()):
        raise InvalidArgumentError("time and loss must be finite")
    if (np.diff(t) <= 0).any():
        raise InvalidArgumentError("time must increase from entry to entry")
    alive = values > RESOLUTION * max(float(values[0]), 1e-300) if len(values) else np.zeros(0, dtype=bool)
    end = len(t) if alive.all() else int(np.argmin(alive))
    inside = (t[:end] > 0) & (t[:end] >= t[:end].max(initial=0.0) / _WINDOW_RATIO)
    x, log_loss = t[:end][inside], np.log(values[:end][inside])
    if len(x) < 8:
        return _too_short(x, end < len(t))
    return _compete(x, log_loss, reached_zero=end < len(t))


def _compete(x: Real, log_loss: Real, reached_zero: bool) -> RateFit:
    power, exponential = fit_line(np.log(x), log_loss), fit_line(x, log_loss)
    power_floor, exponential_floor = _fit_floor(np.log(x), log_loss), _fit_floor(x, log_loss)
    every = (power, exponential, power_floor, exponential_floor)
    points = min(every, key=lambda fit: fit.rms).effective_points
    plain = sorted([power.bic(points), exponential.bic(points)])
    settled = min((power_floor, exponential_floor), key=lambda fit: fit.bic(points))
    floored = settled.bic(points)
    final = float(np.exp(log_loss[-1]))
    chosen = min((power, exponential), key=lambda fit: fit.bic(points))
    flat = float(np.ptp(log_loss)) < 0.02
    bends = plain[0] - floored > DECISIVE

    law: Law
    if flat or (bends and np.exp(settled.parameters[2]) > 0.5 * final):
        law, evidence = "plateau", plain[0] - floored
    elif not bends and plain[1] - plain[0] > DECISIVE and _is_determined(chosen):
        law = "power law" if chosen is power else "exponential"
        evidence = plain[1] - plain[0]
    else:
        law, evidence = "ambiguous", min(plain[1] - plain[0], plain[0] - floored)
    return RateFit(
        law=law,
        window=(float(x[0]), float(x[-1])),
        points=len(x),
        slope=_estimate(power, 1),
        slope_r2=power.r2,
        slope_drift=_drift(np.log(x), log_loss),
        rate=_estimate(exponential, -1),
        rate_r2=exponential.r2,
        floor=_level(settled if bends else None, (power_floor, exponential_floor), final)
        if law == "plateau"
        else None,
        evidence=float(evidence),
        reached_zero=reached_zero,
    )


def _is_determined(fit: Fit) -> bool:
    return bool(fit.half_widths[1] <= _DETERMINED * abs(fit.parameters[1]))


def _fit_floor(x: Real, log_loss: Real) -> Fit:
    """ln L = ln(exp(a + b x) + exp(c)), started from floors at several shares of the last loss."""
    last, centre = float(log_loss[-1]), float(x[0])
    starts = []
    for share in (0.05, 0.5, 0.9, 0.99):
        floor = last + np.log(share)
        above = np.log(np.maximum(np.exp(log_loss) - np.exp(floor), 1e-6 * np.exp(last)))
        slope = float(np.polyfit(x - centre, above, 1)[0])
        starts.append(np.array([float(above[0]), min(slope, -1e-3), floor]))

    def model(p: Real) -> Real:
        return np.asarray(np.logaddexp(p[0] + p[1] * (x - centre), p[2]), dtype=np.float64)

    return fit_curve(model, starts, log_loss)


def _level(settled: Fit | None, every: tuple[Fit, Fit], final: float) -> Estimate:
    """The fitted floor, or the last loss of a flat curve; the interval covers both laws of approach."""
    low, value = min(float(np.exp(fit.parameters[2])) for fit in every), final
    if settled is not None:
        value = min(float(np.exp(settled.parameters[2])), final)
        low = min(low, value * float(np.exp(-min(settled.half_widths[2], 50.0))))
    return Estimate(value, min(low, final), final)


def _drift(log_time: Real, log_loss: Real) -> tuple[float, float]:
    middle = 0.5 * (log_time[0] + log_time[-1])
    halves = []
    for part in (log_time <= middle, log_time >= middle):
        enough = part.sum() >= 3
        halves.append(float(np.polyfit(log_time[part], log_loss[part], 1)[0]) if enough else float("nan"))
    return halves[0], halves[1]


def _estimate(fit: Fit, sign: int) -> Estimate:
    value, width = sign * float(fit.parameters[1]), float(fit.half_widths[1])
    return Estimate(value, value - width, value + width)


def _too_short(x: Real, reached_zero: bool) -> RateFit:
    nothing = Estimate(float("nan"), float("nan"), float("nan"))
    window = (float(x[0]), float(x[-1])) if len(x) else (float("nan"), float("nan"))
    return RateFit(
        law="too short",
        window=window,
        points=len(x),
        slope=nothing,
        slope_r2=float("nan"),
        slope_drift=(float("nan"), float("nan")),
        rate=nothing,
        rate_r2=float("nan"),
        floor=None,
        evidence=0.0,
        reached_zero=reached_zero,
    )
