"""How far the derivatives of predictions scatter over random parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model
from ...observables import Observable
from ...samples import Samples, samples_for
from .draws import Draws, draw_count, samples_per_call
from .intervals import Interval, of_positive_mean

_STILL = 1e-10
"""A derivative that never exceeds this share of the largest standard deviation is zero but for rounding."""
_ROUNDING = 1e-13
"""The same as a share of the largest prediction that there can be."""


@dataclass(frozen=True, eq=False)
class GradientVariance:
    """Of d yhat_ja / d theta_k over random theta; of predictions, not of a loss."""

    variance: Real
    """(m, p), or (m, k, p) for a list of k observables: unbiased, about each entry's own mean."""
    standard_error: Real
    """Of the variances, in their shape, from the fourth moments."""
    moves: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    """In the shape of the variances: whether the derivative is ever other than zero."""
    mean: float
    """Of the variances of the entries that move; 0 if none does. Parameters outside of an observable's light cone do not
    move, and would hide the others behind their number."""
    interval: Interval
    """95 % of `mean`: of independent draws, by the normal law of its logarithm."""
    draws: int

    @property
    def per_parameter(self) -> Real:
        """The mean of the variances over samples and outputs, (p,)."""
        means: Real = self.variance.reshape(-1, self.variance.shape[-1]).mean(axis=0)
        return means

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"<qtangent.GradientVariance: {self.mean:.3g} [{low:.3g}, {high:.3g}], "
            f"{int(self.moves.sum())} of {self.moves.size} derivatives move, {self.draws} draws>"
        )


def gradient_variance(
    model: Model,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    *,
    draws: int = 200,
    seed: int = 0,
) -> GradientVariance:
    """The variance of d yhat_ja / d theta_k over parameters that are uniform over whole periods.

    Where it falls exponentially with the number of qubits, training from random parameters has a barren plateau (McClean
    et al., Nature Communications 9, 4812, 2018). Derivatives of predictions are taken, not of a loss, whose residuals
    would enter. All sets of parameters go through the circuit in one call.

    Args:
        model: its circuit has parameters.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
        draws: sets of parameters, at least 2. The relative error falls like draws^(-1/2). Rare large derivatives, as of
            global observables on many qubits, are missed by few draws, and then interval and mean are too small.
        seed: of the parameters.

    Returns:
        `GradientVariance`, its arrays (m, p), or (m, k, p) for a list of k observables.

    Raises:
        InvalidArgumentError: for a circuit without parameters, fewer than 2 draws, and shapes that do not fit.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    count, samples = draw_count(model, "draws", draws), samples_for(model, X, states)
    if model.n_params == 0:
        raise InvalidArgumentError("the circuit has no parameters; a gradient needs one at least")
    theta = Draws(model, count, seed).all()
    shape = (len(samples), *model._outputs, model.n_params)
    variance, fourth, largest = (np.empty(shape) for _ in range(3))
    squares = np.zeros(count)
    at_once = samples_per_call(8 * count * model.n_outputs * model.n_params)
    for start in range(0, len(samples), at_once):
        rows = slice(start, min(start + at_once, len(samples)))
        jacobian = model.jacobian(theta, samples if at_once >= len(samples) else samples[rows])
        largest[rows] = np.abs(jacobian).max(axis=0)
        jacobian -= jacobian.mean(axis=0)
        np.square(jacobian, out=jacobian)
        variance[rows] = jacobian.sum(axis=0) / (count - 1)
        squares += jacobian.reshape(count, -1).sum(axis=1)
        fourth[rows] = np.square(jacobian, out=jacobian).mean(axis=0)
    reach = abs(model.scale) * max(map(_reach, model._observables))
    moves = largest > max(_STILL * float(np.sqrt(variance.max())), _ROUNDING * reach)
    moving = int(moves.sum())
    squares *= count / (count - 1) / max(1, moving)
    error = np.sqrt(np.maximum(fourth - variance**2, 0.0) / count)
    return GradientVariance(
        np.where(moves, variance, 0.0), np.where(moves, error, 0.0), moves,
        float(squares.mean()), of_positive_mean(squares), count,
    )  # fmt: skip


def _reach(observable: Observable) -> float:
    """A bound of the observable's norm."""
    dense = observable.dense
    whole = 0.0 if dense is None else float(np.linalg.norm(dense))
    return whole + sum(abs(term.coefficient) for term in observable.terms)
