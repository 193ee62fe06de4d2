"""Fourier spectra of predictions and losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from .polynomial import to_exponentials

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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

    def plot(self, loss: Spectrum | None = None) -> Figure:
        """The moduli over the order |k_1| + ... + |k_p|, up to the largest order that the degrees allow; of predictions
        the largest modulus of each mode, and of k and -k, whose moduli are equal, one.

        Args:
            loss: the spectrum of a loss, to be shown beside this one of predictions.

        Raises:
            ImportError: Matplotlib is missing.
        """
        from ..plots.modes import Modes, modes_figure

        shown = [("predictions" if loss else "spectrum", self), *([("loss", loss)] if loss else [])]
        return modes_figure([Modes(name, *one._half(), sum(one.degrees)) for name, one in shown])

    def _half(self) -> tuple[Real, Real]:
        """Orders and moduli of one of each pair k, -k."""
        shape = tuple(2 * degree + 1 for degree in self.degrees)
        moduli = np.abs(self.coefficients).reshape(-1, *shape).max(axis=0)
        distance = np.indices(shape) - np.reshape(self.degrees, (-1, *[1] * len(shape)))
        order = np.abs(distance).sum(axis=0).astype(np.float64)
        kept = moduli.size // 2 + 1
        return order.ravel()[:kept], moduli.ravel()[:kept]

    def __repr__(self) -> str:
        return (
            f"<qtangent.landscape.Spectrum: {len(self.modes())} modes of {self.coefficients.size}, "
            f"degrees {list(self.degrees)}>"
        )


def spectrum_of(coefficients: Real, base: Real) -> Spectrum:
    """From coefficients over (1, cos, sin, ...), in the last axes."""
    degrees = tuple(n // 2 for n in coefficients.shape[coefficients.ndim - len(base) :])
    return Spectrum(to_exponentials(coefficients, degrees), degrees, base)
