"""What the Jacobians of the predictions say of the residuals that parameters move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real
from ...convergence.movable import SHARE, moved_directions, unmovable_loss
from .drawn import Drawn
from .ranks import Rank, median, rank


@dataclass(frozen=True)
class Jacobians:
    """What the Jacobians at the random parameters, and at the case's own theta, say."""

    rank: Rank
    """Median over the random parameters."""
    losses: tuple[float, ...]
    """What is left of the loss without the part of the residual that J moves: at the case's theta, then at the others."""
    largest: Real
    """The largest entry of each column of J at the random parameters, (p,)."""


def jacobians(drawn: Drawn) -> Jacobians:
    """Their ranks, unmovable losses and largest entries.

    Raises:
        QTangentError: from the simulation.
    """
    ranks, losses, columns = [], [], []
    for theta in np.concatenate([drawn.case.theta[None], drawn.thetas]):
        jacobian, residual = drawn.jacobian(theta), drawn.residual(theta)
        moved, values = moved_directions(jacobian)
        ranks.append(rank(values, SHARE))
        losses.append(unmovable_loss(residual, moved, len(drawn.y)))
        columns.append(np.abs(jacobian).max(axis=0))
    return Jacobians(median(ranks[1:]), tuple(losses), np.max(columns[1:], axis=0))
