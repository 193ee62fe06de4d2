"""Features as angles: standardised, projected on principal components, scaled to an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError

INTERVAL = (0.0, float(np.pi))
"""Angles cover this interval over the training set; held-out samples are clipped to it."""

_EPS = float(np.finfo(float).eps)
_ROUNDING = 8.0
"""Spacings of floats that a feature computed from others is off by."""
_FAR = 1e100
"""Held-out samples so many times as large as training samples are clipped anyway."""
_TIE = 1e-6
_INTEGERS = 2.0**53
"""Integers below are exact; above, every float is one."""


@dataclass(frozen=True, eq=False)
class Components:
    """The first k principal components of standardised features, and the range that each covers."""

    exponents: NDArray[np.intc]
    """(f,): powers of 2 take no digits and keep squares from overflowing."""
    varying: NDArray[np.intp]
    """(v,), the features that are not constant."""
    mean: Real
    spread: Real
    directions: Real
    """(k, v)"""
    low: Real
    high: Real
    rank: int
    """Of the features; at least k."""

    def angles(self, features: Real, interval: tuple[float, float] = INTERVAL) -> Real:
        """(N, k) in the interval, of features (N, f)."""
        scaled = np.ascontiguousarray(_scaled(features, self.exponents)[:, self.varying])
        found = (scaled - self.mean) / self.spread @ self.directions.T
        share = np.clip((found - self.low) / np.where(self.high > self.low, self.high - self.low, 1.0), 0, 1)
        angles: Real = interval[0] + (interval[1] - interval[0]) * share
        return angles


def fitted(known: Real, most: int) -> Components:
    """The first principal components of training samples (m, f), at most so many.

    A feature that is constant says nothing and is left out; singular values that rounding of the features could make do
    not count for the rank.

    Raises:
        InvalidArgumentError: All features are constant.
    """
    _, exponents = np.frexp(np.abs(known).max(axis=0))
    whole = ((known == np.rint(known)) & (np.abs(known) <= _INTEGERS)).all(axis=0)
    rounding = np.where(whole, 0.0, _ROUNDING * _EPS)
    scaled = _scaled(known, exponents)
    varying = np.flatnonzero(scaled.max(axis=0) - scaled.min(axis=0) > rounding)
    if not len(varying):
        raise InvalidArgumentError(
            f"all features are constant on the {len(known)} training samples: there is nothing to tell classes apart by"
        )
    scaled = np.ascontiguousarray(scaled[:, varying])
    mean, spread = scaled.mean(axis=0), scaled.std(axis=0)
    standard = (scaled - mean) / spread
    _, values, directions = np.linalg.svd(standard, full_matrices=False)
    noise = np.sqrt(len(known)) * float(np.linalg.norm(rounding[varying] / spread))
    rank = max(1, int((values > max(standard.shape) * _EPS * values[0] + noise).sum()))
    directions = directions[: min(most, rank)]
    # The first of the largest entries is positive; of two features both are equally large but for rounding.
    size = np.abs(directions)
    leading = (size > (1 - _TIE) * size.max(axis=1, keepdims=True)).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), leading])[:, None]
    found = standard @ directions.T
    return Components(
        exponents, varying, mean, spread, directions, found.min(axis=0), found.max(axis=0), rank
    )


def components(features: Real, train: NDArray[np.intp], most: int) -> tuple[Real, int]:
    """Angles (N, k) in INTERVAL of the first k principal components, k at most `most`, and the rank of the features.

    Everything is fitted on the training samples.

    Raises:
        InvalidArgumentError: All features are constant on the training samples.
    """
    found = fitted(features[train], most)
    return found.angles(features), found.rank


def _scaled(features: Real, exponents: NDArray[np.intc]) -> Real:
    with np.errstate(over="ignore", under="ignore"):
        scaled: Real = np.clip(np.ldexp(features, -exponents), -_FAR, _FAR)
    return scaled
