"""Are the untrained predictions a Gaussian process? Their covariance over Haar-random circuits, and a test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError, NumericalError
from ..bounds.overlaps import overlaps
from .moments import centred_sums, kurtosis_of_prediction, levels_of, states_of


@dataclass(frozen=True, eq=False)
class Gaussianity:
    """A test of whitened predictions u = Cov^(-1/2) (yhat - mean) against a standard normal."""

    p_value: float
    """Kolmogorov-Smirnov: the squared lengths |u|^2 of the draws against chi squared with m degrees of freedom."""
    kurtosis: Real
    """Excess kurtosis of each component of u, (m,): the mean fourth power over the square of the mean square, less 3; NaN
    where all draws are the mean. Its own mean square, and not the given covariance, halves the error."""
    kurtosis_error: float
    """Standard error of each for a Gaussian, sqrt(24/S)."""
    exact_kurtosis: float | None
    """Of one pure sample over Haar-random circuits of finite dimension, if a spectrum was given."""

    def __repr__(self) -> str:
        exact = "" if self.exact_kurtosis is None else f", exact at this dimension {self.exact_kurtosis:.3g}"
        return (
            f"<qtangent.Gaussianity: p = {self.p_value:.3g}, mean kurtosis {self.kurtosis.mean():.3g} "
            f"+- {self.kurtosis_error / np.sqrt(len(self.kurtosis)):.2g}{exact}>"
        )


def haar_covariance(spectrum: ArrayLike, states: ArrayLike) -> Real:
    """Cov(yhat_i, yhat_j) over Haar-random circuits: T2c/(d^2-1) (tr rho_i rho_j - 1/d), T2c = tr(O - tr O/d)^2.

    It is E K/(2 d Zsum): kernel regression with the mean kernel is Gaussian-process regression with the prior of the
    untrained network. Derived in docs/maths.md.

    Args:
        spectrum: all eigenvalues of the scaled observable with multiplicities, (d,).
        states: (m, d) or (m, d, d).

    Returns:
        (m, m).

    Raises:
        InvalidArgumentError: for states of another number of levels, or that are not normalised.
    """
    levels = levels_of("spectrum", spectrum)
    d = len(levels)
    given = states_of(states, d)
    return np.asarray(centred_sums(levels)[0] / (d**2 - 1) * (overlaps(given) - 1 / d), dtype=np.float64)


def gaussianity(
    predictions: ArrayLike,
    covariance: ArrayLike,
    mean: ArrayLike | None = None,
    spectrum: ArrayLike | None = None,
) -> Gaussianity:
    """Test whether predictions over draws of theta are Gaussian with this covariance.

    A finite dimension is not Gaussian: over Haar-random circuits the excess kurtosis of a Pauli is -6/(d + 3), and the
    test rejects from about 6 (d + 3)^2 draws on. So a rejection at many draws is to be read beside `exact_kurtosis`.

    Args:
        predictions: of S independent draws, (S, m).
        covariance: (m, m), as `haar_covariance` gives it.
        mean: (m,), or one number for all; the mean of the draws without.
        spectrum: eigenvalues of the scaled observable, (d,), for the exact kurtosis.

    Raises:
        InvalidArgumentError: for shapes that disagree, entries that are not finite, fewer than eight draws, a covariance
            that is not symmetric or is singular.
    """
    draws = _arrays.real("predictions", predictions)
    if draws.ndim != 2 or len(draws) < 8 or not draws.shape[1]:
        raise InvalidArgumentError(
            f"predictions has shape {draws.shape}; (S, m) with at least 8 draws is expected"
        )
    _arrays.finite("predictions", draws)
    m = draws.shape[1]
    matrix = _arrays.real("covariance", covariance)
    _arrays.expect_shape("covariance", matrix, (m, m), "(m, m)")
    _arrays.symmetric("covariance", matrix)
    values, vectors = np.linalg.eigh(matrix)
    if not values[0] > 1e-12 * values[-1]:
        raise InvalidArgumentError(
            f"covariance has the eigenvalue {values[0]:.3g} beside {values[-1]:.3g}; leave out samples that follow "
            "from others"
        )
    centre = draws.mean(axis=0) if mean is None else _arrays.real("mean", mean)
    if centre.ndim:
        _arrays.expect_shape("mean", centre, (m,), "one number, or (m,)")
    _arrays.finite("mean", np.atleast_1d(centre))
    with np.errstate(over="ignore", invalid="ignore"):
        white = (draws - centre) @ vectors / np.sqrt(values)
        square, fourth = np.mean(white**2, axis=0), np.mean(white**4, axis=0)
    if not np.isfinite(fourth).all():
        raise NumericalError(
            "the fourth powers of the predictions overflow; divide predictions and mean by a constant"
        )
    import scipy.stats

    test = scipy.stats.kstest(np.sum(white**2, axis=1), scipy.stats.chi2(m).cdf)
    exact = None if spectrum is None else kurtosis_of_prediction(levels_of("spectrum", spectrum))
    return Gaussianity(
        p_value=float(test.pvalue),
        kurtosis=np.divide(fourth, square**2, out=np.full(m, np.nan), where=square > 0) - 3,
        kurtosis_error=float(np.sqrt(24 / len(draws))),
        exact_kurtosis=exact,
    )
