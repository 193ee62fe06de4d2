"""Means over trajectories, and how far they may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError


@dataclass(frozen=True)
class Estimate:
    """A mean over random trajectories.

    Attributes:
        mean: what `predict`, `jacobian` or `tangent_kernel` give with the same trajectories and seed.
        standard_error: of each entry of the mean, estimated from the trajectories; 0 where nothing is random.
        trajectories: how many were drawn, T.
        distinct: how many of them differed; what was computed.
        exact_weight: the probability that no error comes. That trajectory is taken exactly with this weight, and all draws
            have errors; 0 where channels depend on the state, so that there is no such trajectory.
    """

    mean: Real
    standard_error: Real
    trajectories: int
    distinct: int
    exact_weight: float

    def __repr__(self) -> str:
        largest = float(np.abs(self.standard_error).max(initial=0))
        return (
            f"<qtangent.Estimate: mean of shape {self.mean.shape}, standard errors up to {largest:.3g}, "
            f"{self.trajectories} trajectories>"
        )


class Moments:
    """Mean and squared deviations of weighted rows, block by block (Chan, Golub and LeVeque, 1983)."""

    def __init__(self) -> None:
        self.count, self.mean, self._squares = 0.0, np.zeros(()), np.zeros(())

    def add(self, rows: Real, counts: Real) -> None:
        """Rows (u, ...), each so many times."""
        count = float(counts.sum())
        mean = np.einsum("u,u...->...", counts, rows) / count
        rest = rows - mean
        squares = np.einsum("u,u...->...", counts, np.square(rest, out=rest))
        total, shift = self.count + count, mean - self.mean
        self._squares = self._squares + squares + shift**2 * (self.count * count / total)
        self.mean = self.mean + shift * (count / total)
        self.count = total

    @property
    def standard_error(self) -> Real:
        """sqrt(sum (x - mean)^2 / (T (T - 1))); NaN for one row."""
        if self.count < 2:
            return np.full_like(self.mean, np.nan)
        return np.sqrt(self._squares / (self.count * (self.count - 1)))


def kernel(rows: Real, columns: Real, counts: Real) -> tuple[Real, Real]:
    """The unbiased estimate of E[J_1] E[J_2]^T from draws of J_1 and J_2 that come together, and its standard error.

    K = (S_1 S_2^T - sum_t J_1t J_2t^T)/(T (T - 1)), S the sums over t, is the mean over pairs of different trajectories.
    The error is the jackknife's, the spread of the K that leave one trajectory out: in the mean not too small (Efron and
    Stein, Ann. Statist. 9, 586 (1981)). Derived in docs/maths.md, "Trajectories".

    Args:
        rows, columns: (u, ..., a, p) and (u, ..., b, p), distinct draws.
        counts: (u,), how often each came, T >= 2 in all.

    Returns:
        (..., a, b) each; the error NaN for T = 2.
    """
    total = counts.sum()
    weights = counts.reshape(-1, *[1] * (rows.ndim - 1))
    first, second = (weights * rows).sum(axis=0), (weights * columns).sum(axis=0)
    both = first @ np.swapaxes(second, -1, -2)
    for draw_rows, draw_columns, times in zip(rows, columns, counts, strict=True):
        both -= times * (draw_rows @ np.swapaxes(draw_columns, -1, -2))
    mean = both / (total * (total - 1))
    if total < 3:
        return mean, np.full_like(mean, np.nan)
    squares = np.zeros_like(mean)
    for draw_rows, draw_columns, times in zip(rows, columns, counts, strict=True):
        own = np.swapaxes(draw_columns, -1, -2)
        rest = both - draw_rows @ np.swapaxes(second, -1, -2) - first @ own + 2 * (draw_rows @ own)
        squares += times * (rest / ((total - 1) * (total - 2)) - mean) ** 2
    return mean, np.sqrt(squares * (total - 1) / total)


def trajectory_count(count: int, least: int, what: str) -> int:
    """The number of trajectories, checked.

    Raises:
        InvalidArgumentError: where there are too few for what is asked.
    """
    if count < least:
        raise InvalidArgumentError(
            f"trajectories is {count}; {what} needs at least {least}"
            + (", since one draw tells nothing of its spread" if least > 1 else "")
        )
    return count
