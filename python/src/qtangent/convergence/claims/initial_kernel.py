"""The tangent kernel at the start: its mean over Haar-random circuits and its noise at finitely many parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..bounds.overlaps import expect_states, overlaps, spectrum
from .verdict import Verdict, over_draws

if TYPE_CHECKING:
    from ...models import Model

_NOISE = 0.2  # the approximation of the noise is good to that


def haar_mean_kernel(model: Model, states: ArrayLike) -> Real:
    """E[K/Zsum] over Haar-random circuits, exact for every number of parameters.

    2 (tr M^2 - (tr M)^2/d)/(d^2 - 1) (d tr(rho_i rho_j) - 1). For orthogonal pure states and M = scale * Pauli its smallest
    eigenvalue is 2 scale^2 d (d - m)/(d^2 - 1), which vanishes at m = d.

    Args:
        model: Of one output; only its observable and scale count.
        states: (m, d) or (m, d, d).

    Returns:
        (m, m).

    Raises:
        InvalidArgumentError: For channels, several outputs, states of another number of levels, and states that are
            neither pure nor density matrices.

    Source: derived in docs/maths.md.
    """
    if len(model.contraction.q):
        raise InvalidArgumentError(
            "the circuit has channels, unknown to this mean; use convergence.haar_kernel(model, states) / model.z_sum"
        )
    observable = model.observable
    if isinstance(observable, list):
        raise InvalidArgumentError(f"the model has {len(observable)} outputs; the mean is that of one")
    values = spectrum(observable, model.scale)
    if isinstance(values, str):
        raise InvalidArgumentError(values)
    d = len(values)
    given = arrays.complex_("states", states)
    if given.shape[1:] not in ((d,), (d, d)):
        raise InvalidArgumentError(f"states have shape {given.shape}, the observable has {d} levels")
    expect_states("states", given)
    variance = float(values @ values - values.sum() ** 2 / d)
    return np.asarray(2 * variance / (d**2 - 1) * (d * overlaps(given) - 1), dtype=np.float64)


def initial_kernel_is_haar(kernel: ArrayLike, mean: ArrayLike) -> Verdict:
    """The mean of K/Zsum over draws is the Haar mean: <K, E>/<E, E> in the Frobenius product, against 1.

    Holds if the 95 % interval over the draws covers 1 (so of true claims one in twenty fails).

    Args:
        kernel: K(0)/Zsum, (draws, m, m) of at least two independent circuits.
        mean: (m, m) from `haar_mean_kernel`, or (draws, m, m) where the states differ.

    Raises:
        InvalidArgumentError: For shapes that do not fit, and a single circuit.
    """
    kernels, expected = _pair(kernel, mean)
    if len(kernels) < 2:
        raise InvalidArgumentError("one kernel has no interval; give those of several circuits")
    products = (kernels * expected).sum(axis=(1, 2)) / (expected**2).sum(axis=(1, 2))
    ratio = over_draws(products)
    return Verdict("the initial kernel has its Haar mean", ratio.low <= 1 <= ratio.high, ratio, 1.0)


def finite_size_noise(kernel: ArrayLike, p: int) -> float:
    """E ||K/Zsum - K_limit|| / ||K_limit|| for p parameters: sqrt((1 + (tr K)^2/tr K^2)/p).

    K is then a sum of p nearly independent rank-one terms (Wishart approximation).

    Args:
        kernel: K_limit, (m, m), as `qtangent.dynamics.asymptotic` gives it.
        p: Number of parameters.

    Raises:
        InvalidArgumentError: For a kernel that is no square matrix or vanishes, and p below 1.
    """
    limit = arrays.real("kernel", kernel)
    if limit.ndim != 2 or limit.shape[0] != limit.shape[1] or not limit.any():
        raise InvalidArgumentError(
            f"kernel has shape {limit.shape}; (m, m) with entries other than 0 is expected"
        )
    arrays.finite("kernel", limit)
    if arrays.integer("p", p) < 1:
        raise InvalidArgumentError(f"p is {p}; at least one parameter is expected")
    return float(np.sqrt((1 + np.trace(limit) ** 2 / np.sum(limit**2)) / p))


def noise_is_finite_size(kernel: ArrayLike, limit: ArrayLike, p: int) -> Verdict:
    """The distance of the initial kernel from its limit is the noise of p parameters, within a fifth.

    Args:
        kernel: K(0)/Zsum, (draws, m, m).
        limit: The limit of each, (draws, m, m).
        p: Number of parameters.

    Returns:
        The mean ratio of measured and expected noise against 1.

    Raises:
        InvalidArgumentError: For shapes that do not fit.
    """
    kernels, limits = _pair(kernel, limit)
    measured = np.linalg.norm(kernels - limits, axis=(1, 2)) / np.linalg.norm(limits, axis=(1, 2))
    ratio = over_draws(measured / [finite_size_noise(one, p) for one in limits])
    return Verdict("the initial kernel has finite-size noise", abs(ratio.value - 1) <= _NOISE, ratio, 1.0)


def _pair(kernel: ArrayLike, other: ArrayLike) -> tuple[Real, Real]:
    first = np.asarray(kernel, dtype=np.float64)
    if first.ndim != 3 or first.shape[1] != first.shape[2]:
        raise InvalidArgumentError(f"kernel has shape {first.shape}; (draws, m, m) is expected")
    try:
        second = np.broadcast_to(np.asarray(other, dtype=np.float64), first.shape)
    except ValueError:
        raise InvalidArgumentError(
            f"kernels have the shapes {first.shape} and {np.shape(other)}; (draws, m, m) is expected"
        ) from None
    return first, second
