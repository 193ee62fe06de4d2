"""One learning curve in normalised time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real

RESOLUTION = 1e-18
"""Share of the initial loss that counts as zero: residuals a billionth of the first ones, below which the
integrator's tolerance and rounding can be what is seen."""


@dataclass(frozen=True)
class Curve:
    """Predictions over time and what follows from them. All three curves of a study share `time`."""

    time: Real
    """Normalised time (T,): a descent step of size eta advances it by eta * z_sum / m."""
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
        """The loss (T,), 0 below RESOLUTION of the first."""
        return np.where(self.loss > RESOLUTION * self.loss[0], self.loss, 0.0)

    @property
    def final_loss(self) -> float:
        """The last loss, 0 below RESOLUTION of the first."""
        return float(self.visible_loss[-1])


def curve(time: Real, predictions: Real, y: Real, kernel: Real) -> Curve:
    """Assemble a curve from predictions (T, m[, k]) and the normalised kernel (T, m, m)."""
    residuals = predictions - y
    loss = np.sum(residuals**2, axis=tuple(range(1, residuals.ndim))) / (2 * y.shape[0])
    return Curve(time, predictions, residuals, loss, kernel)
