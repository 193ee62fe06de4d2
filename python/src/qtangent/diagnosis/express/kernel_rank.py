"""Which residuals the parameters can move at all: the rank of the tangent kernel against their number."""

from __future__ import annotations

from ...convergence.codes import Code
from ...convergence.task import LEFT, Task
from ...convergence.words import counted, number
from ..finding import Finding
from ..work import told
from .drawn import DRAWS, Drawn
from .jacobians import Jacobians

_SOURCE = 'docs/maths.md, "What a circuit can express"'


def kernel_rank(drawn: Drawn, found: Jacobians) -> tuple[Finding, Finding]:
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
