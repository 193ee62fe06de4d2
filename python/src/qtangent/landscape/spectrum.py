"""Fourier spectra of predictions and losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from .polynomial import to_exponentials


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A function's coefficients c_k of exp(i sum_l k_l phi_l), with phi_l = base_l theta_l.

    Attributes:
        coefficients: (2 d_1 + 1, ..., 2 d_p + 1) of a loss, entry j of an axis for k = j - d; those of predictions have
            the axes (m,) or (m, k) of the predictions before.
        degrees: d_l, beyond which there is no frequency: D_l for predictions, 2 D_l for a loss.
        base: (p,), radians of phi a radian of theta.
    """

    coefficients: Complex
    degrees: tuple[int, ...]
    base: Real

    def modes(self, tolerance: float = 1e-12) -> NDArray[np.int64]:
        """The support: every k with a coefficient above `tolerance` times the largest one.

        Args:
            tolerance: of the largest modulus; below lies the rounding of the transform.

        Returns:
            (c, p), by the sum of |k_l| and then in lexical order; of predictions those that any of them has. A loss
            that separates has at most one entry other than 0 in every row.

        Raises:
            InvalidArgumentError: for a tolerance that is negative or not below 1.
        """
        if not 0 <= tolerance < 1:
            raise InvalidArgumentError(f"tolerance is {tolerance}; at least 0 and below 1 is expected")
        moduli = (
            np.abs(self.coefficients).reshape(-1, *[2 * degree + 1 for degree in self.degrees]).max(axis=0)
        )
        found = np.argwhere(moduli > tolerance * moduli.max()) - np.array(self.degrees, dtype=np.int64)
        order = np.lexsort((*found.T[::-1], np.abs(found).sum(axis=1)))
        return found[order]

    def __repr__(self) -> str:
        return (
            f"<qtangent.landscape.Spectrum: {len(self.modes())} modes of {self.coefficients.size}, "
            f"degrees {list(self.degrees)}>"
        )


def spectrum_of(coefficients: Real, base: Real) -> Spectrum:
    """From coefficients over (1, cos, sin, ...), in the last axes."""
    degrees = tuple(n // 2 for n in coefficients.shape[coefficients.ndim - len(base) :])
    return Spectrum(to_exponentials(coefficients, degrees), degrees, base)
