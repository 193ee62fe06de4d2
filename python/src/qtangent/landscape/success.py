"""How often training ends in a good minimum."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest

from .. import _native
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..models import Model
from ..optimizers import Optimizer, native_options
from .minima import Minima, active_parameters
from .polynomial import Polynomial
from .trigonometric import Trigonometric, trigonometric

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Of the starts' range of losses above the best: what counts as success unless the caller says.
_CLOSE = 1e-3


@dataclass(frozen=True, eq=False)
class SuccessRate:
    """How often training from random starts ended well.

    Attributes:
        rate: the share of starts whose final loss is below `threshold`.
        interval: its 95 % Wilson interval.
        threshold: of the loss 1/(2m) sum (yhat - y)^2.
        final_loss: (starts,).
        theta: (starts, p), where training ended, in radians.
    """

    rate: float
    interval: tuple[float, float]
    threshold: float
    final_loss: Real
    theta: Real

    def counts(self, levels: ArrayLike) -> NDArray[np.int64]:
        """How many starts ended nearest to each of the loss's levels.

        Args:
            levels: losses (l,), such as `find_minima(...).loss`.

        Returns:
            (l,), in the order of the levels.

        Raises:
            InvalidArgumentError: for levels of another shape.
        """
        known = arrays.real("levels", levels)
        if known.ndim != 1 or not len(known):
            raise InvalidArgumentError(f"levels has shape {known.shape}; one number a level is expected")
        order = np.argsort(known, kind="stable")
        edges = (known[order][1:] + known[order][:-1]) / 2
        result = np.zeros(len(known), dtype=np.int64)
        result[order] = np.bincount(np.searchsorted(edges, self.final_loss), minlength=len(known))
        return result

    def plot(self, minima: Minima | None = None) -> Figure:
        """A histogram of the final losses, those of failures hatched.

        Args:
            minima: of the same loss; their levels are shown below the axis.

        Raises:
            ImportError: Matplotlib is missing.
        """
        from ..plots.levels import levels_figure

        levels = np.zeros(0) if minima is None else minima.loss
        spurious = np.zeros(0, dtype=bool) if minima is None else minima.spurious
        return levels_figure(self.final_loss, self.threshold, self.interval, levels, spurious)

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"<qtangent.landscape.SuccessRate: {self.rate:.4g} of {len(self.final_loss)} starts end below "
            f"{self.threshold:.3g} (95 % interval {low:.4g} to {high:.4g})>"
        )


def success_rate(
    model: Model | Trigonometric,
    y: ArrayLike,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    *,
    optimizer: Optimizer,
    starts: int = 1000,
    steps: int = 1000,
    seed: int = 0,
    threshold: float | None = None,
    parameters: Sequence[int] | None = None,
    theta: ArrayLike | None = None,
) -> SuccessRate:
    """Trains many random starts together on the exact coefficients of the loss, and counts those that end well.

    Args:
        model: with one observable or several; or its coefficients, `trigonometric(...)`, which know the data and are else
            computed at every call.
        y: labels, (m,) or (m, k).
        X: features (m, f).
        states: (m, 2^n) or (m, 2^n, 2^n).
        optimizer: any but natural gradient, whose metric the coefficients do not tell.
        starts: uniform in one period of every parameter.
        steps: of the optimiser, for each start.
        seed: of the starts.
        threshold: a loss below is a success; unless given, the lowest final loss plus a thousandth of how far the
            starts lie above it.
        parameters, theta: train only these parameters, the others at theta (p,).

    Raises:
        InvalidArgumentError: as `trigonometric`; for data or parameters beside coefficients; for labels of another shape,
            natural gradient, and a loss that does not depend on the parameters.
        OutOfMemoryError: for more coefficients or starts than memory holds.
        NumericalError: for a rate so high that parameters overflow.
        Interrupted: after Ctrl-C.
    """
    count = arrays.integer("starts", starts)
    if count < 1:
        raise InvalidArgumentError(f"starts is {count}; at least 1 is needed")
    if isinstance(model, Trigonometric):
        given = {"X": X, "states": states, "parameters": parameters, "theta": theta}
        for name, value in given.items():
            if value is not None:
                raise InvalidArgumentError(f"the coefficients have their {name} already: leave it out")
        coefficients = model
    else:
        coefficients = trigonometric(model, X, states, parameters=parameters, theta=theta)
    loss = coefficients.loss_polynomial(y)
    active_parameters(loss)
    period = np.where(np.isfinite(coefficients.period), coefficients.period, 2 * np.pi)
    first = _native.result("the starts", (count, len(period)), 0, "starts")
    np.random.default_rng(arrays.seed(seed)).random(out=first)
    first *= period
    ends, final = _descend(loss, first, optimizer, arrays.integer("steps", steps))
    if threshold is not None:
        threshold = arrays.number("threshold", threshold)
    else:
        best = float(final.min())
        threshold = best + _CLOSE * max(float(loss.values(first).max()) - best, 0.0)
    successes = int(np.count_nonzero(final < threshold)) if np.ptp(final) else count
    interval = binomtest(successes, count).proportion_ci(0.95, method="wilson")
    return SuccessRate(successes / count, (interval.low, interval.high), float(threshold), final, ends)


def _descend(loss: Polynomial, first: Real, optimizer: Optimizer, steps: int) -> tuple[Real, Real]:
    options = native_options(optimizer)
    if steps < 0:
        raise InvalidArgumentError(f"steps is {steps}; at least 0 is expected")
    handle, base = loss._handle, np.ascontiguousarray(loss.base)
    theta, values = np.empty_like(first), np.empty(len(first))
    _native.interruptible(
        1e-9 * len(first) * max(steps, 1) * np.count_nonzero(loss.coefficients),
        lambda cancel: _native.call(
            "qtg_trigonometric_descend",
            handle,
            len(base),
            arrays.pointer(base),
            ctypes.byref(options),
            steps,
            len(first),
            arrays.pointer(first),
            cancel,
            arrays.pointer(theta),
            arrays.pointer(values),
        ),
    )
    return theta, values
