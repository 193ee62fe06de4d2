"""How low the loss can get for these data, whatever the circuit: bounds from the overlaps of the states.

Two states that overlap cannot be told apart perfectly, so no measurement can give them opposite labels.
For an observable with eigenvalues in [low, high] every prediction lies in that interval and

    |yhat_a - yhat_b| <= (high - low) T_ab,      T_ab = sqrt(1 - |<a|b>|^2) for pure states,

with T the trace distance; an observable with few large eigenvalues cannot give many states large predictions either. Both
bounds below are certified by duality: a solver that stops early gives a weaker bound, never a wrong one. Derivations:
docs/floor.md.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ... import _native
from ..._native import arrays as _arrays
from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError, NumericalError
from ..._signatures import qtg_floor
from ..words import number
from .overlaps import expect_states

_ROUNDING = 1e-12

_SECONDS = 2e-8  # for each product, rather too much


@dataclass(frozen=True, eq=False)
class LossFloor:
    """Lower bounds on the mean squared loss for given states and a given spectrum of the observable."""

    pairwise: float
    """From the overlaps of all pairs and the range of the observable."""
    collective: float
    """From all states at once and all eigenvalues that are known, at least `pairwise`."""
    tight: bool
    """Whether some unitary circuit reaches `collective`, so that it is the global minimum."""
    closest_pair: tuple[int, int] | None
    """The two differently labelled states that overlap most."""
    closest_overlap: float
    """|<a|b>|^2 of that pair (1 - T^2 for mixed states)."""
    predictions: Real
    """Predictions (m,) of the best measurement found, or of the best mixture of several."""

    @property
    def value(self) -> float:
        """The sharper of the two bounds; what rounding errors could explain counts as 0."""
        return self.collective if self.collective > _ROUNDING else 0.0

    def __repr__(self) -> str:
        kind = "reached by some circuit" if self.tight else "a lower bound"
        return f"<qtangent.LossFloor: {number(self.value)}, {kind}>"

    @classmethod
    def _of(cls, floor: Any, predictions: Real) -> LossFloor:
        return cls(
            pairwise=floor.pairwise,
            collective=floor.collective,
            tight=bool(floor.is_tight),
            closest_pair=(floor.first, floor.second) if floor.first >= 0 else None,
            closest_overlap=floor.overlap,
            predictions=predictions,
        )


def loss_floor(states: ArrayLike, y: ArrayLike, spectrum: ArrayLike = (-1.0, 1.0)) -> LossFloor:
    """Bound the mean squared loss of any circuit on `states` with labels `y`.

    The search for the best bounds stops after about a second; what it has found by then is a bound as well.

    Args:
        states: Pure states (m, d) or density matrices (m, d, d).
        y: Labels (m,).
        spectrum: Eigenvalues of the observable, (2,) or (d,), the scale included. Two numbers mean its range; all d of
            them bound more sharply, and decide whether the collective bound can be reached.

    Raises:
        InvalidArgumentError: Shapes disagree, or states are not normalised.
        NumericalError: The bound overflows.
    """
    labels = _arrays.real("y", y)
    given = _arrays.complex_("states", states)
    if given.ndim not in (2, 3) or given.shape[1:-1] not in ((), given.shape[-1:]):
        raise InvalidArgumentError(
            f"states have shape {given.shape}: give (m, d) pure or (m, d, d) mixed states"
        )
    count, dimension = given.shape[0], given.shape[-1]
    if labels.shape != (count,):
        raise InvalidArgumentError(
            f"y has shape {labels.shape}, the data have {count} states: give one label a state"
        )
    eigenvalues = _arrays.real("spectrum", spectrum)
    if eigenvalues.shape not in ((2,), (dimension,)):
        raise InvalidArgumentError(
            f"spectrum has shape {eigenvalues.shape}, the states {dimension} dimensions: give the smallest and the "
            f"largest eigenvalue or all {dimension}"
        )
    expect_states("states", given)
    return floor_within(1e-3, given, labels, eigenvalues)


def floor_within(tolerance: float, states: Complex, labels: Real, eigenvalues: Real) -> LossFloor:
    """`loss_floor` of arguments that fit, its collective bound within a share `tolerance` of the best one."""
    count, dimension = states.shape[0], states.shape[-1]
    is_mixed = states.ndim == 3
    # By a power of two, so that no bit changes but where the search counts what is small as nothing.
    unit = int(np.frexp(max(abs(labels).max(initial=0), abs(eigenvalues).max()))[1]) - 1
    labels, eigenvalues = np.ldexp(labels, -unit), np.ldexp(eigenvalues, -unit)
    floor = qtg_floor(struct_size=ctypes.sizeof(qtg_floor))
    predictions = np.empty(count)
    rank = dimension if is_mixed else min(count, dimension)
    products = count * count * rank ** (3 if is_mixed else 1) + 100 * rank**3
    _native.interruptible(
        _SECONDS * products,
        lambda cancel: _native.call(
            "qtg_loss_floor",
            _arrays.pointer(states),
            count,
            dimension,
            int(is_mixed),
            _arrays.pointer(labels),
            _arrays.pointer(eigenvalues),
            eigenvalues.size,
            tolerance,
            cancel,
            ctypes.byref(floor),
            _arrays.pointer(predictions),
        ),
    )
    with np.errstate(over="ignore"):
        floor.pairwise, floor.collective = np.ldexp([floor.pairwise, floor.collective], 2 * unit)
        high, range_ = np.ldexp([abs(labels).max(), abs(eigenvalues).max()], unit)
    if not math.isfinite(floor.collective):
        raise NumericalError(
            f"y reaches {high:.3g} and the spectrum {range_:.3g}, so the bound overflows; "
            "divide both by a constant"
        )
    return LossFloor._of(floor, np.ldexp(predictions, unit))
