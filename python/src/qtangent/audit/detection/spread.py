"""How far states or outputs spread over the data: dispersion, effective rank, centred ratio, and their bootstrap."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Complex, Real

COLLAPSED = 1e-6
"""Dispersions and centred ratios below are none: what does not depend on the data leaves rounding, 1e-15 or so."""

_RANK = 1e-9
_RESAMPLES = 1000


def centred_ratio(kernel: Real, counts: Real | None = None) -> Real:
    """tr(H K H)/tr K with H = 1 - 11^T/N, of a kernel (N, N): 0 if it does not depend on the data. Of the Gram matrix
    it is the dispersion 1 - tr rhobar^2 of the mean state.

    `counts` (B, N) holds how often each sample counts, a row a resample; the result is then (B,).
    """
    n = len(kernel)
    weights = np.ones((1, n)) if counts is None else counts
    trace = weights @ np.diagonal(kernel)
    mean = np.einsum("bi,ij,bj->b", weights, kernel, weights, optimize=True) / n
    ratio: Real = np.divide(trace - mean, trace, out=np.zeros(len(trace)), where=trace > 0)
    return ratio


def effective_rank(states: Complex) -> float:
    """exp of the entropy of the mean state of (N, d)."""
    values = np.linalg.svd(states, compute_uv=False) ** 2 / len(states)
    positive = values[values > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))


def rank(kernel: Real) -> int:
    """Of a positive matrix (N, N): how many eigenvalues are above 1e-9 of the largest."""
    values = np.linalg.eigvalsh(kernel)
    return int((values > _RANK * values[-1]).sum())


def resamples(n: int, seed: int) -> Real:
    """How often each of n samples is drawn, in each of the bootstrap's resamples: (B, n)."""
    random = np.random.default_rng(seed)
    return random.multinomial(n, np.full(n, 1 / n), size=_RESAMPLES).astype(np.float64)


def interval(value: float, replicates: Real, level: float) -> tuple[float, float]:
    """The bootstrap's interval around a value, outside of which a share `level` of the replicates lies. Resampling moves
    dispersions down, since samples are drawn twice; the replicates are centred for that."""
    low, high = np.quantile(replicates - replicates.mean(), [level / 2, 1 - level / 2])
    return value + float(low) - COLLAPSED, value + float(high) + COLLAPSED
