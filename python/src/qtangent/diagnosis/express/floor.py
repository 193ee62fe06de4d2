"""How low the loss can get on the encoded states, whatever comes after them."""

from __future__ import annotations

from ...convergence.codes import Code
from ...convergence.problem import Problem
from ...convergence.task import LEFT, Task
from ...convergence.theory import floors_of
from ...convergence.words import number
from ...training import begin
from ..case import Case
from ..finding import Finding, missing

_SOURCE = "derived in docs/floor.md"


def loss_floor(case: Case) -> Finding:
    """`qtangent.convergence.loss_floor` of the states that enter the trainable part, as `Run.loss_floor` has it."""
    run = begin(case.model, case.y, X=case.samples, theta=case.theta, seed=case.seed)
    floors, reason = floors_of(Problem.of(case.model, case.y, case.samples, case.theta), run)
    if reason is not None:
        return missing("loss_floor", reason, _SOURCE)
    floor, reference = sum(one.value for one in floors), Task(case.y).reference
    threshold = LEFT * reference
    kind = "some circuit reaches it" if all(one.tight for one in floors) else "a lower bound"
    if floor == 0:
        sentence = "The encoded states and the measurement set no floor to the loss."
    else:
        sentence = (
            f"No circuit after this encoding gets the loss below {number(floor)} ({kind}), "
            f"{number(100 * floor / reference)} % of what the best constant prediction has"
            f"{_closest([one.closest_pair for one in floors])}."
        )
    return Finding(
        "loss_floor",
        floor,
        None,
        threshold,
        Code.LABELS_OUT_OF_REACH if floor > threshold else Code.EXPRESSES,
        sentence,
        _SOURCE,
        "It bounds all circuits at once; this one may stop above it.",
    )


def _closest(pairs: list[tuple[int, int] | None]) -> str:
    """The samples that are hardest to tell apart, counted from 0."""
    found = [one for one in pairs if one is not None]
    return "" if not found else f"; hardest to tell apart are samples {found[0][0]} and {found[0][1]}"
