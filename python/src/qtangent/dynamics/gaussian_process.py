"""Predictions of a lazily trained network whose untrained predictions are a Gaussian process."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from . import checks


class GaussianPrediction(NamedTuple):
    """Mean (T, m2) and covariance (T, m2, m2) of the trained predictions over the untrained networks."""

    mean: Real
    covariance: Real


def gaussian_process_prediction(
    kernel: ArrayLike,
    kernel_test: ArrayLike,
    covariance: ArrayLike,
    covariance_cross: ArrayLike,
    covariance_test: ArrayLike,
    y: ArrayLike,
    time: ArrayLike,
    rate: float = 1.0,
    mean: tuple[ArrayLike, ArrayLike] | None = None,
) -> GaussianPrediction:
    """Mean and covariance of predictions on other samples after lazy training, over the draws of theta.

    The untrained predictions have the covariance Sigma (X training, * test), the kernel K stays fixed. With
    A_t = K_*X K_XX^-1 (1 - e^(-rate K_XX t)) the trained ones have

        mean     b_* + A_t (y - b_X),
        covariance  Sigma_** - A_t Sigma_X* - Sigma_*X A_t^T + A_t Sigma_XX A_t^T.

    Where this holds: labels of the size of the untrained spread, and many dimensions. For labels of the size of the
    measurement's range the kernel moves: the mean survives, the covariance does not.
    For wide local circuits: Girardi, De Palma, arXiv 2402.08726; the formula is derived in docs/maths.md.

    Args:
        kernel: K_XX, symmetric (m, m).
        kernel_test: K_*X, (m2, m).
        covariance: Sigma_XX, (m, m).
        covariance_cross: Sigma_*X, (m2, m).
        covariance_test: Sigma_**, (m2, m2).
        y: labels (m,).
        time: increasing, >= 0, (T,); infinity gives the limit.
        rate: eta/m with steps as the time; 1/model.z_sum turns `time` into normalised time.
        mean: of the untrained predictions on training and test samples, (m,) and (m2,); 0 without.

    Raises:
        InvalidArgumentError: if a shape is wrong, K or a covariance is not symmetric, or `mean` is no pair.
    """
    values, vectors = checks.eigen(kernel)
    m = len(values)
    targets, times = checks.vector("y", y, m), checks.time(time, infinite=True)
    cross = _matrix("kernel_test", kernel_test, (None, m), "(m2, m)")
    tests = len(cross)
    sigma = _matrix("covariance", covariance, (m, m), "(m, m)")
    sigma_cross = _matrix("covariance_cross", covariance_cross, (tests, m), "(m2, m)")
    sigma_test = _matrix("covariance_test", covariance_test, (tests, tests), "(m2, m2)")
    _arrays.symmetric("covariance", sigma)
    _arrays.symmetric("covariance_test", sigma_test)
    prior, prior_test = (np.zeros(m), np.zeros(tests)) if mean is None else _pair(mean)
    start = checks.vector("mean[0]", prior, m)
    start_test = checks.vector("mean[1]", prior_test, tests)
    moving = values != 0
    # (1 - exp(-rate v t))/v, left out where v vanishes: such directions do not move.
    filled = -np.expm1(-checks.exponents(_arrays.number("rate", rate) * values, times))
    filled = np.where(moving, filled / np.where(moving, values, 1.0), 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        gain = ((cross @ vectors) * filled[:, None, :]) @ vectors.T
        shared = gain @ sigma_cross.T
        means = start_test + gain @ (targets - start)
        covariances = sigma_test - shared - shared.swapaxes(1, 2) + gain @ sigma @ gain.swapaxes(1, 2)
    return GaussianPrediction(
        checks.no_overflow("the means", means, times),
        checks.no_overflow("the covariances", covariances, times),
    )


def _pair(mean: tuple[ArrayLike, ArrayLike]) -> tuple[ArrayLike, ArrayLike]:
    if not isinstance(mean, (tuple, list)) or len(mean) != 2:
        raise InvalidArgumentError(
            "mean is no pair; pass those of the training and of the test samples, (m,) and (m2,)"
        )
    return mean[0], mean[1]


def _matrix(name: str, value: ArrayLike, shape: tuple[int | None, int], expected: str) -> Real:
    matrix = _arrays.real(name, value)
    if matrix.ndim != 2 or any(
        size not in (None, found) for size, found in zip(shape, matrix.shape, strict=True)
    ):
        raise InvalidArgumentError(f"{name} has shape {matrix.shape}; {expected} is expected")
    _arrays.finite(name, matrix)
    return matrix
