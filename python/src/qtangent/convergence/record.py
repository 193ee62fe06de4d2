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
from .movable import Movable
from .phases.both import Phases
from .problem import Problem
from .three_curves import ThreeCurves
from .under_noise import UnderNoise

if TYPE_CHECKING:
    from ..runs import Run


@dataclass(frozen=True, eq=False)
class Record(ThreeCurves):
    """What `qtangent.convergence.study` recorded, and what follows from it."""

    problem: Problem
    settings: dict[str, float]
    """seed, time, dt, critical_dt, steps, records, learning_rate, z_sum, scale."""
    run: Run
    """The training run itself; its kernels are K, those of the curves K / z_sum."""
    floors: tuple[LossFloor, ...]
    """Bounds from the overlaps of the states, one an output."""
    floor_reason: str | None
    """Why there is no floor bound."""
    lower_bound: Real | None
    """Sublinear lower bound of the loss at the recorded times, where it applies."""
    test: HeldOutPredictions | None
    elapsed: float
    """Seconds."""
    noise_free: Curve | None = None
    """The over-parameterised limit without the channels of a circuit; that of `asymptotic` is contracted by them."""
    under_noise: UnderNoise | None = None
    """By how much channels contract what is measured, and how many shots training takes; None without channels."""

    @property
    def kernel_name(self) -> str:
        """What figures call the kernel."""
        return "K / Z" if self.problem.z_sum_reason is None else "K / m"

    @property
    def time_name(self) -> str:
        """What figures call the time: it is normalised where the circuit has a `z_sum`."""
        return "normalised time t" if self.problem.z_sum_reason is None else "time η t"

    @property
    def theta(self) -> Real:
        """Final parameters (p,)."""
        return np.asarray(self.run.theta, dtype=np.float64)

    @property
    def floor(self) -> float | None:
        """Certified lower bound of the loss for these data, None where there is no bound."""
        return sum(one.value for one in self.floors) if self.floors else None

    @cached_property
    def plateau(self) -> Plateau | None:
        """The plateau on which the loss ends, with its cause; None while it still falls."""
        limit = None if self.asymptotic is None else self.asymptotic.loss
        return plateau(self.actual.time, self.actual.loss, limit, self.floor)

    @property
    def limits(self) -> list[tuple[str, Curve]]:
        """The contracted limit and the one without noise of circuits with channels; else the one limit."""
        if self.noise_free is None or self.asymptotic is None:
            return super().limits
        return [("limit, noisy", self.asymptotic), ("limit, ideal", self.noise_free)]

    @cached_property
    def phases(self) -> Phases:
        """What becomes of kernel and error: told by the data before training, and by the training itself."""
        return Phases.of(self.run)

    @cached_property
    def movable(self) -> Movable:
        """The rank of the tangent kernel and the loss that it does not move, at the start and at the end: the better one."""
        return Movable.of(self.problem, np.asarray(self.run.theta_history)[[0, -1]])

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
