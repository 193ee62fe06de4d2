"""Where trainings from several starts end, and what their losses say of the basins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from ..._native.arrays import Real
from ...optimizers import LBFGS
from ...training import train
from ..case import Case
from ..work import jacobian_work

CLOSE = 1e-3
"""Of how far the starts lie above the best end: two losses that close are one, as in `landscape.success_rate`."""
_AMPLITUDES = {"quick": 1.2e10, "full": 4e10}
_MOST_STARTS = {"quick": 16, "full": 48}
_FEWEST_STARTS = 4
_MOST_STEPS = {"quick": 200, "full": 400}
_FEWEST_STEPS = 10


@dataclass(frozen=True)
class Ends:
    """Trainings from random starts."""

    start: Real
    """Losses at the start (s,)."""
    loss: Real
    """Losses at the end (s,)."""
    theta: Real
    """Ends (s, p)."""
    settled: bool
    """Whether they had stopped falling."""
    steps: int

    @property
    def best(self) -> float:
        return float(self.loss.min())

    @property
    def resolution(self) -> float:
        """Losses closer than this are one."""
        return CLOSE * max(float(np.median(self.start)) - self.best, 1e-300)

    @property
    def levels(self) -> int:
        """How many different losses the ends have: neighbours in order that are closer than the resolution are one."""
        ordered = np.sort(self.loss)
        return 1 + int(np.count_nonzero(np.diff(ordered) > self.resolution))

    @property
    def share(self) -> tuple[float, tuple[float, float]]:
        """How many of the starts reach the best loss, with the 95 % Wilson interval."""
        count = int(np.count_nonzero(self.loss <= self.best + self.resolution))
        interval = binomtest(count, len(self.loss)).proportion_ci(0.95, method="wilson")
        return count / len(self.loss), (float(interval.low), float(interval.high))


def trained_ends(case: Case, seed: int) -> Ends:
    """Trains starts that the seed draws together, by L-BFGS, as far as the budget allows."""
    each = jacobian_work(case.model, len(case.samples), case.samples.is_mixed)
    calls = _AMPLITUDES[case.budget] / each
    starts = int(np.clip(calls / _MOST_STEPS[case.budget], _FEWEST_STARTS, _MOST_STARTS[case.budget]))
    steps = int(np.clip(calls / starts, _FEWEST_STEPS, _MOST_STEPS[case.budget]))
    theta = np.random.default_rng([seed, 5]).uniform(0, 2 * math.pi, (starts, case.model.n_params))
    run = train(
        case.model, case.y, X=case.samples, theta=theta, optimizer=LBFGS(), steps=steps,
        record_every=max(1, steps // 10),
    )  # fmt: skip
    losses = np.asarray(run.loss)
    late = losses[:, int(np.searchsorted(run.step, 0.7 * steps))]
    scale = max(float(np.median(losses[:, 0]) - losses[:, -1].min()), 1e-300)
    settled = bool(np.all(late - losses[:, -1] <= CLOSE * scale))
    return Ends(losses[:, 0], losses[:, -1], np.asarray(run.theta), settled, steps)
