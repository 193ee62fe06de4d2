"""What the Fourier coefficients of a loss bound, in the angles phi."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Real
from ..polynomial import Polynomial


def _modes(loss: Polynomial) -> list[Real]:
    """|k_l| of every coefficient, one array a parameter, that broadcast to the coefficients' shape."""
    p = loss.coefficients.ndim
    return [
        np.abs(np.arange(-degree, degree + 1.0)).reshape([-1 if axis == l else 1 for axis in range(p)])
        for l, degree in enumerate(loss.degrees)
    ]


def hessian_lipschitz(loss: Polynomial) -> float:
    """K = sum_k |c_k| ||k||_2^3: the Hessian in phi changes by at most K a radian (derived in docs/landscape.md)."""
    modes = _modes(loss)
    square: Real = sum((mode**2 for mode in modes), start=np.zeros(()))
    return float(np.sum(np.abs(loss.fourier) * square**1.5))


def fourth_derivatives(loss: Polynomial) -> Real:
    """Bounds of sum_ilm |d_j d_i d_l d_m loss| in phi for every j, (p,): sum_k |c_k| |k_j| ||k||_1^3."""
    modes = _modes(loss)
    length: Real = sum(modes, start=np.zeros(()))
    weights = np.abs(loss.fourier) * length**3
    return np.array([float(np.sum(weights * mode)) for mode in modes])


def scale(loss: Polynomial) -> float:
    """How far the loss can be from its mean: the sum of its oscillating coefficients' moduli."""
    moduli = np.abs(loss.coefficients).ravel()
    return float(moduli[1:].sum())
