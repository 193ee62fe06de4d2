"""Three learning curves over each other, of whatever was trained: what it did, what its kernel at the start promised, and
what its limit of infinite width promises."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..dynamics.curves import Curve
from .laws.rates import RateFit, fit_rates


@dataclass(frozen=True)
class Rates:
    """Laws fitted to the three loss curves, all in the time of the study."""

    actual: RateFit
    kernel_regression: RateFit
    asymptotic: RateFit | None
    promised_at_start: float
    """2 lambda_min(K(0)) / z_sum: the late rate of the loss if the kernel stayed frozen."""
    promised_at_end: float
    """2 lambda_min(K) / z_sum with the last recorded kernel."""

    def __repr__(self) -> str:
        limit = "none" if self.asymptotic is None else self.asymptotic.law
        return f"<qtangent.Rates: training {self.actual.law}, frozen kernel {self.kernel_regression.law}, limit {limit}>"


@dataclass(frozen=True, eq=False)
class ThreeCurves:
    """The curves of a study and what follows from them."""

    actual: Curve
    kernel_regression: Curve
    asymptotic: Curve | None
    asymptotic_reason: str | None
    """Why there is no asymptotic curve."""

    limit_name: ClassVar[str] = "limit p → ∞"

    @property
    def limits(self) -> list[tuple[str, Curve]]:
        """Names and limits that figures of the loss show, the one of `asymptotic` first."""
        return [] if self.asymptotic is None else [(self.limit_name, self.asymptotic)]

    @property
    def kernel_name(self) -> str:
        """What figures call the kernel."""
        return "K / Z"

    @property
    def time_name(self) -> str:
        """What figures call the time."""
        return "normalised time t"

    @property
    def floor(self) -> float | None:
        """Certified lower bound of the loss for these data, None where there is no bound."""
        return None

    @cached_property
    def rates(self) -> Rates:
        """Fitted laws of the late loss."""
        limit = self.asymptotic
        return Rates(
            actual=fit_rates(self.actual.time, self.actual.loss),
            kernel_regression=fit_rates(self.kernel_regression.time, self.kernel_regression.loss),
            asymptotic=None if limit is None else fit_rates(limit.time, limit.loss),
            promised_at_start=2 * float(self.lambda_min[0]),
            promised_at_end=2 * float(self.lambda_min[-1]),
        )

    @cached_property
    def spectrum(self) -> Real:
        """Eigenvalues of the curve's kernel over time, increasing, shape (T, m)."""
        return np.asarray(np.linalg.eigvalsh(self.actual.kernel), dtype=np.float64)

    @property
    def lambda_min(self) -> Real:
        """Smallest eigenvalue of the curve's kernel over time (T,)."""
        return self.spectrum[:, 0]

    @cached_property
    def kernel_change(self) -> Real:
        """||K(t) - K(0)|| / ||K(0)|| in the Frobenius norm (T,)."""
        return kernel_drift(self.actual.kernel)


def kernel_drift(kernel: Real) -> Real:
    """||K(t) - K(0)|| / ||K(0)|| in the Frobenius norm.

    Args:
        kernel: (T, m, m).

    Returns:
        (T,).

    Raises:
        InvalidArgumentError: for an array of another number of axes, or without a kernel.
    """
    kernel = _arrays.real("kernel", kernel)
    if kernel.ndim != 3 or not kernel.size:
        raise InvalidArgumentError(f"kernel has shape {kernel.shape}; (T, m, m) is expected")
    change = np.linalg.norm(kernel - kernel[0], axis=(1, 2))
    return np.asarray(change / max(float(np.linalg.norm(kernel[0])), 1e-300), dtype=np.float64)
