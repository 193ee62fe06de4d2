"""How many shots it takes: to reach a loss, to see that a kernel is regular, and to follow the late law."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from . import checks
from .plateau import shot_plateau


def shots_to_reach(
    loss: float, kernel: ArrayLike, variance: ArrayLike, learning_rate: float, m: int | None = None
) -> int:
    """Shots a prediction with which gradient descent stays at this mean loss around a minimum of loss 0: `shot_plateau` of
    one shot, divided by the loss. A scale that is 1/Q times as large, which makes up for noise that leaves Q of the
    measurement's range, takes 1/Q^2 as many. Derived in docs/maths.md, "Shots".

    Args:
        loss: to reach, > 0.
        kernel: K at the minimum, symmetric (m, m), or (m k, m k) for k outputs.
        variance: of one shot, `model.prediction_variance(theta, X, shots=1)`: (m,) or (m k,), or one number for all.
        learning_rate: eta in theta -> theta - eta J^T r/m.
        m: number of samples; as many as the kernel has rows unless given.

    Raises:
        InvalidArgumentError: as `shot_plateau`, and for a loss that is not above 0.
    """
    wanted = _positive("loss", loss)
    return _whole(shot_plateau(kernel, variance, learning_rate, m) / wanted)


def shots_to_resolve(jacobian: ArrayLike, variance: ArrayLike, z: float = 3.0) -> int:
    """Shots with which the smallest eigenvalue of a debiased tangent kernel stands z standard deviations above 0.

    With u its eigenvector, w = J^T u and s_l = sum_i u_i^2 v_il the variance of one shot along it, N shots give the
    eigenvalue the variance 4 sum_l w_l^2 s_l/N + 2 sum_l s_l^2/N^2 to first order. For variances v all alike and many
    parameters that is N = z sqrt(2p) v/lambda_min. Derived in docs/maths.md, "Shots".

    Args:
        jacobian: J (m, p), exact or a good estimate; outputs and samples together as rows.
        variance: of one shot, `model.jacobian_variance(theta, X, shots=1)`, (m, p), or one number for all.
        z: standard deviations.

    Raises:
        InvalidArgumentError: for shapes that do not fit, negative variances, a z that is not above 0, and for a singular
            kernel, which no shots resolve.
    """
    slopes = _arrays.real("jacobian", jacobian)
    if slopes.ndim != 2:
        raise InvalidArgumentError(
            f"jacobian has shape {slopes.shape}; (m, p) is expected, rows for samples and outputs"
        )
    spread = _arrays.real("variance", variance)
    spread = np.full(slopes.shape, spread) if spread.ndim == 0 else spread
    _arrays.expect_shape("variance", spread, slopes.shape, "that of the Jacobian")
    if (spread < 0).any():
        raise InvalidArgumentError(f"variance has the entry {spread.min():.3g}; variances are not negative")
    deviations = _positive("z", z)
    values, vectors = checks.eigen(slopes @ slopes.T)
    if values[0] <= 0:
        raise InvalidArgumentError(
            "the kernel is singular within rounding; no number of shots shows that it is regular"
        )
    along, direction = vectors[:, 0] ** 2 @ spread, slopes.T @ vectors[:, 0]
    with np.errstate(over="ignore"):
        linear, square = 4 * float(direction**2 @ along), 2 * float(along @ along)
    # z^2 (linear/N + square/N^2) = lambda^2
    # Products of floats overflow to infinity, where powers raise.
    share = deviations / float(values[0])
    share *= share
    spread_linear = share * linear
    return _whole((spread_linear + math.sqrt(spread_linear * spread_linear + 4 * share * square)) / 2)


def shots_for_late_law(time: float, z: float = 3.0, rate: float = 1.0) -> int:
    """Shots a prediction with which the residual 1/(4 c t) of the late law stands z standard deviations above 0:
    N = 8 z^2 c t.

    A label at the end of the measurement's range is approached as r = 1/(4 c t), where one shot has the variance 2 r only
    (O^2 = 1). The measured loss is too large by r/N and falls as 1/t from t = N/(8 c) on: take off its bias. Derived in
    docs/maths.md, "Shots".

    Args:
        time: t, > 0.
        z: standard deviations.
        rate: c = eta Zsum / m; 1 is normalised time.

    Raises:
        InvalidArgumentError: for numbers that are not above 0.
    """
    deviations = _positive("z", z)
    return _whole(8 * deviations * deviations * _positive("rate", rate) * _positive("time", time))


def _positive(name: str, value: float) -> float:
    number = _arrays.number(name, value)
    if number <= 0:
        raise InvalidArgumentError(f"{name} is {number:g}; it must be above 0")
    return number


def _whole(shots: float) -> int:
    if not shots < 2**63:
        raise InvalidArgumentError(f"that takes {shots:.3g} shots, more than can be counted; ask for less")
    return max(1, math.ceil(shots))
