"""One landscape: its minima within a time limit, and trainings from many starts."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass, field

import numpy as np

from .. import landscape
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError, OutOfMemoryError
from ..landscape import effort
from ..landscape.chosen import Chosen
from ..landscape.minima import active_parameters, simulated_minima
from ..landscape.polynomial import Polynomial
from ..landscape.simulated import SimulatedLoss
from ..models import Model
from ..optimizers import LBFGS, Adam, GradientDescent, Optimizer, RMSProp

# The first budget of boxes, and how much larger each further one is.
_BOXES, _GROWTH = 20_000, 6
# What a step of a training takes for each coefficient of the loss that is not zero.
_SECONDS_EACH = 1e-9
_FEWEST_STARTS = 100
# Starts on the simulator that tell how long one takes.
_TRIAL_STARTS = 10


@dataclass(frozen=True, eq=False)
class Question:
    """Whose landscape: a model on data, some of its parameters."""

    model: Model
    y: Real
    X: Real | None
    states: Complex | None
    parameters: tuple[int, ...]
    theta: Real
    """(p,), where the other parameters stay."""
    seed: int


@dataclass(frozen=True)
class Training:
    """How it is trained from random starts."""

    name: str
    rate: float | None
    starts: int
    steps: int

    @property
    def words(self) -> str:
        """As a sentence names the optimiser."""
        return {"adam": "Adam", "descent": "Gradient descent", "rmsprop": "RMSProp", "lbfgs": "L-BFGS"}[
            self.name
        ]

    def optimizer(self, loss: Polynomial) -> Optimizer:
        """By its name; descent takes a step that is stable wherever the loss was looked at, unless the rate is given."""
        if self.name == "adam":
            return Adam(0.05 if self.rate is None else self.rate)
        if self.name == "rmsprop":
            return RMSProp(0.01 if self.rate is None else self.rate)
        if self.name == "descent":
            points = np.random.default_rng(0).uniform(0, 2 * np.pi, (200, len(loss.base)))
            steepest = float(np.linalg.eigvalsh(loss.hessians(points / loss.base)).max())
            return GradientDescent(self.rate if self.rate is not None else 1 / max(steepest, 1e-300))
        return LBFGS()


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found; `left_out` says in sentences what was not done and why."""

    minima: landscape.Minima
    coefficients: landscape.Trigonometric | None = None
    rate: landscape.SuccessRate | None = None
    basins: landscape.Basins | None = None
    left_out: list[str] = field(default_factory=list)


def moving_parameters(model: Model, X: Real | None, states: Complex | None) -> tuple[int, ...]:
    """The parameters that move a prediction; the others have no derivative at random points.

    Raises:
        InvalidArgumentError: none does.
    """
    sets = np.random.default_rng(0).uniform(0, 2 * np.pi, (3, model.n_params))
    reach = np.abs(model.jacobian(sets, X, states)).reshape(-1, model.n_params).max(axis=0)
    moving = np.flatnonzero(reach > 1e-10 * reach.max())
    if not len(moving):
        raise InvalidArgumentError("no parameter moves a prediction, so there is no landscape to study")
    return tuple(int(l) for l in moving)


def explore(question: Question, training: Training, seconds: float, progress: bool) -> Answer:
    """Minima, trainings and basins; search, proof and trainings in about `seconds` each."""
    try:
        coefficients = landscape.trigonometric(
            question.model, question.X, question.states, parameters=question.parameters, theta=question.theta
        )
        loss = coefficients.loss_polynomial(question.y)
    except OutOfMemoryError as error:
        minima, left_out = _on_simulator(question, None, seconds, progress)
        return Answer(minima, left_out=[*left_out, f"Trainings and Fourier spectrum: {error}."])
    if effort.is_simulated(loss, question.model, len(question.y), question.states is not None):
        minima, left_out = _on_simulator(question, active_parameters(loss), seconds, progress)
    else:
        minima, left_out = _by_coefficients(question, loss, seconds, progress)
    each = _SECONDS_EACH * training.steps * effort.terms(loss)
    starts = int(min(training.starts, seconds / max(each, 1e-12)))
    if starts < min(_FEWEST_STARTS, training.starts):
        starts = 0
    if starts < training.starts:
        left_out.append(
            f"{training.starts - starts} of {training.starts} trainings: they take longer than {seconds:g} s."
        )
    if starts == 0:
        return Answer(minima, coefficients, left_out=left_out)
    rate = landscape.success_rate(
        coefficients, question.y, optimizer=training.optimizer(loss), starts=starts, steps=training.steps,
        seed=question.seed, threshold=_threshold(minima),
    )  # fmt: skip
    return Answer(minima, coefficients, rate, landscape.basins(rate, minima), left_out)


def _left_out(starts: int, usual: int, seconds: float) -> list[str]:
    if starts >= usual:
        return []
    return [
        f"{usual - starts} of {usual} starts of the search for minima: they take longer than {seconds:g} s."
    ]


def _on_simulator(
    question: Question, active: list[int] | None, seconds: float, progress: bool
) -> tuple[landscape.Minima, list[str]]:
    """From as many starts as there is time for, as a few of them tell; all parameters are active unless some are named."""
    chosen = Chosen.of(question.model, question.parameters, question.theta)
    active = [l for l, degree in enumerate(chosen.degrees) if degree > 0] if active is None else active
    loss = SimulatedLoss(question.model, question.y, question.X, question.states, chosen.only(active))

    def found(starts: int, shown: bool) -> landscape.Minima:
        generator = np.random.default_rng(question.seed)
        return simulated_minima(loss, chosen, active, generator, starts, False, shown)

    began = clock.monotonic()
    minima = found(_TRIAL_STARTS, False)
    each = (clock.monotonic() - began) / _TRIAL_STARTS
    starts = int(min(effort.SIMULATED_STARTS, seconds / each - _TRIAL_STARTS))
    if starts > _TRIAL_STARTS:
        minima = found(starts, progress)
    return minima, _left_out(max(starts, _TRIAL_STARTS), effort.SIMULATED_STARTS, seconds)


def _by_coefficients(
    question: Question, loss: Polynomial, seconds: float, progress: bool
) -> tuple[landscape.Minima, list[str]]:
    """By search from as many starts as there is time for, and then with budgets of boxes that grow until the list is
    complete or the next one would take too long."""
    usual = effort.usual_starts(len(question.parameters))
    starts = max(int(min(usual, seconds / effort.start_seconds(loss))), _FEWEST_STARTS)
    minima = _with_boxes(question, starts, seconds, progress)
    return minima, [] if minima.complete else _left_out(starts, usual, seconds)


def _with_boxes(question: Question, starts: int, seconds: float, progress: bool) -> landscape.Minima:
    began, boxes = clock.monotonic(), 0
    while True:
        started = clock.monotonic()
        found = landscape.find_minima(
            question.model, question.y, question.X, question.states, seed=question.seed, starts=starts,
            parameters=question.parameters, theta=question.theta, boxes=boxes, progress=progress,
        )  # fmt: skip
        now = clock.monotonic()
        next_one = _GROWTH * (now - started) if boxes else 0.0
        if found.complete or found.degenerate or now - began + next_one > seconds:
            return found
        boxes = boxes * _GROWTH or _BOXES


def _threshold(minima: landscape.Minima) -> float | None:
    """Half way from the best level to the next; below it lies no other minimum that is known."""
    levels = np.array([*minima.loss, *(valley.loss for valley in minima.degenerate)])
    if not minima.spurious.any():
        return None
    best, following = float(levels.min()), float(minima.loss[minima.spurious].min())
    return (best + following) / 2
