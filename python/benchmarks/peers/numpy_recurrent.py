"""The recurrent tangent kernel in vectorised NumPy, all pairs at once: one layer, relu, sequences of one length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]


def last(X: Real, w2: float, b2: float) -> Real:
    """(n, n) of sequences (n, T, m), the readout of the last step."""
    n, T, m = X.shape
    variances = _variances(X, w2, b2)
    S, P = np.zeros((n, n)), np.zeros((n, n))
    for t in range(T):
        S, P = _step(S, P, X[:, t] @ X[:, t].T / m, np.outer(variances[:, t], variances[:, t]), w2, b2)
    return S + P


def mean(X: Real, w2: float, b2: float) -> Real:
    """The readout of the mean over all steps: every step of one sequence with every step of the other."""
    n, T, m = X.shape
    variances = _variances(X, w2, b2)
    S, P, total = np.zeros((n, n, T)), np.zeros((n, n, T)), np.zeros((n, n))
    for t in range(T):
        inputs = np.einsum("im,jsm->ijs", X[:, t], X) / m
        S, P = _step(_shifted(S), _shifted(P), inputs, variances[:, t, None, None] * variances, w2, b2)
        total += (S + P).sum(axis=2)
    return total / T**2


def mean_by_rows(X: Real, w2: float, b2: float) -> Real:
    """The same row by row, so that everything stays in the cache, and of the symmetric matrix one half."""
    n, T, m = X.shape
    variances = _variances(X, w2, b2)
    result = np.empty((n, n))
    for i in range(n):
        S, P, total = np.zeros((n - i, T)), np.zeros((n - i, T)), np.zeros(n - i)
        for t in range(T):
            inputs = X[i:] @ X[i, t] / m
            S, P = _step(_shifted(S), _shifted(P), inputs, variances[i, t] * variances[i:], w2, b2)
            total += (S + P).sum(axis=1)
        result[i, i:] = result[i:, i] = total / T**2
    return result


def _shifted(values: Real) -> Real:
    """The step before: nothing before the first."""
    moved = np.empty_like(values)
    moved[..., 0] = 0
    moved[..., 1:] = values[..., :-1]
    return moved


def _step(S: Real, P: Real, inputs: Real, product: Real, w2: float, b2: float) -> tuple[Real, Real]:
    """V and V' Theta from those of the step before, and from the product of both variances."""
    K = w2 * S + inputs + b2
    root = np.sqrt(product)
    with np.errstate(invalid="ignore", divide="ignore"):
        c = np.clip(np.where(root > 0, K / root, 0.0), -1, 1)
    c[c > 1 - 4 * 2.0**-52] = 1.0
    angle = np.pi - np.arccos(c)
    V = root * (c * angle + np.sqrt((1 - c) * (1 + c))) / (2 * np.pi)
    return V, np.where(root > 0, angle, 0.0) * (K + w2 * P) / (2 * np.pi)


def _variances(X: Real, w2: float, b2: float) -> Real:
    """(n, T): of each sequence with itself, where V(K, K) = K/2."""
    n, T, m = X.shape
    found, before = np.empty((n, T)), np.zeros(n)
    for t in range(T):
        before = w2 * before / 2 + (X[:, t] ** 2).sum(axis=1) / m + b2
        found[:, t] = before
    return found
