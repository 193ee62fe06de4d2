"""Residuals of a frozen kernel while predictions are measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from . import checks


class MeasuredRegression(NamedTuple):
    """Means and standard deviations over runs of descent: residuals of exact predictions (T, m), losses (T,)."""

    residuals: Real
    deviations: Real
    loss: Real
    loss_deviations: Real


def shot_regression(
    kernel: ArrayLike,
    residual: ArrayLike,
    variance: ArrayLike,
    learning_rate: float,
    steps: int | ArrayLike,
    m: int | None = None,
) -> MeasuredRegression:
    """What a frozen kernel predicts of gradient descent on measured predictions, theta -> theta - eta J^T (r + e)/m:

        r_t = (1 - kappa)^t r_0 + noise of covariance S_t,   E L_t = (|(1 - kappa)^t r_0|^2 + tr S_t)/(2m),

    kappa = eta K/m, (S_t)_ab = kappa_a D_ab kappa_b (1 - q^t)/(1 - q) with q = (1 - kappa_a)(1 - kappa_b) in the
    eigenbasis of K, D the covariance of the noise e. At infinite t the loss is that of `shot_plateau`. The band of a figure
    is loss +- loss_deviations, Var L_t = (2 tr S_t^2 + 4 r_t^T S_t r_t)/(4 m^2) as for normal noise. Variances are held at
    those given, and the noise of Jacobians, which is smaller by the residual, is left out (docs/maths.md, "Shots").

    Args:
        kernel: K, symmetric (m, m), or (m k, m k) for k outputs.
        residual: r0 = yhat - y at step 0, (m,) or (m k,).
        variance: of the measured predictions, such as `model.prediction_variance(theta, X, shots=1000)`: (m,) or (m k,), or
            one number for all.
        learning_rate: eta.
        steps: the number of steps, for steps 0 to that, or a list of steps (T,), at least 0.
        m: number of samples; as many as the kernel has rows unless given.

    Raises:
        InvalidArgumentError: if a shape is wrong, K is not symmetric, and for variances and steps that are negative.
        NumericalError: if residuals overflow, as above the rate 2 m over the largest eigenvalue.
    """
    values, vectors = checks.eigen(kernel)
    size = len(values)
    count = size if m is None else _arrays.integer("m", m)
    if count < 1:
        raise InvalidArgumentError(f"m is {count}; it must be at least 1")
    r0 = vectors.T @ checks.vector("residual", residual, size)
    spread = checks.variances(variance, size)
    times = _steps(steps)
    kappa = _arrays.number("learning_rate", learning_rate) * values / count
    noise = np.outer(kappa, kappa) * ((vectors.T * spread) @ vectors)
    left = np.outer(1 - kappa, 1 - kappa)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = (1 - kappa) ** times[:, None] * r0
        # The sum of q^k for k < t, which is t where q is 1.
        grown = np.where(left == 1, times[:, None, None], (1 - left ** times[:, None, None]) / (1 - left))
        covariance = noise * grown
        total = np.einsum("taa->t", covariance)
        loss = (np.sum(mean**2, axis=1) + total) / (2 * count)
        second = 2 * np.sum(covariance**2, axis=(1, 2)) + 4 * np.einsum(
            "ta,tab,tb->t", mean, covariance, mean
        )
        apart = np.einsum("ia,tab,ib->ti", vectors, covariance, vectors, optimize=True)
        found = (
            mean @ vectors.T,
            np.sqrt(np.maximum(apart, 0)),
            loss,
            np.sqrt(np.maximum(second, 0)) / (2 * count),
        )
    names = ("residuals", "deviations", "losses", "losses")
    return MeasuredRegression(*(checks.no_overflow(*one, times) for one in zip(names, found, strict=True)))


def _steps(steps: int | ArrayLike) -> Real:
    found = _arrays.indices("steps", steps)
    if found.size == 0 or (found < 0).any():
        raise InvalidArgumentError(
            f"steps is {steps!r}; a number of steps, or a list of them, at least 0, is expected"
        )
    return (found if np.ndim(steps) else np.arange(found[0] + 1)).astype(np.float64)
