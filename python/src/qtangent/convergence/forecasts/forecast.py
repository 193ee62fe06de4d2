"""The steps that a training needs to reach a loss, with an interval, or that it never will."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ..._running.advance import advance
from ...models import Model
from ...optimizers import GradientDescent
from ...runs import Run
from ...samples import Samples, labelled
from ...training import begin
from ..checks import check_start, checked_count, checked_labels, with_plain_output
from ..clock import time_unit
from ..steps import stable_step
from ..words import number
from .continuation import Continuation, continued, crossing
from .descent import Descent
from .extrapolation import extrapolated
from .law import LateLaw, late_law

Basis = Literal["trained", "continued", "extrapolated", "floor", "settled"]

_TRAINED = 0.25  # of the evaluations
_LEAST = 12  # evaluations
# Factors of the steps that hold the truth in 95 of 100 trainings, calibrated by reproduce/forecast (docs/maths.md, "Steps
# to a target").
CONTINUED = 1.3
EXTRAPOLATED = 2.5
_STEADY = 1.3  # most growth of a rate that laws go on from


@dataclass(frozen=True, eq=False)
class Forecast:
    """How many steps of descent take the loss to a target."""

    target: float
    learning_rate: float
    steps: float
    """The estimate; infinite for never, and the last step that was looked at where no law tells."""
    interval: tuple[float, float]
    """95 %; the end is infinite where no law tells when the target is reached, both ends are for never."""
    basis: Basis
    """"trained": the training itself got there. "continued": jumps of the linearised training did. "extrapolated": the
    evaluations ran out, laws went on. "floor": the target is below the floor of the data. "settled": jumps went on for
    `most_steps` and did not get there."""
    evaluations: float
    """Predictions with their Jacobian that this took, each the price of a step; those of the training included."""
    trained: int
    """Steps of real training."""
    step: NDArray[np.int64]
    """(T,), of the training and of where the jumps led."""
    loss: Real
    """(T,), at these steps."""
    rate: Real
    """-d ln L/dn there, (T,), of the steps n."""
    reason: str

    @cached_property
    def law(self) -> LateLaw:
        """The law of the last steps."""
        return late_law(self.step.astype(np.float64), self.rate)

    @property
    def never(self) -> bool:
        """Whether the target is not reached."""
        return math.isinf(self.steps)

    def __repr__(self) -> str:
        return f"<qtangent.Forecast: {self.reason}>"


def steps_to_target(
    model: Model,
    y: ArrayLike,
    target: float,
    *,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    theta: ArrayLike | None = None,
    seed: int = 0,
    learning_rate: float | None = None,
    evaluations: int = 200,
    most_steps: int = 10_000_000,
    floor: float | None = None,
) -> Forecast:
    """The steps of gradient descent until the loss 1/(2m) sum (yhat - y)^2 is at most a target, without making them.

    A quarter of the evaluations are real steps. Then the training goes on by jumps: while the tangent kernel, or the
    Hessian of the loss, stands still, n steps have a closed form, and a second evaluation at its end corrects for how they
    moved. Each jump is as long as the law stays linear, so few of them make ten or a thousand times the steps. Derived, with
    the coverage that was measured, in docs/maths.md, "Steps to a target".

    Args:
        model: The network.
        y: Labels (m,), or (m, k) for k outputs.
        target: Loss to reach, positive.
        X: Features (m, f), or `qt.Samples` in the place of X and states.
        states: Input states (m, d) or (m, d, d).
        theta: Initial parameters (p,); drawn uniformly from [0, 2 pi) by `seed` if left out.
        seed: Of the initial parameters.
        learning_rate: Of descent; that of `study` if left out.
        evaluations: Most predictions with their Jacobian to spend, at least 12. For an interval from a tenth of the steps
            it is a tenth of those that are expected.
        most_steps: Of the training; what takes more is never.
        floor: What the loss cannot fall below, as `Study.floor`; computed from the data if left out.

    Raises:
        InvalidArgumentError: Shapes disagree, values are not finite, the circuit has nothing to train, the target, the
            learning rate, `evaluations` or `most_steps` out of range.
        Interrupted: After Ctrl-C.
    """
    labels = checked_labels(y)
    goal = _arrays.number("target", target)
    if goal <= 0:
        raise InvalidArgumentError(f"target is {goal}: give a positive loss to reach")
    if checked_count("evaluations", evaluations) < _LEAST:
        raise InvalidArgumentError(f"evaluations is {evaluations}; at least {_LEAST} are needed")
    horizon = checked_count("most_steps", most_steps)
    model = with_plain_output(model)
    check_start(model, theta)
    samples, _ = labelled(model, labels, X, states, "mse")
    start = begin(model, labels, X=samples, theta=theta, seed=seed).theta
    rate = (
        _rate(model, labels, samples, start)
        if learning_rate is None
        else _arrays.number("learning_rate", learning_rate)
    )
    if rate <= 0:
        raise InvalidArgumentError(f"learning_rate is {rate}; it must be positive")
    steps = min(int(_TRAINED * evaluations), horizon)
    known = None if floor is None else _arrays.number("floor", floor)
    run = begin(model, labels, X=samples, theta=start, optimizer=GradientDescent(rate))
    advance(run, run._state, steps, None, False)
    descent = Descent(model, labels, samples, rate, float(steps))
    return _forecast(run, descent, goal, float(evaluations), horizon, known)


def _rate(model: Model, labels: Real, samples: Samples, start: Real) -> float:
    """The learning rate of a study: a quarter of the critical one, or less."""
    z_sum, _ = time_unit(model, len(labels))
    if z_sum == 0:
        raise InvalidArgumentError("no gate of the circuit depends on a parameter: there is nothing to train")
    largest = float(np.linalg.eigvalsh(model.tangent_kernel(start, samples))[-1]) / z_sum
    return stable_step(max(largest, 1e-300)) * len(labels) / z_sum


def _forecast(
    run: Run, descent: Descent, target: float, evaluations: float, most_steps: int, known: float | None
) -> Forecast:
    step, loss = np.asarray(run.step), np.asarray(run.loss)
    there = np.flatnonzero(loss <= target)
    if len(there):
        first = float(step[there[0]])
        reason = f"the training reaches a loss of {number(target)} in step {first:.0f}"
        return _told(run, descent, target, first, (first, first), "trained", reason)
    floor = run.loss_floor if known is None else known
    if floor is not None and floor > target:
        reason = f"no circuit takes the loss below {number(floor)} on these data, and the target is {number(target)}"
        return _told(run, descent, target, math.inf, (math.inf, math.inf), "floor", reason)
    begin_at = descent.at(int(step[-1]), run.theta)
    way = continued(descent, begin_at, target, evaluations, most_steps)
    return _of_continuation(run, descent, way, target, most_steps)


def _of_continuation(
    run: Run, descent: Descent, way: Continuation, target: float, most_steps: int
) -> Forecast:
    last = way.points[-1]
    if last.loss <= target:
        at = crossing(way.points[-2], last, target)
        known = float(way.points[0].step)
        interval = (max(known, at / CONTINUED), at * CONTINUED)
        reason = f"the loss reaches {number(target)} in about {number(at)} steps"
        return _told(run, descent, target, at, interval, "continued", reason, way)
    if not way.exhausted:
        reason = f"after {number(float(most_steps))} steps the loss stands at {number(last.loss)}, above {number(target)}"
        return _told(run, descent, target, math.inf, (math.inf, math.inf), "settled", reason, way)
    open_ended = _told(
        run, descent, target, float(last.step), (last.step / CONTINUED, math.inf), "extrapolated",
        f"the loss is still above {number(target)} in step {last.step}, and follows no law that tells when it is there", way,
    )  # fmt: skip
    laws = extrapolated(last, target, descent.learning_rate)
    if open_ended.law.name not in ("exponential", "power law") or abs(open_ended.law.growth) > _STEADY:
        return open_ended
    interval = (max(float(last.step) / CONTINUED, laws.fastest / EXTRAPOLATED), laws.slowest * EXTRAPOLATED)
    middle = math.sqrt(interval[0] * interval[1]) if math.isfinite(interval[1]) else interval[0]
    end = number(interval[1]) if math.isfinite(interval[1]) else "any number of"
    reason = (
        f"the loss reaches {number(target)} in {number(interval[0])} to {end} steps, as far as its laws tell"
    )
    return replace(open_ended, steps=middle, interval=interval, reason=reason)


def _told(
    run: Run,
    descent: Descent,
    target: float,
    steps: float,
    interval: tuple[float, float],
    basis: Basis,
    reason: str,
    way: Continuation | None = None,
) -> Forecast:
    further = () if way is None else way.points[1:]
    real = np.asarray(run.loss)
    slowed = [
        descent.learning_rate * float(one.gradient @ one.gradient) / max(one.loss, 1e-300) for one in further
    ]
    return Forecast(
        target=target,
        learning_rate=descent.learning_rate,
        steps=steps,
        interval=interval,
        basis=basis,
        evaluations=descent.evaluations,
        trained=int(run.step[-1]),
        step=np.concatenate([run.step, [point.step for point in further]]).astype(np.int64),
        loss=np.concatenate([real, [point.loss for point in further]]),
        rate=np.concatenate([-np.gradient(np.log(np.maximum(real, 1e-300))), slowed]),
        reason=reason,
    )
