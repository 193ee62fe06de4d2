"""The loss that descent with finite shots does not fall below."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from . import checks


def shot_plateau(kernel: ArrayLike, variance: ArrayLike, learning_rate: float, m: int | None = None) -> float:
    """The mean loss where gradient descent on measured predictions stays, around a minimum of loss 0:

        (1/2m) sum_a kappa_a D_aa/(2 - kappa_a),   kappa = learning_rate K/m,

    D_aa the variances of the predictions in the eigenbasis of K. For small rates it is
    learning_rate sum_j K_jj V_j/(4 m^2): ten times the shots leave a tenth. It is the loss of exact predictions; measured
    it is sum_j V_j/(2m) more. It has the noise of predictions alone, to first order; that of Jacobians vanishes with the
    residual. Derived in docs/maths.md, "Shots".

    Args:
        kernel: K at the minimum, symmetric (m, m), or (m k, m k) for k outputs.
        variance: of the measured predictions, such as `model.prediction_variance(theta, X, shots=1000)`: (m,) or (m k,), or
            one number for all.
        learning_rate: eta in theta -> theta - eta J^T r/m.
        m: number of samples; as many as the kernel has rows unless given.

    Raises:
        InvalidArgumentError: if a shape is wrong, K is not symmetric, for variances that are negative, and for a rate at
            which descent does not stay, 2 m over the largest eigenvalue of K.
    """
    values, vectors = checks.eigen(kernel)
    count = len(values) if m is None else _arrays.integer("m", m)
    if count < 1:
        raise InvalidArgumentError(f"m is {count}; it must be at least 1")
    spread = checks.variances(variance, len(values))
    rate = _arrays.number("learning_rate", learning_rate)
    kappa = rate * values / count
    if rate <= 0 or kappa.max() >= 2:
        limit = f" and below 2m/lambda_max = {2 * count / values[-1]:.6g}" if values[-1] > 0 else ""
        raise InvalidArgumentError(
            f"learning_rate is {rate:g}; descent stays at a minimum for rates above 0{limit}"
        )
    if values[0] < 0:
        raise InvalidArgumentError(
            f"kernel has the eigenvalue {values[0]:.3g}; take the exact kernel, or put 0 in place of negative eigenvalues"
        )
    return float(kappa / (2 - kappa) @ (vectors.T**2 @ spread) / (2 * count))
