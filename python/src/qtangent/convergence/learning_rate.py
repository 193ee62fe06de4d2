"""What the spectrum of the tangent kernel says about the learning rate, each for a named normalisation of the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..dynamics import checks


def critical_learning_rate(kernel: ArrayLike, m: int, normalisation: str = "1/2m") -> float:
    """The learning rate of descent above which the frozen kernel K makes the residuals grow: 2/(f lambda_max).

    f is the factor in grad L = f J^T r: 1/m for the loss 1/(2m) sum r^2 (this library's), 2/m for 1/m sum r^2, 1 for
    1/2 sum r^2, so the rate is 2m/lambda_max, m/lambda_max or 2/lambda_max.

    Args:
        kernel: K = J J^T, (m, m), without 1/p or 1/m; of k outputs also (m k, m k).
        m: Size of the training set.
        normalisation: "1/2m", "1/m" or "1/2", the factor of sum r^2 in the loss.

    Returns:
        The rate; infinity for a kernel of zeros.

    Raises:
        InvalidArgumentError: For a kernel that is not square, symmetric and finite, and another normalisation.

    Source: arXiv 2503.01966.
    """
    largest = float(checks.eigen(kernel)[0][-1])
    factor = checks.gradient_factor(normalisation, _samples(m))
    return 2 / (factor * largest) if largest > 0 else float("inf")


def decay_times(kernel: ArrayLike, learning_rate: float, m: int, normalisation: str = "1/2m") -> Real:
    """Steps in which descent with the frozen kernel K reduces the residual along each eigenvector by 1/e.

    A step multiplies the residual along eigenvector i by 1 - eta f lambda_i, so tau_i = -1/ln|1 - eta f lambda_i|, about
    1/(eta f lambda_i) for a small rate; f as in `critical_learning_rate`. The slowest decides.

    Args:
        kernel: K = J J^T, (m, m), without 1/p or 1/m; of k outputs also (m k, m k).
        learning_rate: eta of descent, positive.
        m: Size of the training set.
        normalisation: "1/2m", "1/m" or "1/2", the factor of sum r^2 in the loss.

    Returns:
        (m,), in the order of ascending eigenvalues: infinite where lambda_i = 0, negative where the residual grows,
        0 where one step removes it.

    Raises:
        InvalidArgumentError: For a kernel that is not square, symmetric and finite, another normalisation, and a rate
            that is not positive.

    Source: arXiv 2503.01966.
    """
    eta = _arrays.number("learning_rate", learning_rate)
    if eta <= 0:
        raise InvalidArgumentError(f"learning_rate is {eta}; it must be positive")
    values = checks.eigen(kernel)[0]
    change = eta * checks.gradient_factor(normalisation, _samples(m)) * values
    with np.errstate(divide="ignore", over="ignore"):
        # 1 - change has lost what log1p keeps of small ones.
        growth = np.where(change < 0.5, np.log1p(-np.minimum(change, 0.5)), np.log(abs(1 - change)))
        return np.where(growth == 0, np.inf, -1 / growth)


def _samples(m: int) -> int:
    found = _arrays.integer("m", m)
    if found < 1:
        raise InvalidArgumentError(f"m is {found}; at least one sample is needed")
    return found
