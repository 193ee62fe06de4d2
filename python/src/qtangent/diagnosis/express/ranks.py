"""Ranks that rounding leaves open, counted with the threshold and its doubt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real

_DOUBT = 30.0
"""A value within this factor of the threshold might be rounding, and might not."""


@dataclass(frozen=True)
class Rank:
    """How many values count, and how many would at thresholds 30 times higher and lower."""

    value: int
    low: int
    high: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """None where every value is clear of the threshold."""
        return None if self.low == self.high else (float(self.low), float(self.high))


def rank(values: Real, share: float) -> Rank:
    """The number of values above a share of the largest.

    Args:
        values: singular values, or eigenvalues of a positive matrix; not negative but by rounding.
        share: of the largest.
    """
    largest = float(values.max(initial=0.0))
    if largest <= 0:
        return Rank(0, 0, 0)
    counts = [int(np.sum(values > factor * share * largest)) for factor in (1.0, _DOUBT, 1 / _DOUBT)]
    return Rank(*counts)


def median(ranks: list[Rank]) -> Rank:
    """Of ranks at several random parameters."""
    middle = sorted(ranks, key=lambda one: one.value)[len(ranks) // 2]
    return (
        Rank(middle.value, min(one.low for one in ranks), max(one.high for one in ranks))
        if _open(ranks)
        else middle
    )


def _open(ranks: list[Rank]) -> bool:
    return any(one.interval is not None for one in ranks)
