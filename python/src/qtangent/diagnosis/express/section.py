"""The section: every finding that can be had, and what they say together."""

from __future__ import annotations

from ...convergence.codes import Code
from ..case import Case
from ..family import Family
from ..finding import REFUSALS, Finding, Section, missing
from .drawn import Drawn
from .effective import effective_dimension
from .fisher_rank import fisher_rank, fisher_ranks
from .fixed import fixed_loss
from .floor import loss_floor
from .growth import rank_growth
from .jacobians import jacobians
from .kernel_rank import kernel_rank
from .parameters import parameters, unseen

_QUESTION = "Can the model express it?"
_OF_KERNEL = ("kernel_rank", "unmovable_loss", "fixed_loss", "unseen_parameters")
_CERTAIN = 0.9
"""A floor of all circuits that keeps nearly as much of the loss as this circuit's kernel is the stronger statement."""


def express(case: Case) -> Section:
    """What no training can change: floors of the loss, ranks, and parameters too many or too few.

    Two obstacles count where they keep more than 5 % of the reference loss: a floor that the encoded states set, and
    residuals that no parameter moves. The verdict is the one that keeps more, the floor where both keep as much; without
    either, labels are within reach as far as is seen here.
    """
    drawn = Drawn(case)
    floor, kernels = _floor(case), _kernel(drawn)
    findings = (floor, *kernels, *_fisher(drawn), *parameters(drawn), _effective(drawn))
    one = _decisive(floor, kernels)
    return Section("express", _QUESTION, one.verdict, one.sentence, findings)


def _decisive(floor: Finding, kernels: tuple[Finding, ...]) -> Finding:
    """The finding that the section's verdict is."""
    rank, unmovable = kernels[:2]
    is_low, is_stuck = floor.verdict is Code.LABELS_OUT_OF_REACH, rank.verdict is Code.KERNEL_RANK_DEFICIENT
    if is_low and (not is_stuck or (floor.value or 0.0) >= _CERTAIN * (unmovable.value or 0.0)):
        return floor
    return rank if is_stuck or floor.verdict is Code.NOT_COMPUTED else floor


def _floor(case: Case) -> Finding:
    try:
        return loss_floor(case)
    except REFUSALS as error:
        return missing("loss_floor", error)


def _kernel(drawn: Drawn) -> tuple[Finding, ...]:
    try:
        found = jacobians(drawn)
        return (*kernel_rank(drawn, found), fixed_loss(drawn, found), unseen(drawn, found))
    except REFUSALS as error:
        return tuple(missing(name, error) for name in _OF_KERNEL)


def _fisher(drawn: Drawn) -> tuple[Finding, ...]:
    try:
        ranks = fisher_ranks(drawn)
        found = fisher_rank(drawn, ranks)
        if found.verdict is not Code.UNDECIDED:
            return (found,)
        family = Family.of(drawn.case)
        if isinstance(family, str):
            return (found, missing("rank_growth", family))
        return (found, rank_growth(drawn, family, ranks))
    except REFUSALS as error:
        return (missing("fisher_rank", error),)


def _effective(drawn: Drawn) -> Finding:
    try:
        return effective_dimension(drawn)
    except REFUSALS as error:
        return missing("effective_dimension", error)
