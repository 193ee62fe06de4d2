"""A learning curve: measured, predicted by the frozen kernel, or in the over-parameterised limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from .._native.errors import NumericalError

RESOLUTION = 1e-18
"""Share of the initial loss that counts as zero: residuals a billionth of the first ones, below which the
integrator's tolerance and rounding can be what is seen."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Predictions over time and what follows from them. All three curves of a study share `time`.

    With s parameter sets all but `time` have s first.
    """

    time: Real
    """Normalised time (T,), unless a rate was given: a descent step of size eta advances it by eta * z_sum / m."""
    predictions: Real
    """(T, m), or (T, m, k) for k outputs."""
    residuals: Real
    """predictions - y, the same shape."""
    loss: Real
    """1/(2m) sum of squared residuals, (T,)."""
    kernel: Real
    """Normalised tangent kernel K / z_sum, (T, m, m); constant for kernel regression."""

    @property
    def visible_loss(self) -> Real:
        """The loss (T,), 0 where it is below 1e-18 of the first."""
        return np.where(self.loss > RESOLUTION * self.loss[..., :1], self.loss, 0.0)

    @property
    def final_loss(self) -> float:
        """The last loss of one parameter set, 0 where it is below 1e-18 of the first."""
        return float(self.visible_loss[-1])

    def __repr__(self) -> str:
        loss = (
            f"loss {self.loss[0]:.3g} to {self.loss[-1]:.3g}"
            if self.loss.ndim == 1
            else f"{len(self.loss)} sets"
        )
        return f"<qtangent.Curve: {len(self.time)} times to {self.time[-1]:.3g}, {loss}>"


def curve(time: Real, predictions: Real, y: Real, kernel: Real) -> Curve:
    """A curve from predictions (..., T, m) or, with targets (m, k), (..., T, m, k), and the kernel (..., T, m, m).

    Raises:
        NumericalError: where the squares of residuals overflow.
    """
    residuals = predictions - y
    with np.errstate(over="ignore"):
        loss = np.sum(residuals**2, axis=tuple(range(-y.ndim, 0))) / (2 * len(y))
    if not np.isfinite(loss).all():
        raise NumericalError(
            f"the residuals reach {abs(residuals).max():.3g}, so the loss overflows; divide the labels by a constant"
        )
    return Curve(time, predictions, residuals, loss, kernel)
