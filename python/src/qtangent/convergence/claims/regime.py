"""The measurement's range against the labels decides the law of convergence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..._native.errors import InvalidArgumentError
from ..laws.rates import Estimate, fit_rates
from .verdict import Verdict

_LAWS = {"exponential": "exponential", "critical": "power law", "frozen error": "plateau"}


@dataclass(frozen=True)
class Regime:
    """What the over-parameterised limit does with one pure sample, or with several that do not disturb each other."""

    name: Literal["exponential", "critical", "frozen error"]
    rate: float
    """Late rate in normalised time: of the loss where it vanishes exponentially, of the approach to the floor where the
    error freezes, 0 at the critical scale."""
    floor: float
    """Final loss of the sample."""


def scale_regime(scale: float, label: float = 1.0) -> Regime:
    """The three regimes of a measurement with eigenvalues +-scale, for one sample with this label.

    The flow is dx/dt = 2 (scale^2 - x^2)(label - x): for scale > |label| the loss falls as exp(-4 (scale^2 - label^2) t); at
    scale = |label| it falls as 1/t^2; for scale < |label| the prediction stops at +-scale, the loss at
    (|label| - scale)^2/2, which it approaches as exp(-4 scale (|label| - scale) t).

    Source: derived in docs/maths.md; the three pictures are those of arXiv 2311.18144.

    Args:
        scale: Of the measurement, whose eigenvalues are +-scale.
        label: The sample's y.

    Raises:
        InvalidArgumentError: For numbers that are not finite, and a scale of 0.
    """
    size, y = abs(float(scale)), abs(float(label))
    if not (np.isfinite(size) and np.isfinite(y) and size > 0):
        raise InvalidArgumentError(
            f"scale is {scale} and label {label}; both finite and a scale other than 0 are expected"
        )
    if size == y:
        return Regime("critical", 0.0, 0.0)
    if size > y:
        return Regime("exponential", 4 * (size**2 - y**2), 0.0)
    return Regime("frozen error", 4 * size * (y - size), 0.5 * (y - size) ** 2)


def follows_regime(time: ArrayLike, loss: ArrayLike, scale: float, label: float = 1.0) -> Verdict:
    """The law fitted to the late loss is the one that scale and label foretell.

    Args:
        time: (T,).
        loss: (T,).
        scale: Of the measurement, whose eigenvalues are +-scale.
        label: Largest |y|.

    Returns:
        For "exponential" measured is the fitted rate against 0 (it depends on the other samples too), for "critical" the
        log-log slope against -2, for "frozen error" the level against the floor. Undecided where no law fits.

    Raises:
        InvalidArgumentError: For shapes that do not fit, values that are not finite, and a scale of 0.
    """
    regime = scale_regime(scale, label)
    fit = fit_rates(time, loss)
    flat = fit.floor if fit.floor is not None else Estimate(*[float(np.asarray(loss)[-1])] * 3)
    measured, expected = {
        "exponential": (fit.rate, 0.0),
        "critical": (fit.slope, -2.0),
        "frozen error": (flat, regime.floor),
    }[regime.name]
    decided = fit.law not in ("ambiguous", "too short")
    return Verdict(
        f"scale {scale:.3g} against label {label:.3g}: {regime.name}",
        fit.law == _LAWS[regime.name] if decided else None,
        measured,
        expected,
    )
