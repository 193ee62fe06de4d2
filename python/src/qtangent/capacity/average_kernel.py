"""The tangent kernel averaged over all parameters, without simulating a state."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError
from ..models import Model
from ..samples import Samples, samples_for

_MOST_NOISE = 0.5


@dataclass(frozen=True, eq=False)
class AverageKernel:
    """Means over parameters that are uniform over whole periods."""

    kernel: Real
    """E K, (m, m)."""
    covariance: Real
    """Cov(yhat_i, yhat_j), (m, m)."""
    mean: Real
    """E yhat, (m,)."""
    standard_error: Real
    """Of the kernel, (m, m); 0 for the exact table."""
    strings: int
    """Distinct pairs of Pauli strings in the exact table; 0 for walks."""

    def __repr__(self) -> str:
        # A table may be empty: no string survives.
        way = "walks" if self.standard_error.any() else f"{self.strings} strings"
        return f"<qtangent.AverageKernel: {len(self.mean)} samples, E K[0, 0] {self.kernel[0, 0]:.4g}, {way}>"


def average_kernel(
    model: Model,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    method: str = "exact",
    walks: int = 10_000,
    seed: int = 0,
    max_strings: int = 1_000_000,
) -> AverageKernel:
    """E K, Cov(yhat, yhat) and E yhat over uniform parameters, for Clifford gates and Pauli rotations.

    Pairs of Pauli strings go backwards through the circuit: a Clifford gate moves them, a rotation by a parameter that
    both anticommute with continues either of two ways with probability 1/2 and adds (d phi/d theta)^2 to the kernel's
    weight, one that a single string anticommutes with ends the pair. No state is simulated, so the number of qubits does
    not matter; features may stand before or behind parameters. After Melchor Hernandez, Pastorello, De Palma,
    arXiv 2508.04498; the walks are derived in docs/maths.md.

    Args:
        model: of one output, a sum of Pauli strings. Every parameter alone in the angle of one Pauli rotation, every
            other gate Clifford, a Pauli rotation, or on one qubit before all others.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: pure input states (m, 2^n); |0...0> without.
        method: "exact" (a table of all strings) or "walks" (random ones, for deep circuits).
        walks: number of walks.
        seed: of the walks.
        max_strings: where the exact table stops.

    Raises:
        InvalidArgumentError: for gates beyond the method, shared parameters (both gates are named), mixed states, features
            behind parameters with walks, or a table beyond max_strings.
        NumericalError: where the walks' standard error is more than half of the mean kernel's trace: a deep circuit
            whose strings almost never end where the samples see them.
        Interrupted: after Ctrl-C.
    """
    if not _arrays.among(method, ("exact", "walks")):
        raise InvalidArgumentError(f"method is {method!r}; it must be one of exact, walks")
    samples = samples_for(model, X, states)
    m = len(samples)
    count = _arrays.integer("walks", walks) if method == "walks" else 0
    if method == "walks" and count < 2:
        raise InvalidArgumentError(f"walks is {count}; a standard error needs 2 at least")
    kernel, moment, error = (_native.result("averages", (m, m), 0, "samples") for _ in range(3))
    mean = np.empty(m)
    strings = ctypes.c_int64()
    _native.interruptible(
        math.inf,
        lambda cancel: _native.call(
            "qtg_average_kernel",
            model._handle,
            samples._handle,
            count,
            _arrays.seed(seed),
            _arrays.integer("max_strings", max_strings),
            cancel,
            *(_arrays.pointer(one) for one in (kernel, moment, mean, error)),
            ctypes.byref(strings),
        ),
        "average_kernel",
    )
    trace = float(np.trace(kernel))
    noise = float(np.sqrt(np.sum(np.diag(error) ** 2)))
    if count and noise > _MOST_NOISE * trace:
        raise NumericalError(
            f"the mean kernel's trace is {trace:.3g} with a standard error of {noise:.3g} from {count} walks; take more "
            "walks, or fewer layers: deep circuits leave almost no strings that the samples see"
        )
    return AverageKernel(kernel, moment - np.outer(mean, mean), mean, error, strings.value)
