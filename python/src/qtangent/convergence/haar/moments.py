"""Moments of prediction, kernel and dQNTK of one pure sample over Haar-random circuits, exact for every p."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..bounds.overlaps import expect_states, overlaps


@dataclass(frozen=True)
class HaarMoments:
    """Over gates exp(-i theta H_l) between Haar-random ones, for one pure sample and an observable of d levels."""

    z_sum: float
    """Zsum = sum_l tr(H_l - tr H_l/d)^2/(d^2 - 1)."""
    kernel: float
    """E K."""
    kernel_variance: float
    """Var K."""
    dqntk: float
    """E mu."""
    kernel_limit: float
    """E K/Zsum, the mean of the over-parameterised limit."""
    dqntk_limit: float
    """The mean of the limit of mu/Zsum^2."""
    prediction: float
    """E yhat = tr O/d."""
    prediction_variance: float
    """Var yhat."""
    prediction_kurtosis: float
    """Excess kurtosis of yhat: -6/(d + 3) for a Pauli; 0 would be Gaussian. NaN if yhat is constant."""


def haar_moments(spectrum: ArrayLike, generators: Sequence[ArrayLike], p: int) -> HaarMoments:
    """Exact moments for one pure sample: mean and variance of K, means of mu and yhat, the kurtosis of yhat.

    With centred power sums T2c, T4c of the spectrum and h2, h4 of a generator, Q(a, b) = (d^2+3d+3) a^2 + d(d+1) b and
    D = d(d+1)(d+2)(d+3),

        E K = 2 Zsum T2c/(d+1),    E kappa_2^2 = Q(T2c, T4c)/D,
        E mu = (Zsum^2 - sum_l Z_l^2) 2 (d^2 T3 - 3d T2 T1 + 2 T1^3)/(d(d+1)(d+2)),
        E J_l^4 = 12 E kappa_2^2 Q(h2, h4)/(d^2 (d^2-1)(d+2)(d+3)),
        Var K = sum_l E J_l^4 + 4 (Zsum^2 - sum_l Z_l^2) E kappa_2^2 - (E K)^2.

    The model is Haar gates between all trainable ones. Derived in docs/maths.md; E mu has the form of Zhang et al.,
    Nature Communications 2024 (arXiv 2311.18144), for half-angle Paulis.

    Args:
        spectrum: all eigenvalues of the scaled observable with multiplicities, (d,).
        generators: the spectrum (d,) of each kind of generator H in exp(-i theta H), or all as an array (k, d), taken in
            turn by the p gates.
        p: number of parameters.

    Raises:
        InvalidArgumentError: for spectra of different lengths, fewer than two levels, p < 1 or no generator.
    """
    levels = levels_of("spectrum", spectrum)
    d = len(levels)
    count = _arrays.integer("p", p)
    if not isinstance(generators, (Sequence, np.ndarray)) or getattr(generators, "ndim", 1) == 0:
        raise InvalidArgumentError(f"generators is {generators!r}; a spectrum of each kind is expected")
    if count < 1 or not len(generators):
        raise InvalidArgumentError(f"p is {count} with {len(generators)} generators; both must be at least 1")
    kinds = [levels_of(f"generators[{k}]", one, d) for k, one in enumerate(generators)]
    moments = np.array([centred_sums(one) for one in kinds])
    rounds, rest = divmod(count, len(kinds))
    often = np.where(np.arange(len(kinds)) < rest, rounds + 1.0, float(rounds))
    weights = moments[:, 0] / (d**2 - 1)
    z_sum, pairs = float(often @ weights), float((often @ weights) ** 2 - often @ weights**2)
    second, fourth = centred_sums(levels)
    square = _quartic(d, second, fourth) / (d * (d + 1) * (d + 2) * (d + 3))
    # Q(h2, h4) of each kind; the factor makes E J_l^4 of it.
    jacobian_fourth = 12 * square * _quartic(d, moments[:, 0], moments[:, 1])
    jacobian_fourth /= d**2 * (d**2 - 1) * (d + 2) * (d + 3)
    kernel_limit = 2 * second / (d + 1)
    dqntk_limit = 2 * _cubic(levels) / (d * (d + 1) * (d + 2))
    kernel = z_sum * kernel_limit
    variance = second / (d * (d + 1))
    return HaarMoments(
        z_sum=z_sum,
        kernel=kernel,
        kernel_variance=float(often @ jacobian_fourth + 4 * pairs * square - kernel**2),
        dqntk=pairs * dqntk_limit,
        kernel_limit=kernel_limit,
        dqntk_limit=dqntk_limit,
        prediction=float(levels.mean()),
        prediction_variance=variance,
        prediction_kurtosis=kurtosis_of_prediction(levels),
    )


def haar_dqntk(spectrum: ArrayLike, states: ArrayLike) -> Real:
    """The mean of mu_abc/Zsum^2 over Haar-random measurements, in the over-parameterised limit.

    gamma_3 [2 d^2 Re tr(rho_a rho_b rho_c) - 2 d (tr rho_a rho_b + tr rho_a rho_c + tr rho_b rho_c) + 4] with
    gamma_3 = (d^2 T3 - 3d T1 T2 + 2 T1^3)/(d (d^2-1)(d^2-4)); 0 for two levels. At finite p the mean of mu is this times
    Zsum^2 - sum_l Z_l^2, whatever the generators. Derived in docs/maths.md.

    Args:
        spectrum: all eigenvalues of the scaled observable with multiplicities, (d,).
        states: (m, d) or (m, d, d).

    Returns:
        (m, m, m), totally symmetric.

    Raises:
        InvalidArgumentError: for states of another number of levels, or that are not normalised.
    """
    levels = levels_of("spectrum", spectrum)
    d = len(levels)
    given = states_of(states, d)
    if d == 2:
        return np.zeros((len(given),) * 3)
    gamma = _cubic(levels) / (d * (d**2 - 1) * (d**2 - 4))
    pairs = overlaps(given)
    sums = pairs[:, :, None] + pairs[:, None, :] + pairs[None, :, :]
    if given.ndim == 2:
        gram = given.conj() @ given.T
        triples = np.einsum("ab,bc,ca->abc", gram, gram, gram, optimize=True).real
    else:
        triples = np.einsum("aij,bjk,cki->abc", given, given, given, optimize=True).real
    return np.asarray(gamma * (2 * d**2 * triples - 2 * d * sums + 4), dtype=np.float64)


def kurtosis_of_prediction(levels: Real) -> float:
    """Excess kurtosis of yhat over Haar-random circuits, for one pure sample; NaN if yhat is constant."""
    # By a power of two, so that fourth powers neither overflow nor vanish: no bit changes otherwise.
    d, (second, fourth) = len(levels), centred_sums(np.ldexp(levels, -np.frexp(np.abs(levels).max())[1]))
    if second == 0:
        return float("nan")
    variance = second / (d * (d + 1))
    return (3 * second**2 + 6 * fourth) / (d * (d + 1) * (d + 2) * (d + 3)) / variance**2 - 3


def states_of(states: ArrayLike, d: int) -> np.ndarray:
    """Checked states of d levels, (m, d) or (m, d, d)."""
    given = _arrays.complex_("states", states)
    if given.ndim not in (2, 3) or given.shape[1:] not in ((d,), (d, d)):
        raise InvalidArgumentError(
            f"states has shape {given.shape}; (m, {d}) or (m, {d}, {d}) is expected for {d} levels"
        )
    expect_states("states", given)
    return given


def levels_of(name: str, values: ArrayLike, d: int | None = None) -> Real:
    """A checked spectrum (d,), of at least two levels."""
    found = _arrays.real(name, values)
    if found.ndim != 1 or found.size < 2 or (d is not None and found.size != d):
        expected = "(d,), d at least 2" if d is None else f"({d},), as many as the observable has levels"
        raise InvalidArgumentError(f"{name} has shape {found.shape}; {expected}, is expected")
    _arrays.finite(name, found)
    return found


def centred_sums(values: Real) -> tuple[float, float]:
    """Sums of squares and fourth powers about the mean."""
    distances = values - values.mean()
    return float(np.sum(distances**2)), float(np.sum(distances**4))


def _cubic(values: Real) -> float:
    """d^2 T3 - 3d T2 T1 + 2 T1^3 = d^2 times the sum of cubes about the mean."""
    return float(len(values) ** 2 * np.sum((values - values.mean()) ** 3))


def _quartic(d: int, second: Real | float, fourth: Real | float) -> Real | float:
    """Q of `haar_moments`."""
    return (d**2 + 3 * d + 3) * second**2 + d * (d + 1) * fourth
