"""The late law of one sample: its kernel falls as its residual times a constant lambda."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from . import checks


class LotkaVolterra(NamedTuple):
    """One sample's residual and kernel, both (T,)."""

    residuals: Real
    kernel: Real


def lotka_volterra(
    residual: float, kernel: float, lam: float, time: ArrayLike, rate: float = 1.0
) -> LotkaVolterra:
    """dr/dt = -c K r, dK/dt = -2 c lambda r K with lambda constant, in closed form.

    C = K - 2 lambda r is conserved, so that

        r(t) = C r0 / (K0 e^(cCt) - 2 lambda r0),    K = C + 2 lambda r,

    and r0/(1 + c K0 t) for C = 0. C > 0 is a frozen kernel, C = 0 critical, C < 0 a frozen error. lambda is constant at
    late times only: from the start `tilted_limit` is exact. The law is the generalised Lotka-Volterra model of Zhang et
    al., Nature Communications 2024 (arXiv 2311.18144), in this library's units; derived in docs/maths.md.

    Args:
        residual: r0 = yhat - y at time 0.
        kernel: K0 of the sample, >= 0.
        lam: lambda = mu/K.
        time: increasing, >= 0, (T,).
        rate: c.

    Raises:
        InvalidArgumentError: for values that are not finite, a negative kernel or rate, times out of order.
        NumericalError: where numbers overflow on the way.
    """
    r0, k0 = _arrays.number("residual", residual), _arrays.number("kernel", kernel)
    if k0 < 0:
        raise InvalidArgumentError(f"kernel is {k0:.6g}; a tangent kernel is not negative on its diagonal")
    slope, c = _arrays.number("lam", lam), _arrays.number("rate", rate)
    if c <= 0:
        raise InvalidArgumentError(f"the rate is {c:.6g}; it must be positive")
    times = checks.time(time)
    conserved = k0 - 2 * slope * r0
    with np.errstate(over="ignore", invalid="ignore"):
        exponent = c * conserved * times
        # K0 e^(cCt) - 2 lambda r0 = C (1 + K0 (e^(cCt) - 1)/C), which stays exact for C near 0.
        denominator = 1 + k0 * (c * times if conserved == 0 else np.expm1(exponent) / conserved)
        residuals: Real = r0 / denominator
    # The product keeps the figures of a kernel that vanishes, the sum those of one that stays.
    with np.errstate(over="ignore", invalid="ignore"):
        kernels: Real = np.where(
            exponent > 30,
            conserved + 2 * slope * residuals,
            k0 * np.exp(np.minimum(exponent, 30)) / np.minimum(denominator, np.finfo(float).max),
        )
    checks.no_overflow("the residuals", residuals, times)
    return LotkaVolterra(residuals, checks.no_overflow("the kernel", kernels, times))
