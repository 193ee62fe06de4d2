"""What the tangent kernel and its exact limit predict of training.

Formulas: You, Chakrabarti, Chen, Wu, "Analyzing convergence in quantum neural networks: deviations from neural
tangent kernels", ICML 2023 (arXiv 2303.14844), in this library's conventions: K = J J^T, residual r = yhat - y,
loss 1/(2m) sum r^2, and time normalised so that a descent step eta advances it by eta * Zsum / m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays, _native
from . import _signatures as c
from ._arrays import Real
from ._errors import Interrupted, InvalidArgumentError, NumericalError
from ._inputs import Data, Theta
from .models import Model

_METHODS = {"auto": c.QTG_METHOD_AUTO, "reduced": c.QTG_METHOD_REDUCED, "dense": c.QTG_METHOD_DENSE}


@dataclass(frozen=True)
class Asymptotic:
    """The over-parameterised limit at `time` (T,): predictions and residuals (T, m), loss (T,), kernel (T, m, m).

    `kernel` is the limit of the normalised kernel K/Zsum. With s parameter sets all but `time` have s first.
    """

    time: Real
    predictions: Real
    residuals: Real
    loss: Real
    kernel: Real


def kernel_regression(kernel: ArrayLike, residual: ArrayLike, time: ArrayLike, rate: float = 1.0) -> Real:
    """Residuals expm(-rate * K * t) r0 of a frozen kernel, exact by eigendecomposition.

    Args:
        kernel: K, symmetric (m, m).
        residual: r0 = yhat - y at time 0, (m,).
        time: increasing, >= 0, (T,).
        rate: 1/model.z_sum turns `time` into normalised time.

    Returns:
        (T, m).
    """
    values, vectors = _eigen(kernel)
    r0 = _vector("residual", residual, len(values))
    times = _time(time)
    decay = np.exp(-_arrays.number("rate", rate) * np.multiply.outer(times, values))
    residuals: Real = (decay * (vectors.T @ r0)) @ vectors.T
    return residuals


def linearised_prediction(
    kernel_train: ArrayLike,
    kernel_test_train: ArrayLike,
    residual: ArrayLike,
    predictions_test: ArrayLike,
    time: ArrayLike,
    rate: float = 1.0,
) -> Real:
    """Predictions on other samples while the kernel stays frozen: z0 - K_*t K^-1 (1 - expm(-rate K t)) r0.

    Args:
        kernel_train: (m, m).
        kernel_test_train: (m2, m).
        residual: r0 on the training set, (m,).
        predictions_test: z0, (m2,).
        time: increasing, >= 0, (T,); infinity gives the limit.

    Returns:
        (T, m2). Directions in which K is singular do not move.
    """
    values, vectors = _eigen(kernel_train)
    r0 = _vector("residual", residual, len(values))
    z0 = _arrays.real("predictions_test", predictions_test)
    _arrays.expect_shape("predictions_test", z0, (z0.size,), "(m2,)")
    _arrays.finite("predictions_test", z0)
    cross = _arrays.real("kernel_test_train", kernel_test_train)
    _arrays.expect_shape("kernel_test_train", cross, (z0.size, len(values)), "(m2, m)")
    _arrays.finite("kernel_test_train", cross)
    # (1 - exp(-rate v t)) / v, left out where v vanishes within rounding.
    v = values * _arrays.number("rate", rate)
    noise = len(v) * np.finfo(float).eps * max(abs(v).max(), np.finfo(float).tiny)
    moving = v > noise
    times = _time(time, infinite=True)
    filled = np.where(moving, -np.expm1(-np.multiply.outer(times, np.where(moving, v, 1.0))), 0.0)
    filled = filled / np.where(moving, values, 1.0)
    predictions: Real = z0 - (filled * (vectors.T @ r0)) @ (cross @ vectors).T
    return predictions


def asymptotic(
    model: Model,
    theta: ArrayLike,
    y: ArrayLike,
    time: ArrayLike,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    rate: float = 1.0,
    method: str = "auto",
) -> Asymptotic:
    """The exact over-parameterised limit dM/dt = -rate sum_j r_j [M, [M, rho_j]] from M(0) = U(theta)^+ O U(theta).

    Args:
        y: (m,), for one output.
        time: increasing, >= 0, (T,), counted from theta; it need not contain 0.
        rate: c = eta Zsum / m; 1 is normalised time.
        method: "reduced" (m x m matrices, for any number of qubits), "dense" (2^n x 2^n) or "auto".

    Raises:
        InvalidArgumentError: for several outputs, and for a circuit in which a feature follows a parameter.
    """
    if method not in _METHODS:
        raise InvalidArgumentError(f"method is {method!r}; it must be one of {', '.join(_METHODS)}")
    if model.n_outputs != 1:
        raise InvalidArgumentError(
            f"the asymptotic flow follows one output, the model has {model.n_outputs}; pass one observable"
        )
    sets, data = Theta(theta, model.n_params), Data(model, X, states)
    targets = _vector("y", y, data.m)
    times = _time(time)
    shape = (sets.sets, len(times), data.m, data.m)
    kernel = _native.result("the kernel", shape, 1, "times")
    predictions = np.empty(shape[:3])
    try:
        _native.interruptible(
            math.inf,
            lambda cancel: _native.call(
                "qtg_dynamics_asymptotic",
                model._handle,
                *sets.arguments,
                data.reference,
                _arrays.pointer(targets),
                _arrays.pointer(times),
                len(times),
                _arrays.number("rate", rate),
                _METHODS[method],
                cancel,
                _arrays.pointer(predictions),
                _arrays.pointer(kernel),
            ),
        )
    except _native.Interruption:
        raise Interrupted("asymptotic was interrupted") from None
    residuals = predictions - targets
    loss = (residuals**2).sum(axis=-1) / (2 * data.m)
    return Asymptotic(times, *(sets.squeeze(part) for part in (predictions, residuals, loss, kernel)))


def loss_lower_bound(model: Model, loss0: float, time: ArrayLike, m: int) -> Real:
    """1/(loss0^(-1/2) + 8 sqrt2 (m/Zsum) sum ||H_l||^2 t)^2 in normalised time, (T,): no training is faster.

    The constant is derived from the proof of theorem 3.2. Holds for pure states, labels +-1, gradient flow.

    Raises:
        InvalidArgumentError: unless scale*observable has eigenvalues +-1.
    """
    times = _time(time)
    result = np.empty(len(times))
    _native.call(
        "qtg_dynamics_lower_bound",
        model._handle,
        _arrays.number("loss0", loss0),
        _arrays.pointer(times),
        len(times),
        _arrays.integer("m", m),
        _arrays.pointer(result),
    )
    return result


def _eigen(kernel: ArrayLike) -> tuple[Real, Real]:
    matrix = _arrays.real("kernel", kernel)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise InvalidArgumentError(f"kernel has shape {matrix.shape}; (m, m) is expected")
    _arrays.finite("kernel", matrix)
    asymmetry = abs(matrix - matrix.T).max()
    if asymmetry > 1e-8 * abs(matrix).max():
        raise InvalidArgumentError(
            f"kernel is not symmetric: it differs from its transpose by {asymmetry:.1e}"
        )
    import scipy.linalg

    try:
        values, vectors = scipy.linalg.eigh(matrix)
    except np.linalg.LinAlgError as error:
        raise NumericalError(f"the eigendecomposition of the kernel failed: {error}") from None
    return values, vectors


def _vector(name: str, value: ArrayLike, m: int) -> Real:
    vector = _arrays.real(name, value)
    if vector.shape == (m, 1):
        vector = vector.reshape(m)
    _arrays.expect_shape(name, vector, (m,), "(m,)")
    _arrays.finite(name, vector)
    return vector


def _time(time: ArrayLike, infinite: bool = False) -> Real:
    times = np.atleast_1d(_arrays.real("time", time))
    if times.ndim != 1 or times.size == 0:
        raise InvalidArgumentError(f"time has shape {times.shape}; (T,) is expected")
    if np.isnan(times).any() or (not infinite and np.isinf(times).any()):
        raise InvalidArgumentError("time has entries that are NaN or infinite")
    if times[0] < 0 or (times[1:] <= times[:-1]).any():
        raise InvalidArgumentError("time must increase and must not be negative")
    return times
