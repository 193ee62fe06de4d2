"""Where a sweep goes, and what all its points share."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Real
from ..steps import LARGEST_STEP, log_grid, step_count

Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, order=True)
class Point:
    """Where in the sweep."""

    n: int
    p: int
    m: int
    scale: float
    seed: int

    @property
    def name(self) -> str:
        """The point as part of a file name."""
        return "-".join(f"{key}{value}" for key, value in asdict(self).items())

    @property
    def cost(self) -> float:
        """Work of a training, up to a factor common to the sweep."""
        return float(self.p * self.m * 2.0**self.n)


@dataclass(frozen=True)
class Settings:
    """What all points of a sweep share."""

    time: float
    dt: float | None
    records: int

    @property
    def step(self) -> float:
        """The step of normalised time before any subdivision."""
        return LARGEST_STEP if self.dt is None else self.dt

    @property
    def recorded_steps(self) -> list[int]:
        return log_grid(step_count(self.time, self.step), self.records)

    @property
    def recorded_times(self) -> Real:
        return np.asarray(self.recorded_steps, dtype=np.float64) * self.step
