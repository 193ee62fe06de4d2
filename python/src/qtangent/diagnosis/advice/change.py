"""A change to the case, with what it is predicted to do and, where it is tried out, what it does."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..._native.arrays import Real
from ...convergence import Forecast, steps_to_target
from ...convergence.codes import Code
from ...convergence.words import number
from ...models import Model
from ...optimizers import GradientDescent
from ...training import train
from ..case import Case
from ..finding import Finding
from ..work import jacobian_work

_AMPLITUDES = {"quick": 4e9, "full": 4e10}
_MOST = {"quick": 40, "full": 400}
_FEWEST = 12
_TRIED = 4e10
"""Amplitudes that a trial of a change may move."""
BETTER = 1.3
"""Times fewer steps from which a change is worth its place."""


@dataclass(frozen=True)
class Change:
    """Another case, and steps to the same target there."""

    name: str
    """Of what is changed: "scale", "learning_rate", "initialisation", "depth", "encoding" or "topology"."""
    what: str
    """As the begin of a sentence: "Take the scale 2 in the place of 1"."""
    case: Case
    learning_rate: float | None
    """That of a study if None."""
    source: str


def forecast(case: Case, target: float, learning_rate: float | None = None) -> Forecast:
    """Steps to the target, with as many evaluations as advice may spend on each case."""
    each = jacobian_work(case.model, len(case.samples), case.samples.is_mixed)
    allowed = max(_FEWEST, min(_MOST[case.budget], int(_AMPLITUDES[case.budget] / each)))
    return steps_to_target(
        case.model,
        case.y,
        target,
        X=case.samples,
        theta=case.theta,
        learning_rate=learning_rate,
        evaluations=allowed,
        floor=0.0,
    )


def with_model(case: Case, model: Model, theta: Real | None = None) -> Case:
    """The case with another model and, where it has other parameters, theta (p,)."""
    return replace(case, model=model, theta=case.theta if theta is None else theta)


def is_better(predicted: Forecast, now: Finding) -> bool:
    """Whether the change is worth it: steps or jumps got to the target, and earlier than for certain or by far now."""
    if predicted.basis not in ("trained", "continued"):
        return False
    if now.value is None or now.interval is None:
        return True  # never
    if not math.isfinite(now.interval[1]):
        return predicted.interval[1] < now.interval[0]
    return predicted.steps * BETTER < now.value


def recommended(change: Change, now: Finding) -> Finding | None:
    """The change as a finding, if it is predicted to be worth it; tried out with the full budget.

    Args:
        change: What to do.
        now: The finding on the steps to the target without it.
    """
    target = float(now.threshold or 0.0)
    predicted = forecast(change.case, target, change.learning_rate)
    if not is_better(predicted, now):
        return None
    low, high = predicted.interval
    steps = number(low) if low == high else f"{number(low)} to {number(high)}"
    text = (
        f"{change.what}: a loss of {number(target)} is predicted after {steps} steps; without the "
        f"change it is {_today(now)}"
    )
    verified = f"; tried out: {_tried(change, predicted)}" if change.case.budget == "full" else ""
    return Finding(
        change.name, predicted.steps, (low, high), now.value, Code.TRAINS, f"{text}{verified}.", change.source,
        "Steps of descent from one start; the threshold is their number now.",
    )  # fmt: skip


def _today(now: Finding) -> str:
    if now.value is None or now.interval is None:
        return "not reached"
    if not math.isfinite(now.interval[1]):
        return f"not reached before step {number(now.interval[0])}"
    return f"reached after about {number(now.value)} steps"


def _tried(change: Change, predicted: Forecast) -> str:
    """A real training, as far as the steps predicted and no further than the budget."""
    case = change.case
    each = jacobian_work(case.model, len(case.samples), case.samples.is_mixed)
    wanted = predicted.interval[1] if math.isfinite(predicted.interval[1]) else 2 * predicted.steps
    steps = int(min(math.ceil(1.5 * wanted), _TRIED / each))
    run = train(
        case.model,
        case.y,
        X=case.samples,
        theta=case.theta,
        optimizer=GradientDescent(predicted.learning_rate),
        steps=steps,
    )
    there = (run.loss <= predicted.target).nonzero()[0]
    if len(there):
        return f"{int(run.step[there[0]])} steps"
    return f"not within {steps} steps, where the loss is {number(float(run.loss[-1]))}"
