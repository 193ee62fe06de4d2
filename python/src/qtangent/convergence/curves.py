"""One learning curve in normalised time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

RESOLUTION = 1e-18
"""Share of the initial loss that counts as zero: residuals a billionth of the first ones, below which the
integrator's tolerance and rounding can be what is seen."""


@dataclass(frozen=True)
class Curve:
    """Predictions over time and what follows from them. All three curves of a study share `time`."""

    time: FloatArray
    """Normalised time (T,): a descent step of size eta advances it by eta * z_sum / m."""
    predictions: FloatArray
    """(T, m), or (T, m, k) for k outputs."""
    residuals: FloatArray
    """predictions - y, the same shape."""
    loss: FloatArray
    """1/(2m) sum of squared residuals, (T,)."""
    kernel: FloatArray
    """Normalised tangent kernel K / z_sum, (T, m, m); constant for kernel regression."""

    @property
    def visible_loss(self) -> FloatArray:
        """The loss (T,), 0 below RESOLUTION of the first."""
        return np.where(self.loss > RESOLUTION * self.loss[0], self.loss, 0.0)

    @property
    def final_loss(self) -> float:
        """The last loss, 0 below RESOLUTION of the first."""
        return float(self.visible_loss[-1])


def curve(time: FloatArray, predictions: FloatArray, y: FloatArray, kernel: FloatArray) -> Curve:
    """Assemble a curve from predictions (T, m[, k]) and the normalised kernel (T, m, m)."""
    residuals = predictions - y
    loss = np.sum(residuals**2, axis=tuple(range(1, residuals.ndim))) / (2 * y.shape[0])
    return Curve(time, predictions, residuals, loss, kernel)
