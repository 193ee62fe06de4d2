"""Which residuals the parameters can move at all: the rank of the tangent kernel against their number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real
from ...convergence.codes import Code
from ...convergence.movable import SHARE, moved_directions, unmovable_loss
from ...convergence.task import LEFT, Task
from ...convergence.words import counted, number
from ..finding import Finding
from ..work import told
from .drawn import DRAWS, Drawn
from .ranks import Rank, median, rank

_SOURCE = 'docs/maths.md, "What a circuit can express"'


@dataclass(frozen=True)
class Movable:
    """What the Jacobians at the random parameters, and at the case's own theta, say."""

    rank: Rank
    """Median over the random parameters."""
    losses: tuple[float, ...]
    """What is left of the loss without the part of the residual that J moves: at the case's theta, then at the others."""
    largest: Real
    """The largest entry of each column of J at the random parameters, (p,)."""


def movable(drawn: Drawn) -> Movable:
    """Ranks and unmovable losses.

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
    return Movable(median(ranks[1:]), tuple(losses), np.max(columns[1:], axis=0))


def kernel_rank(drawn: Drawn, found: Movable) -> tuple[Finding, Finding]:
    """The rank of K, and the loss in directions that it does not move, whose size decides."""
    total, reference = drawn.y.size, Task(drawn.case.y).reference
    least, threshold = min(found.losses), LEFT * reference
    has_full_rank = found.rank.value >= total
    is_stuck = not has_full_rank and least > threshold
    verdict = Code.KERNEL_RANK_DEFICIENT if is_stuck else Code.EXPRESSES
    beginning = (
        f"The tangent kernel has rank {found.rank.value} for {total} residuals "
        f"({counted(drawn.model.n_params, 'parameter')}, median over {DRAWS} random theta)"
    )
    share = f"{number(100 * least / reference)} % of what the best constant prediction has"
    if has_full_rank:
        sentence = f"{beginning}: every residual can move."
    elif is_stuck:
        sentence = (
            f"{beginning}: the others cannot move, and with them a loss of {number(least)}, {share}; labels in "
            "general position cannot be fitted."
        )
    else:
        sentence = f"{beginning}, but the labels leave next to nothing where it does not move them ({share})."
    caveat = (
        "Of first order at each theta: labels that such a circuit made itself can be fitted all the same, and classes may "
        "be told apart at a high loss; a training shows either."
    )
    part = told(drawn.case, drawn.rows)
    return (
        Finding(
            "kernel_rank", found.rank.value, found.rank.interval, float(total), verdict, sentence, _SOURCE,
            f"{caveat} {part}".rstrip(),
        ),
        Finding(
            "unmovable_loss", least, None, threshold, verdict,
            f"At its least over theta and {DRAWS} random ones, {number(least)} of the loss lies in directions of the "
            f"residuals that no parameter moves, {share}.",
            _SOURCE, part,
        ),
    )  # fmt: skip
