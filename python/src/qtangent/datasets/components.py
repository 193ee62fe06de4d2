"""Features as angles: standardised, projected on principal components, scaled to an interval."""

from __future__ import annotations

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


def components(features: Real, train: NDArray[np.intp], most: int) -> tuple[Real, int]:
    """Angles (N, k) in INTERVAL of the first k principal components, k at most `most`, and the rank of the features.

    Everything is fitted on the training samples. A feature that is constant there says nothing and is left out;
    singular values that rounding of the features could make do not count for the rank.

    Raises:
        InvalidArgumentError: All features are constant on the training samples.
    """
    # Powers of 2 take no digits and keep squares from overflowing.
    _, exponents = np.frexp(np.abs(features[train]).max(axis=0))
    with np.errstate(over="ignore", under="ignore"):
        scaled = np.clip(np.ldexp(features, -exponents), -_FAR, _FAR)
    known = scaled[train]
    whole = ((features == np.rint(features)) & (np.abs(features) <= _INTEGERS)).all(axis=0)
    rounding = np.where(whole, 0.0, _ROUNDING * _EPS)
    varying = np.flatnonzero(known.max(axis=0) - known.min(axis=0) > rounding)
    if not len(varying):
        raise InvalidArgumentError(
            f"all features are constant on the {len(train)} training samples: there is nothing to tell classes apart by"
        )
    known, scaled = (np.ascontiguousarray(one[:, varying]) for one in (known, scaled))
    spread = known.std(axis=0)
    standard = (scaled - known.mean(axis=0)) / spread
    _, values, directions = np.linalg.svd(standard[train], full_matrices=False)
    noise = np.sqrt(len(train)) * float(np.linalg.norm(rounding[varying] / spread))
    rank = max(1, int((values > max(standard[train].shape) * _EPS * values[0] + noise).sum()))
    directions = directions[: min(most, rank)]
    # The first of the largest entries is positive; of two features both are equally large but for rounding.
    size = np.abs(directions)
    leading = (size > (1 - _TIE) * size.max(axis=1, keepdims=True)).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), leading])[:, None]
    found = standard @ directions.T
    low, high = found[train].min(axis=0), found[train].max(axis=0)
    share = np.clip((found - low) / np.where(high > low, high - low, 1.0), 0, 1)
    angles: Real = INTERVAL[0] + (INTERVAL[1] - INTERVAL[0]) * share
    return angles, rank
