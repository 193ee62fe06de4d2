"""The over-parameterised limit of training on one pure sample: exponential tilting of its weights on the levels."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.inputs import Theta
from ..models import Model, expect_model
from ..samples import Samples, samples_for
from . import checks


@dataclass(frozen=True, eq=False)
class TiltedLimit:
    """Training on one pure sample in the over-parameterised limit, every array (T,)."""

    time: Real
    """In units in which a rate of 1 is normalised time."""
    tau: Real
    """The tilt: the sample's weights are proportional to q_k exp(tau l_k)."""
    predictions: Real
    residuals: Real
    """predictions - y, to full relative accuracy where the prediction approaches a level that is the label."""
    kernel: Real
    """K/Zsum = 2 kappa_2."""
    mu: Real
    """mu/Zsum^2 = 2 kappa_3, the dQNTK."""
    lam: Real
    """lambda/Zsum = mu/(K Zsum) = kappa_3/kappa_2; where the kernel has vanished, the gap to the next level."""

    def __repr__(self) -> str:
        return (
            f"<qtangent.TiltedLimit: {len(self.time)} times to {self.time[-1]:.3g}, prediction "
            f"{self.predictions[0]:.3g} to {self.predictions[-1]:.3g}, kernel {self.kernel[-1]:.3g}>"
        )


def tilted_limit(
    levels: ArrayLike, weights: ArrayLike, y: float, time: ArrayLike, rate: float = 1.0
) -> TiltedLimit:
    """The exact over-parameterised limit of training on one pure sample, as one scalar equation.

    With q_k the weights of the sample on the levels l_k of the measurement before training,

        yhat(tau) = sum_k l_k q_k e^(tau l_k) / sum_k q_k e^(tau l_k),    d tau/dt = 2 rate (y - yhat(tau)),

    and the kernel, the dQNTK and lambda follow from the cumulants of the tilted weights. It is `asymptotic` for m = 1,
    for any spectrum. Derived in docs/maths.md.

    Args:
        levels: eigenvalues of the scaled observable, (L,); equal ones need not be merged.
        weights: of the sample on the levels, (L,), not negative; normalised here. `level_weights` gives both.
        y: the label.
        time: increasing, >= 0, (T,); it need not contain 0.
        rate: c = eta Zsum / m; 1 is normalised time.

    Raises:
        InvalidArgumentError: for levels and weights that do not fit, negative weights, times out of order.
        NumericalError: where the integration fails.
        Interrupted: after Ctrl-C.
    """
    at, share = _arrays.real("levels", levels), _arrays.real("weights", weights)
    _arrays.expect_shape("levels", at, (at.size,), "(L,)")
    _arrays.expect_shape("weights", share, at.shape, "(L,), one a level")
    target, times = _arrays.number("y", y), checks.time(time)
    tau, residuals, kernel, mu, lam = np.empty((5, len(times)))
    _native.interruptible(
        math.inf,
        lambda cancel: _native.call(
            "qtg_dynamics_tilted",
            _arrays.pointer(at),
            _arrays.pointer(share),
            len(at),
            target,
            _arrays.pointer(times),
            len(times),
            _arrays.number("rate", rate),
            cancel,
            *(_arrays.pointer(one) for one in (tau, residuals, kernel, mu, lam)),
        ),
        "tilted_limit",
    )
    return TiltedLimit(times, tau, target + residuals, residuals, kernel, mu, lam)


def level_weights(
    model: Model,
    theta: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
) -> tuple[Real, Real]:
    """The levels of the measurement and the weights of the samples on them, tr(P_k U rho_j U^+).

    Args:
        model: of one output.
        theta: parameters (p,), or (s, p) for s parameter sets.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

    Returns:
        Distinct levels (L,), ascending, the scale included, and weights (m, L), whose rows sum to 1; s parameter sets
        put s in front of the weights.

    Raises:
        InvalidArgumentError: for several outputs, or an observable on too many qubits.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    expect_model(model)
    sets, samples = Theta(theta, model.n_params), samples_for(model, X, states)
    levels = _native.interruptible(math.inf, lambda cancel: measured_levels(model, cancel), "level_weights")
    weights = _native.result("the weights", (sets.sets, len(samples), len(levels)), 1, "samples")
    _native.interruptible(
        math.inf,
        lambda cancel: _native.call(
            "qtg_model_level_weights",
            model._handle,
            *sets.arguments,
            samples._handle,
            len(levels),
            cancel,
            _arrays.pointer(weights),
        ),
        "level_weights",
    )
    return levels, sets.squeeze(weights)


# As many as the largest matrix that is diagonalised has.
_FIRST_LEVELS = 1024


def measured_levels(model: Model, cancel: int) -> Real:
    """Distinct levels of the scaled observable, ascending."""
    capacity, count = _FIRST_LEVELS, ctypes.c_int64()
    while True:
        levels = np.empty(capacity)
        _native.call(
            "qtg_model_levels", model._handle, capacity, cancel, _arrays.pointer(levels), ctypes.byref(count)
        )
        if count.value <= capacity:
            return np.asarray(levels[: count.value].copy())
        capacity = count.value
