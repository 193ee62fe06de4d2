"""What to do first, by what the judgement rests on."""

from __future__ import annotations

from ..convergence.codes import Code
from ..convergence.remedies import ELSEWHERE, larger_scale, more_parameters, other_encoding, wider_measurement
from ..convergence.theory import data_floors
from ..runs import Run
from .case import Case
from .finding import Section
from .judgement import Judgement


def remedy(judgement: Judgement, case: Case, run: Run, sections: tuple[Section, ...]) -> str:
    """One sentence; none for what trains."""
    if judgement.verdict is Code.TRAINS:
        return ""
    if judgement.verdict is Code.UNDECIDED:
        return "Train for longer." if case.budget == "full" else 'Spend more on the answer: budget="full".'
    reason, _, name = judgement.rests_on[0].partition(".")
    if reason == "range":
        return wider_measurement(case.model, case.y)
    if reason == "floor":
        return other_encoding(data_floors(run)[0])
    section = next(one for one in sections if one.name == reason)
    if reason == "express" and name:
        rank = section.finding("kernel_rank").value
        return more_parameters(case.model, int(rank or 0), case.y.size, data_floors(run)[0])
    if section.verdict is Code.SUBLINEAR:
        return larger_scale(case.model.scale)
    if reason == "start":
        return "Use a shallower circuit, start it near the identity, or measure observables of few qubits."
    return ELSEWHERE
