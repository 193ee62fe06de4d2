"""What a study recorded: the curves, and everything derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .._native.arrays import Real
from ..dynamics.curves import Curve
from .bounds.floor import LossFloor
from .claims.plateau import Plateau, plateau
from .held_out import HeldOutPredictions, accuracy
from .laws.rates import RateFit, fit_rates
from .problem import Problem

if TYPE_CHECKING:
    from ..runs import Run


@dataclass(frozen=True)
class Rates:
    """Laws fitted to the three loss curves, all in normalised time."""

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


@dataclass(frozen=True)
class Record:
    """What `qtangent.convergence.study` recorded, and what follows from it."""

    problem: Problem
    settings: dict[str, float]
    """seed, time, dt, critical_dt, steps, records, learning_rate, z_sum, scale."""
    run: Run
    """The training run itself; its kernels are K, those of the curves K / z_sum."""
    actual: Curve
    kernel_regression: Curve
    asymptotic: Curve | None
    asymptotic_reason: str | None
    """Why there is no asymptotic curve."""
    floors: tuple[LossFloor, ...]
    """Bounds from the overlaps of the states, one an output."""
    floor_reason: str | None
    """Why there is no floor bound."""
    lower_bound: Real | None
    """Sublinear lower bound of the loss at the recorded times, where it applies."""
    test: HeldOutPredictions | None
    elapsed: float
    """Seconds."""

    @property
    def theta(self) -> Real:
        """Final parameters (p,)."""
        return np.asarray(self.run.theta, dtype=np.float64)

    @property
    def floor(self) -> float | None:
        """Certified lower bound of the loss for these data, None where there is no bound."""
        return sum(one.value for one in self.floors) if self.floors else None

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
    def plateau(self) -> Plateau | None:
        """The plateau on which the loss ends, with its cause; None while it still falls."""
        limit = None if self.asymptotic is None else self.asymptotic.loss
        return plateau(self.actual.time, self.actual.loss, limit, self.floor)

    @cached_property
    def spectrum(self) -> Real:
        """Eigenvalues of K / z_sum over time, increasing, shape (T, m)."""
        return np.asarray(np.linalg.eigvalsh(self.actual.kernel), dtype=np.float64)

    @property
    def lambda_min(self) -> Real:
        """Smallest eigenvalue of K / z_sum over time (T,)."""
        return self.spectrum[:, 0]

    @cached_property
    def kernel_change(self) -> Real:
        """||K(t) - K(0)|| / ||K(0)|| in the Frobenius norm (T,)."""
        return kernel_drift(self.actual.kernel)

    @cached_property
    def train_accuracy(self) -> Real | None:
        """Share of training samples on the right side at the recorded steps (T,)."""
        return accuracy(self.actual.predictions, self.problem.y, self.problem.y)

    @cached_property
    def test_accuracy(self) -> Real | None:
        """Share of held-out samples on the right side at the recorded steps (T,)."""
        if self.test is None or self.test.y is None:
            return None
        return accuracy(self.test.predictions, self.test.y, self.problem.y)


def kernel_drift(kernel: Real) -> Real:
    """||K(t) - K(0)|| / ||K(0)|| in the Frobenius norm.

    Args:
        kernel: (T, m, m).

    Returns:
        (T,).

    Raises:
        ValueError: for an array of another number of axes.
    """
    change = np.linalg.norm(kernel - kernel[0], axis=(1, 2))
    return np.asarray(change / max(float(np.linalg.norm(kernel[0])), 1e-300), dtype=np.float64)
