"""How low the loss can get for these data, whatever the circuit: bounds from the overlaps of the states.

Two states that overlap cannot be told apart perfectly, so no measurement can give them opposite labels.
For an observable with eigenvalues in [low, high] every prediction lies in that interval and

    |yhat_a - yhat_b| <= (high - low) T_ab,      T_ab = sqrt(1 - |<a|b>|^2) for pure states,

with T the trace distance. Both bounds below are certified by duality: a solver that stops early gives a
weaker bound, never a wrong one. Derivations: docs/floor.md.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import fmin_l_bfgs_b

from ... import _native
from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..words import number
from .weighted_states import WeightedStates, weighted_states

_PAIR_LIMIT = 400  # 80,000 pairs; more cost minutes and hardly sharpen the bound

_ROUNDING = 1e-12

_SECONDS = 1e-6  # of the collective bound, for each cube of the dimension; rather too much


@dataclass(frozen=True)
class LossFloor:
    """Lower bounds on the mean squared loss for given states and a given spectrum of the observable."""

    pairwise: float
    """From the overlaps of all pairs."""
    collective: float
    """From all states at once, at least `pairwise`."""
    tight: bool
    """Whether some unitary circuit reaches `collective`, so that it is the global minimum."""
    closest_pair: tuple[int, int] | None
    """The two differently labelled states that overlap most."""
    closest_overlap: float
    """|<a|b>|^2 of that pair (1 - T^2 for mixed states)."""
    predictions: Real
    """Predictions (m,) of the best measurement found."""

    @property
    def value(self) -> float:
        """The sharper of the two bounds; what rounding errors could explain counts as 0."""
        best = max(self.pairwise, self.collective)
        return best if best > _ROUNDING else 0.0

    def __repr__(self) -> str:
        kind = "reached by some circuit" if self.tight else "a lower bound"
        return f"<qtangent.LossFloor: {number(self.value)}, {kind}>"


def loss_floor(states: ArrayLike, y: ArrayLike, spectrum: ArrayLike = (-1.0, 1.0)) -> LossFloor:
    """Bound the mean squared loss of any circuit on `states` with labels `y`.

    Args:
        states: Pure states (m, d) or density matrices (m, d, d).
        y: Labels (m,).
        spectrum: Eigenvalues of the observable, (2,) or (d,), the scale included. Two numbers mean its range; all d of
            them also decide whether the collective bound can be reached.

    Raises:
        InvalidArgumentError: Shapes disagree.
    """
    labels = _arrays.real("y", y)
    data = weighted_states(states)
    if labels.shape != (data.count,):
        raise InvalidArgumentError(
            f"y has shape {labels.shape}, the data have {data.count} states: give one label a state"
        )
    eigenvalues = np.sort(np.asarray(spectrum, dtype=np.float64))
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    distance = data.trace_distances()
    collective, predictions = _collective_bound(data, labels, low, high)
    pair = _closest_pair(distance, labels)
    return LossFloor(
        pairwise=_pairwise_bound(distance, labels, low, high),
        collective=collective,
        tight=_is_tight(eigenvalues, data.vectors.shape[1]),
        closest_pair=pair,
        closest_overlap=1 - float(distance[pair]) ** 2 if pair else 0.0,
        predictions=predictions,
    )


def _is_tight(eigenvalues: Real, rank: int) -> bool:
    """A contraction of dimension r is a corner of any reflection with r eigenvalues of each sign."""
    low, high = eigenvalues[0], eigenvalues[-1]
    at_low = np.isclose(eigenvalues, low, rtol=0, atol=1e-9 * (high - low))
    at_high = np.isclose(eigenvalues, high, rtol=0, atol=1e-9 * (high - low))
    return bool(np.all(at_low | at_high) and min(at_low.sum(), at_high.sum()) >= rank)


def _closest_pair(distance: Real, labels: Real) -> tuple[int, int] | None:
    different = labels[:, None] != labels[None, :]
    if not different.any():
        return None
    a, b = np.unravel_index(np.argmin(np.where(different, distance, np.inf)), distance.shape)
    return (int(a), int(b)) if a < b else (int(b), int(a))


def _pairwise_bound(distance: Real, labels: Real, low: float, high: float) -> float:
    """Dual of: minimise 1/(2m) sum (yhat - y)^2 over the box and |yhat_a - yhat_b| <= (high - low) T_ab."""
    m = len(labels)
    kept = min(m, _PAIR_LIMIT)
    pairs = np.array(list(combinations(range(kept), 2)), dtype=np.intp).reshape(-1, 2)
    width = (high - low) * distance[pairs[:, 0], pairs[:, 1]]

    def negative_dual(multipliers: Real) -> tuple[float, Real]:
        up, down = multipliers.reshape(2, -1)
        force = np.zeros(m)
        np.add.at(force, pairs[:, 0], up - down)
        np.add.at(force, pairs[:, 1], down - up)
        yhat = np.clip(labels - m * force, low, high)
        value = np.sum((yhat - labels) ** 2) / (2 * m) + force @ yhat - (up + down) @ width
        gap = yhat[pairs[:, 0]] - yhat[pairs[:, 1]]
        return -float(value), np.concatenate([width - gap, width + gap])

    start = np.zeros(2 * len(pairs))
    unconstrained = -negative_dual(start)[0]
    if len(pairs) == 0:
        return unconstrained
    bounds = [(0.0, None)] * len(start)
    _, lowest, _ = fmin_l_bfgs_b(negative_dual, start, bounds=bounds, maxiter=500, factr=100.0, pgtol=1e-10)
    return max(unconstrained, -float(lowest), 0.0)


def _collective_bound(data: WeightedStates, labels: Real, low: float, high: float) -> tuple[float, Real]:
    """The least loss over all Hermitian O with low <= O <= high, certified from below within a thousandth."""
    states = data.vectors
    if not data.is_pure:
        states = np.stack([data.combine(unit) for unit in np.eye(data.count)])
    states = _arrays.complex_("states", states)
    loss, predictions = ctypes.c_double(), np.empty(data.count)
    rank = states.shape[-1]
    _native.interruptible(
        _SECONDS * rank**3,
        lambda cancel: _native.call(
            "qtg_loss_floor",
            _arrays.pointer(states),
            data.count,
            rank,
            int(not data.is_pure),
            _arrays.pointer(labels),
            low,
            high,
            cancel,
            ctypes.byref(loss),
            _arrays.pointer(predictions),
        ),
    )
    return loss.value, predictions
