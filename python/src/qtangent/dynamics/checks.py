"""Input checks that the dynamics share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError


def eigen(kernel: ArrayLike) -> tuple[Real, Real]:
    matrix = _arrays.real("kernel", kernel)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise InvalidArgumentError(f"kernel has shape {matrix.shape}; (m, m) is expected")
    _arrays.finite("kernel", matrix)
    asymmetry = abs(matrix - matrix.T).max()
    if asymmetry > 1e-8 * abs(matrix).max():
        raise InvalidArgumentError(
            f"kernel is not symmetric: it differs from its transpose by {asymmetry:.1e}"
        )
    import scipy.linalg

    try:
        values, vectors = scipy.linalg.eigh(matrix)
    except np.linalg.LinAlgError as error:
        raise NumericalError(f"the eigendecomposition of the kernel failed: {error}") from None
    return values, vectors


def vector(name: str, value: ArrayLike, m: int) -> Real:
    vector = _arrays.real(name, value)
    if vector.shape == (m, 1):
        vector = vector.reshape(m)
    _arrays.expect_shape(name, vector, (m,), "(m,)")
    _arrays.finite(name, vector)
    return vector


def time(time: ArrayLike, infinite: bool = False) -> Real:
    times = np.atleast_1d(_arrays.real("time", time))
    if times.ndim != 1 or times.size == 0:
        raise InvalidArgumentError(f"time has shape {times.shape}; (T,) is expected")
    if np.isnan(times).any() or (not infinite and np.isinf(times).any()):
        raise InvalidArgumentError("time has entries that are NaN or infinite")
    if times[0] < 0 or (times[1:] <= times[:-1]).any():
        raise InvalidArgumentError("time must increase and must not be negative")
    return times


def count(name: str, value: int) -> int:
    found = _arrays.integer(name, value)
    if found < 0:
        raise InvalidArgumentError(f"{name} is {found}; it must not be negative")
    return found


def gradient_factor(normalisation: str, m: int) -> float:
    """f in grad L = f J^T r, for the loss of the name: 1/m for "1/2m", 2/m for "1/m", 1 for "1/2" (no mean)."""
    factors = {"1/2m": 1 / m, "1/m": 2 / m, "1/2": 1.0}
    if normalisation not in factors:
        raise InvalidArgumentError(
            f"normalisation is {normalisation!r}; it must be one of {', '.join(factors)}: the factor of sum r^2 in the loss"
        )
    return factors[normalisation]
