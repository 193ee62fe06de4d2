"""Proof that a list of critical points is complete, by excluding all of the torus but their neighbourhoods."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ... import _native
from ..._native import arrays
from ..._native.arrays import Real
from ..polynomial import Polynomial
from . import bounds

# Boxes narrower than this stand at a critical point that is nearly degenerate.
_NARROWEST = 1e-5


@dataclass(frozen=True, eq=False)
class Exclusion:
    """What is left of the torus.

    Attributes:
        complete: whether nothing is left.
        boxes: how many boxes were tested.
        volume_left: the share of the torus in which further critical points may lie.
        centres: of boxes that are left, (b, p), in radians of phi.
    """

    complete: bool
    boxes: int
    volume_left: float
    centres: Real


def exclude(
    loss: Polynomial, known: Real, radii: Real, budget: int, tick: Callable[[float], None]
) -> Exclusion:
    """Bisects boxes until each is shown empty or lies where a known point is alone, or the budget is spent.

    Args:
        loss: in phi, that is with base 1.
        known: certified critical points, (c, p), with their radii of uniqueness, (c,).
        budget: boxes to test.
        tick: called after each generation with the number of its boxes.
    """
    p = loss.coefficients.ndim
    per_side = 4
    half = np.pi / per_side
    sides = half + 2 * half * np.arange(per_side)
    centres = np.array(list(itertools.product(sides, repeat=p)))
    corners = np.array(list(itertools.product([-0.5, 0.5], repeat=p)))
    fourth = bounds.fourth_derivatives(loss)
    tested = 0
    while len(centres):
        tested += len(centres)
        tick(len(centres))
        centres = centres[_survivors(loss, fourth, known, radii, centres, half)]
        if not len(centres):
            break
        if tested + len(centres) * len(corners) > budget or half < _NARROWEST:
            break
        centres = (centres[:, None, :] + half * corners).reshape(-1, p)
        half /= 2
    return Exclusion(not len(centres), tested, len(centres) * (half / np.pi) ** p, centres)


def _survivors(loss: Polynomial, fourth: Real, known: Real, radii: Real, centres: Real, half: float) -> Real:
    p = loss.coefficients.ndim
    handle = loss._handle
    places = np.ascontiguousarray(centres)
    points, alone = np.ascontiguousarray(known, dtype=float), np.ascontiguousarray(radii, dtype=float)
    survives = np.empty(len(places), dtype=np.uint8)
    _native.interruptible(
        8e-9 * len(places) * loss.coefficients.size,
        lambda cancel: _native.call(
            "qtg_trigonometric_exclude",
            handle,
            p,
            arrays.pointer(fourth),
            len(alone),
            arrays.pointer(points) if len(alone) else None,
            arrays.pointer(alone) if len(alone) else None,
            len(places),
            arrays.pointer(places),
            half,
            cancel,
            arrays.pointer(survives),
        ),
    )
    return survives.astype(bool)
