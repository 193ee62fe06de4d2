"""What the tangent kernel at the start predicts: frozen, on other samples, and with its first change."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from . import checks


def kernel_regression(kernel: ArrayLike, residual: ArrayLike, time: ArrayLike, rate: float = 1.0) -> Real:
    """Residuals expm(-rate * K * t) r0 of a frozen kernel, exact by eigendecomposition.

    Args:
        kernel: K, symmetric (m, m).
        residual: r0 = yhat - y at time 0, (m,).
        time: increasing, >= 0, (T,); infinity gives the limit, the projection on the null space of K.
        rate: 1/model.z_sum turns `time` into normalised time.

    Returns:
        (T, m). Eigenvalues of K that are rounding noise (4 max(m, 32) eps of the largest) count as zero.

    Raises:
        InvalidArgumentError: if a shape is wrong, K is not symmetric, or there is no limit at infinite time.
        NumericalError: if residuals overflow, which needs a negative eigenvalue or rate.

    Source: Jacot, Gabriel, Hongler, arXiv 1806.07572; Liu et al., arXiv 2111.04225, for quantum models.
    """
    values, vectors = checks.eigen(kernel)
    r0 = checks.vector("residual", residual, len(values))
    times = checks.time(time, infinite=True)
    with np.errstate(over="ignore", invalid="ignore"):
        decay = np.exp(-checks.exponents(_arrays.number("rate", rate) * values, times))
        residuals: Real = (decay * (vectors.T @ r0)) @ vectors.T
    return checks.no_overflow("residuals", residuals, times)


def linearised_prediction(
    kernel_train: ArrayLike,
    kernel_test_train: ArrayLike,
    residual: ArrayLike,
    predictions_test: ArrayLike,
    time: ArrayLike,
    rate: float = 1.0,
) -> Real:
    """Predictions on other samples while the kernel stays frozen: z0 - K_*t K^-1 (1 - expm(-rate K t)) r0.

    Args:
        kernel_train: (m, m).
        kernel_test_train: (m2, m).
        residual: r0 on the training set, (m,).
        predictions_test: z0, (m2,).
        time: increasing, >= 0, (T,); infinity gives the limit.
        rate: 1/model.z_sum turns `time` into normalised time.

    Returns:
        (T, m2). Directions in which K is singular, within rounding as in `kernel_regression`, do not move.

    Raises:
        InvalidArgumentError: if a shape is wrong, K is not symmetric, or there is no limit at infinite time.
        NumericalError: if predictions overflow, which needs a negative eigenvalue or rate.

    Source: Jacot, Gabriel, Hongler, arXiv 1806.07572.
    """
    values, vectors = checks.eigen(kernel_train)
    r0 = checks.vector("residual", residual, len(values))
    z0 = _arrays.real("predictions_test", predictions_test)
    _arrays.expect_shape("predictions_test", z0, (z0.size,), "(m2,)")
    _arrays.finite("predictions_test", z0)
    cross = _arrays.real("kernel_test_train", kernel_test_train)
    _arrays.expect_shape("kernel_test_train", cross, (z0.size, len(values)), "(m2, m)")
    _arrays.finite("kernel_test_train", cross)
    times = checks.time(time, infinite=True)
    moving = values != 0
    with np.errstate(over="ignore", invalid="ignore"):
        # (1 - exp(-rate v t)) / v, left out where v vanishes.
        filled = -np.expm1(-checks.exponents(_arrays.number("rate", rate) * values, times))
        filled = filled / np.where(moving, values, 1.0)
        predictions: Real = z0 - (filled * (vectors.T @ r0)) @ (cross @ vectors).T
    return checks.no_overflow("predictions", predictions, times)


def second_order_prediction(
    kernel: ArrayLike,
    dqntk: ArrayLike,
    residual: ArrayLike,
    learning_rate: float,
    steps: int = 1,
    normalisation: str = "1/2m",
) -> Real:
    """Residuals of gradient descent to second order: the kernel moves with the frozen dQNTK mu.

    One step is exact to the third order in the learning rate eta: with g = eta/m for the loss 1/(2m) sum r^2,

        r_a <- r_a - g sum_b K_ab r_b + (g^2/2) sum_bc mu_abc r_b r_c,
        K_ab <- K_ab - g sum_c (mu_abc + mu_bac) r_c,

    mu_abc = sum_kl (d_k d_l yhat_a)(d_k yhat_b)(d_l yhat_c) as `Model.dqntk` gives it, held at its initial value.

    Args:
        kernel: K(0), symmetric (m, m).
        dqntk: mu, (m, m, m).
        residual: r0, (m,).
        learning_rate: eta of descent.
        steps: number of steps.
        normalisation: of the loss, "1/2m" (this library's), "1/m" or "1/2", as in
            `qtangent.convergence.critical_learning_rate`.

    Returns:
        (steps + 1, m), r0 first. Where it grows instead of falling, second order is not enough.

    Raises:
        InvalidArgumentError: if a shape is wrong or K is not symmetric.
        NumericalError: if residuals overflow; the step is named.

    Source: Liu et al., arXiv 2111.04225, for the dQNTK; the change of K is derived in docs/maths.md.
    """
    values, _ = checks.eigen(kernel)
    m = len(values)
    moving: Real = _arrays.real("kernel", kernel).copy()
    mu = _arrays.real("dqntk", dqntk)
    _arrays.expect_shape("dqntk", mu, (m, m, m), "(m, m, m)")
    _arrays.finite("dqntk", mu)
    # A float of NumPy overflows to infinity, which is told of below.
    gain = np.float64(_arrays.number("learning_rate", learning_rate)) * checks.gradient_factor(
        normalisation, m
    )
    change = mu + mu.transpose(1, 0, 2)
    residuals = _native.result("the residuals", (checks.count("steps", steps) + 1, m), 0, "steps")
    residuals[0] = checks.vector("residual", residual, m)
    with np.errstate(over="ignore", invalid="ignore"):
        for step, r in enumerate(residuals[:-1]):
            residuals[step + 1] = r - gain * (moving @ r) + 0.5 * gain**2 * np.einsum("abc,b,c->a", mu, r, r)
            moving -= gain * (change @ r)
    return checks.no_overflow("residuals", residuals, range(len(residuals)))
