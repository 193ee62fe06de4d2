"""Input checks that the dynamics share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError

_INDEFINITE = 1e-10


def eigen(kernel: ArrayLike) -> tuple[Real, Real]:
    """Ascending eigenvalues and eigenvectors of a symmetric kernel, eigenvalues that are rounding noise set to zero.

    Noise is what stays below 4 max(m, 32) eps of the largest, or below ten times the most negative one: a tangent kernel
    has none below zero, so one of at least -1e-10 of the largest shows how much was rounded where it was summed.
    """
    matrix = _arrays.real("kernel", kernel)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise InvalidArgumentError(f"kernel has shape {matrix.shape}; (m, m) is expected")
    _arrays.symmetric("kernel", matrix)
    import scipy.linalg

    try:
        values, vectors = scipy.linalg.eigh(matrix)
    except np.linalg.LinAlgError as error:
        raise NumericalError(f"the eigendecomposition of the kernel failed: {error}") from None
    largest = max(abs(values[0]), abs(values[-1]))
    noise = 4 * max(len(values), 32) * np.finfo(float).eps * largest
    if -_INDEFINITE * largest <= values[0] < 0:
        noise = max(noise, -10 * values[0])
    return np.where(np.abs(values) > noise, values, 0.0), vectors


def exponents(rates: Real, times: Real) -> Real:
    """rate * time, (T, m), with 0 for a rate of 0 at infinite time.

    Raises:
        InvalidArgumentError: if a time is infinite and a rate negative.
    """
    if np.isinf(times[-1]) and rates.min() < 0:
        raise InvalidArgumentError(
            f"time is infinite, but the kernel times the rate has the eigenvalue {rates.min():.3g}: residuals grow "
            "without limit"
        )
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(rates == 0, 0.0, np.multiply.outer(times, rates))


def no_overflow(name: str, values: Real, when: ArrayLike) -> Real:
    """The values (T, ...), or an error that says from where on they are too large for a float."""
    bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if len(bad):
        raise NumericalError(f"{name} overflow at {np.asarray(when)[bad[0]]:.6g}: they grow without limit")
    return values


def vector(name: str, value: ArrayLike, m: int) -> Real:
    vector = _arrays.real(name, value)
    if vector.shape == (m, 1):
        vector = vector.reshape(m)
    _arrays.expect_shape(name, vector, (m,), "(m,)")
    _arrays.finite(name, vector)
    return vector


def variances(value: ArrayLike, m: int) -> Real:
    """One for each prediction (m,), or one number for all."""
    given = _arrays.real("variance", value)
    spread = vector("variance", np.full(m, given) if given.ndim == 0 else given, m)
    if (spread < 0).any():
        raise InvalidArgumentError(f"variance has the entry {spread.min():.3g}; variances are not negative")
    return spread


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
    if not _arrays.among(normalisation, factors):
        raise InvalidArgumentError(
            f"normalisation is {normalisation!r}; it must be one of {', '.join(factors)}: the factor of sum r^2 in the loss"
        )
    return factors[normalisation]
