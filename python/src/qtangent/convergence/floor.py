"""How low the loss can get for these data, whatever the circuit: bounds from the overlaps of the states.

Two states that overlap cannot be told apart perfectly, so no measurement can give them opposite labels.
For an observable with eigenvalues in [low, high] every prediction lies in that interval and

    |yhat_a - yhat_b| <= (high - low) T_ab,      T_ab = sqrt(1 - |<a|b>|^2) for pure states,

with T the trace distance. Both bounds below are certified by duality: a solver that stops early gives a
weaker bound, never a wrong one. Derivations: docs/floor.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import fmin_l_bfgs_b

from .._arrays import Real
from .._errors import InvalidArgumentError
from .support import WeightedStates, weighted_states

_PAIR_LIMIT = 400  # 80,000 pairs; more cost minutes and hardly sharpen the bound

_ROUNDING = 1e-12


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


def loss_floor(states: ArrayLike, y: ArrayLike, spectrum: ArrayLike = (-1.0, 1.0)) -> LossFloor:
    """Bound the mean squared loss of any circuit on `states` with labels `y`.

    Args:
        states: Pure states (m, d) or density matrices (m, d, d).
        y: Labels (m,).
        spectrum: Eigenvalues of the observable, the scale included. Two numbers mean its range; all d of
            them also decide whether the collective bound can be reached.

    Raises:
        InvalidArgumentError: Shapes disagree.
    """
    labels = np.asarray(y, dtype=np.float64)
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
    """Minimise the loss over all Hermitian O with low <= O <= high; certify by a witness.

    For any weights w, sum_j w_j tr(O rho_j) <= h(w), the sum of max(low e, high e) over the eigenvalues e of
    sum_j w_j rho_j. Hence |yhat - y| >= (w.y - h(w)) / |w| by Cauchy and Schwarz. The weights are the
    residuals of an accelerated projected gradient descent.
    """
    m, rank = data.count, data.vectors.shape[1]
    step = m / max(float(np.linalg.eigvalsh(data.overlaps())[-1]), 1e-300)
    current = np.eye(rank, dtype=np.complex128) * np.clip(float(np.mean(labels)), low, high)
    ahead, momentum = current, 1.0
    best_bound, best_loss, predictions = 0.0, np.inf, data.expectations(current)
    for iteration in range(1000):
        if iteration % 10 == 0:
            yhat = data.expectations(current)
            weights = labels - yhat
            size = float(np.linalg.norm(weights))
            loss = size**2 / (2 * m)
            if loss < best_loss:
                best_loss, predictions = loss, yhat
            if size < 1e-8:
                break
            spectrum = np.linalg.eigvalsh(data.combine(weights))
            reach = float(np.sum(np.maximum(low * spectrum, high * spectrum)))
            witness = max(float(weights @ labels) - reach, 0.0) / size
            best_bound = max(best_bound, witness**2 / (2 * m))
            if best_loss - best_bound < 1e-4 * best_loss:
                break
        gradient = data.combine(data.expectations(ahead) - labels) / m
        eigenvalues, basis = np.linalg.eigh(ahead - step * gradient)
        following = (basis * np.clip(eigenvalues, low, high)) @ basis.conj().T
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + (momentum - 1) / next_momentum * (following - current)
        current, momentum = following, next_momentum
    return best_bound, predictions
