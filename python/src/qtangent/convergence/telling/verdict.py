"""The verdict of a study: a code of the list that diagnoses use, one sentence, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..claims.frozen import SAME
from ..claims.plateau import ARRIVED
from ..codes import Code
from ..remedies import (
    ELSEWHERE,
    faster_descent,
    larger_scale,
    more_parameters,
    other_encoding,
    wider_measurement,
)
from ..task import LEFT, Task
from ..words import number, percent

if TYPE_CHECKING:
    from ..record import Record

MOVES = 0.05
"""Of a unit of ln L in the time of the run: a slower fall is as good as none."""
_PATIENCE = 10.0
"""Times its own length within which a study must promise to arrive."""

Cause = Literal["range", "arrived", "floor", "rank", "plateau", "slow", "open"]


@dataclass(frozen=True)
class Outcome:
    """Does it train, and why or why not."""

    code: Code
    cause: Cause
    sentence: str
    advice: str = ""
    """What to do; empty where nothing is to be changed."""


def outcome(study: Record) -> Outcome:
    """Does it train, by the first that applies, and which phase that is:

    1. cannot, where the labels lie so far outside the measurement's range that more than 5 % of the reference loss (that of
       the best constant prediction) is left;
    2. trains, where at least 95 % of the training samples of classes are right, or at most 5 % of the reference are left;
    3. cannot, where the loss stands on the floor of the data, or more than 5 % of the reference lie in directions of the
       residuals that the tangent kernel does not move, or it stands on a plateau that no positive kernel drives down;
    4. trains or too slow, where the law of the late loss reaches 5 % of the reference within ten times the study's length,
       or does not;
    5. too slow, where a positive kernel drives a plateau down, or the loss has not halved; else undecided.
    """
    told = _of_loss(study)
    return replace(told, sentence=told.sentence + _phase(study))


def _phase(study: Record) -> str:
    """The phase by data and by training."""
    before, after = study.phases.before, study.phases.after
    if before is None or after is None or before.kind == after.kind:
        both = before is not None and after is not None
        found = after or before
        source = "data and training" if both else "training" if after else "data"
        return "" if found is None else f" Its phase is {found.kind}, by {source}."
    return f" Its phase is {before.kind} by data, {after.kind} by training."


def _of_loss(study: Record) -> Outcome:
    """By the rules of `outcome`."""
    task, final = Task(study.problem.y), study.actual.final_loss
    out_of_range = task.share(task.out_of_range(study.problem.model))
    right = task.accuracy(study.actual.predictions[-1])
    stands = _stands(study, final, right)
    if out_of_range > LEFT:
        text = (
            f"Cannot: the labels lie outside what is measured, which alone leaves {percent(out_of_range)} of the best "
            f"constant prediction's loss. {stands}."
        )
        return Outcome(Code.CANNOT, "range", text, wider_measurement(study.problem.model, study.problem.y))
    if task.arrived(final, right):
        return Outcome(Code.TRAINS, "arrived", f"Trains{_by_law(study)}: {_lower(stands)}.")
    if study.floor and final < ARRIVED * study.floor:
        text = f"Cannot: no circuit gets below {number(study.floor)} on these encoded states. {stands}."
        return Outcome(Code.CANNOT, "floor", text, other_encoding(study.floors))
    movable = study.movable
    if task.share(movable.unmovable_loss) > LEFT:
        text = (
            f"Cannot: the tangent kernel has rank {movable.rank} for {movable.residuals} residuals "
            f"({study.settings['parameters']} parameters), and a loss of {number(movable.unmovable_loss)} lies where it "
            f"moves nothing. {stands}."
        )
        return Outcome(
            Code.CANNOT,
            "rank",
            text,
            more_parameters(study.problem.model, movable.rank, movable.residuals, study.floors),
        )
    return _of_law(study, task, stands)


def _of_law(study: Record, task: Task, stands: str) -> Outcome:
    """Neither arrived nor barred: how the loss goes on."""
    fit = study.rates.actual
    if fit.law == "plateau":
        if study.rates.promised_at_end * study.settings["time"] >= MOVES:
            text = (
                f"Too slow{_by_law(study)}, which is no minimum: the kernel still drives it down. {stands}."
            )
            return Outcome(Code.TOO_SLOW, "slow", text, _faster(study))
        if study.plateau is not None and study.plateau.cause == "unknown":
            return Outcome(
                Code.UNDECIDED, "plateau", f"Undecided: the loss levels off. {stands}.", _more(study)
            )
        return Outcome(Code.CANNOT, "plateau", f"Cannot: the loss levels off. {stands}.", _more(study))
    if fit.law in ("power law", "exponential"):
        at = _arrival(study, LEFT * task.reference)
        when = "never" if not math.isfinite(at) else f"about t = {number(at)}"
        text = f"by its law it is at {percent(LEFT)} of the best constant prediction's loss at {when}"
        if at <= _PATIENCE * study.settings["time"]:
            return Outcome(Code.TRAINS, "open", f"Trains{_by_law(study)}; {text}. {stands}.")
        return Outcome(Code.TOO_SLOW, "slow", f"Too slow{_by_law(study)}; {text}. {stands}.", _faster(study))
    if study.actual.loss[0] < 2 * study.actual.final_loss:
        return Outcome(Code.TOO_SLOW, "slow", f"Too slow: the loss has not halved. {stands}.", _faster(study))
    return Outcome(
        Code.UNDECIDED, "open", f"Undecided: the loss follows no single law. {stands}.", "Train for longer."
    )


def _stands(study: Record, final: float, right: float | None) -> str:
    """Loss and accuracy, and how far the loss is from the best that can be expected."""
    begun, ended = number(study.actual.loss[0]), number(final) if final else "zero within numerical accuracy"
    accuracy = "" if right is None else f", with {percent(right)} of the training samples right"
    return f"The loss went from {begun} to {ended}{_against(study, final)}{accuracy}"


def _against(study: Record, final: float) -> str:
    """How far the final loss is from the best that can be expected: the floor, or else the limit."""
    if study.floor:
        return f" ({number(final / study.floor, 2)} times the floor of the data)"
    if study.asymptotic is None or final == 0:
        return ""
    limit = study.asymptotic.final_loss
    if limit == 0:
        return " (infinitely many parameters would reach zero)"
    if final > SAME * limit:
        return f" ({number(final / limit, 2)} times what infinitely many parameters would reach)"
    return " (as infinitely many parameters would)" if final * SAME > limit else ""


def _by_law(study: Record) -> str:
    fit = study.rates.actual
    if fit.law == "power law":
        return f", the loss falling as t^{fit.slope.value:.2f}"
    if fit.law == "exponential":
        return f", the loss falling as exp(-{number(fit.rate.value)} t)"
    return ", though the loss levels off" if fit.law == "plateau" else ""


def _arrival(study: Record, target: float) -> float:
    """When the fitted law reaches a loss."""
    fit, final, time = study.rates.actual, study.actual.final_loss, study.settings["time"]
    if study.floor and study.floor >= target:
        return math.inf
    if fit.law == "exponential":
        return time + math.log(final / target) / fit.rate.value if fit.rate.value > 0 else math.inf
    slope = -fit.slope.value
    exponent = math.log(final / target) / slope if slope > 0 else math.inf
    return float(time * math.exp(exponent)) if exponent < 700 else math.inf


def _faster(study: Record) -> str:
    rate = study.settings["learning_rate"]
    stable = rate * study.settings["critical_dt"] / study.settings["dt"]
    scale = study.problem.model.scale
    return (
        larger_scale(scale) if study.rates.actual.law == "power law" else faster_descent(rate, stable, scale)
    )


def _more(study: Record) -> str:
    if study.plateau is not None and study.plateau.cause == "under-parameterisation":
        p = study.settings["parameters"]
        return f"Give the circuit more parameters than {p}: the limit of many goes below this plateau."
    return ELSEWHERE


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
