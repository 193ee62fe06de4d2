"""Whether a kernel is positive, as far as rounding lets one see, and what is added so that it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError

# Relative to the largest entry: above, K[i, j] and K[j, i] do not differ by rounding alone.
_ASYMMETRY = 1e-8


@dataclass(frozen=True, eq=False)
class PositiveKernel:
    """A kernel, and what was done to it.

    Attributes:
        matrix: (n, n), symmetric.
        jitter: what was added to its diagonal, 0.0 where nothing was.
        smallest, largest: eigenvalues before.
        threshold: below 0, what the smallest may be by rounding.
    """

    matrix: Real
    jitter: float
    smallest: float
    largest: float
    threshold: float


def positive(kernel: ArrayLike, jitter: float = 1e-12, tolerance: float | None = None) -> PositiveKernel:
    """Checks that a kernel is positive to rounding, and lifts it where its smallest eigenvalues are lost in that.

    Args:
        kernel: (n, n), of samples with themselves.
        jitter: of the mean diagonal entry; added to the diagonal if the smallest eigenvalue is below it. 0 adds nothing.
        tolerance: the smallest eigenvalue may be -tolerance times the largest; n times the rounding 2.2e-16 unless given.
            A few samples that are equal to within rounding need more, such as 1e-12: the arc cosine between them lacks
            digits.

    Raises:
        InvalidArgumentError: for a matrix that is not square, not finite, not symmetric, or that has an eigenvalue below
            the threshold; the text names it.

    Source: rounding of a symmetric eigenproblem (Golub, Van Loan, Matrix Computations, 8.1).
    """
    given = arrays.real("kernel", kernel)
    if given.ndim != 2 or len(given) != given.shape[1] or not len(given):
        raise InvalidArgumentError(f"kernel has shape {given.shape}; (n, n) is expected, at least one sample")
    arrays.finite("kernel", given)
    relative, allowed = arrays.number("jitter", jitter), len(given) * float(np.finfo(float).eps)
    if relative < 0:
        raise InvalidArgumentError(f"jitter is {relative}; it must be at least 0")
    if tolerance is not None:
        allowed = arrays.number("tolerance", tolerance)
    difference = np.abs(given - given.T)
    if difference.max() > _ASYMMETRY * np.abs(given).max():
        i, j = np.unravel_index(int(difference.argmax()), difference.shape)
        raise InvalidArgumentError(
            f"kernel[{i}, {j}] is {given[i, j]:g} and kernel[{j}, {i}] {given[j, i]:g}; a kernel of samples with "
            "themselves is symmetric"
        )
    matrix = (given + given.T) / 2
    eigenvalues = np.linalg.eigvalsh(matrix)
    smallest, largest = float(eigenvalues[0]), float(eigenvalues[-1])
    threshold = -allowed * max(largest, 0.0)
    if smallest < threshold:
        raise InvalidArgumentError(
            f"the kernel is not positive: its smallest eigenvalue is {smallest:.3g}, the largest {largest:.3g}, and "
            f"rounding explains {threshold:.1g}; if samples are nearly equal give a larger tolerance"
        )
    least = relative * float(np.diag(matrix).mean())
    added = 0.0
    if relative and smallest < least:
        added = least - min(smallest, 0.0)
        matrix[np.diag_indices_from(matrix)] += added
    return PositiveKernel(matrix, added, smallest, largest, threshold)
