"""Critical points of a loss: many starts together, by steps that leave saddles, and polished by Newton's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ..._native.arrays import Real
from .objective import Objective

# Radians of phi.
_LONGEST_STEP = 0.6
_MERGE_DISTANCE = 2e-6
_MOST_STEPS = 200
_NEWTON_STEPS = 6


def minima(loss: Objective, starts: Real, scale: float, tick: Callable[[int], None]) -> Real:
    """Where descent from the starts (s, p) ends, angles phi (s, p): steps -|H|^-1 g, halved until the loss falls.

    Args:
        scale: how far the loss reaches; the gradient is zero below 1e-13 of it.
        tick: called with the number of starts that have ended.
    """
    phi = starts.copy()
    moving = np.arange(len(phi))
    values, gradients, hessians = loss.jets(phi)
    for _ in range(_MOST_STEPS):
        moving_values, moving_gradients = values, gradients
        eigenvalues, vectors = np.linalg.eigh(hessians)
        along = np.einsum("sji,sj->si", vectors, moving_gradients)
        floor = 1e-8 * scale
        steps = -np.einsum("sij,sj->si", vectors, along / np.maximum(np.abs(eigenvalues), floor))
        length = np.linalg.norm(steps, axis=1)
        steps *= np.minimum(1, _LONGEST_STEP / np.maximum(length, 1e-300))[:, None]
        slopes = np.einsum("si,si->s", steps, moving_gradients)
        factor = np.ones(len(moving))
        waiting = np.arange(len(moving))
        new_values = moving_values.copy()
        for _ in range(30):
            trial = loss.values(phi[moving[waiting]] + factor[waiting, None] * steps[waiting])
            falls = trial <= moving_values[waiting] + 1e-4 * factor[waiting] * slopes[waiting]
            new_values[waiting[falls]] = trial[falls]
            waiting = waiting[~falls]
            if not len(waiting):
                break
            factor[waiting] /= 2
        factor[waiting] = 0.0
        phi[moving] += factor[:, None] * steps
        still = (factor > 0) & (np.linalg.norm(moving_gradients, axis=1) > 1e-13 * scale)
        tick(int(np.count_nonzero(~still)))
        moving = moving[still]
        if not len(moving):
            break
        values, gradients, hessians = loss.jets(phi[moving])
    tick(len(moving))
    return polished(loss, phi)


def critical_points(loss: Objective, starts: Real, scale: float) -> Real:
    """Zeros of the gradient of any index near the starts (s, p): damped Newton steps that lower its norm."""
    phi = starts.copy()
    for _ in range(_MOST_STEPS // 4):
        _, gradients, hessians = loss.jets(phi)
        norms = np.linalg.norm(gradients, axis=1)
        if not np.any(norms > 1e-12 * scale):
            break
        eigenvalues, vectors = np.linalg.eigh(hessians)
        along = np.einsum("sji,sj->si", vectors, gradients)
        damping = 1e-3 * norms[:, None] + 1e-12 * scale
        steps = -np.einsum("sij,sj->si", vectors, along * eigenvalues / (eigenvalues**2 + damping**2))
        length = np.linalg.norm(steps, axis=1)
        steps *= np.minimum(1, _LONGEST_STEP / np.maximum(length, 1e-300))[:, None]
        best = norms.copy()
        moved = phi.copy()
        for factor in (1.0, 0.5, 0.25, 0.1, 0.02):
            trial = phi + factor * steps
            found = np.linalg.norm(loss.gradients(trial), axis=1)
            better = found < best
            moved[better], best[better] = trial[better], found[better]
        if np.all(best >= 0.999 * norms):
            break
        phi = moved
    return polished(loss, phi)


def polished(loss: Objective, phi: Real) -> Real:
    """A few Newton steps, each kept where it lowers the gradient."""
    phi = phi.copy()
    for _ in range(_NEWTON_STEPS):
        _, gradients, hessians = loss.jets(phi)
        singular = np.linalg.slogdet(hessians)[0] == 0
        hessians[singular] = np.eye(phi.shape[1])
        steps = -np.linalg.solve(hessians, gradients[..., None])[..., 0]
        steps[np.linalg.norm(steps, axis=1) > 0.1] = 0.0
        trial = phi + steps
        better = np.linalg.norm(loss.gradients(trial), axis=1) < np.linalg.norm(gradients, axis=1)
        phi[better] = trial[better]
    return phi


def distinct(phi: Real, values: Real) -> NDArray[np.int64]:
    """The numbers of points (s, p) that differ modulo 2 pi, the lowest of each group."""
    if not len(phi):
        return np.zeros(0, dtype=np.int64)
    turned = np.mod(phi, 2 * np.pi)
    turned[turned >= 2 * np.pi] = 0.0
    sides = np.full(phi.shape[1], 2 * np.pi)
    pairs = cKDTree(turned, boxsize=sides).query_pairs(_MERGE_DISTANCE, p=np.inf, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(phi), len(phi)))
    _, groups = connected_components(links, directed=False)
    order = np.lexsort((values, groups))
    first = np.ones(len(order), dtype=bool)
    first[1:] = groups[order][1:] != groups[order][:-1]
    found: NDArray[np.int64] = order[first]
    return found
