"""One learning curve in normalised time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


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


def curve(time: FloatArray, predictions: FloatArray, y: FloatArray, kernel: FloatArray) -> Curve:
    """Assemble a curve from predictions (T, m[, k]) and the normalised kernel (T, m, m)."""
    residuals = predictions - y
    loss = np.sum(residuals**2, axis=tuple(range(1, residuals.ndim))) / (2 * y.shape[0])
    return Curve(time, predictions, residuals, loss, kernel)
