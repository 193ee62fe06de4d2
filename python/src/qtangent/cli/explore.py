"""One landscape: its minima within a time limit, and trainings from many starts."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass, field

import numpy as np

from .. import landscape
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError, OutOfMemoryError
from ..landscape.minima import MOST_STARTS, STARTS_EACH
from ..landscape.polynomial import Polynomial
from ..models import Model
from ..optimizers import LBFGS, Adam, GradientDescent, Optimizer, RMSProp

# The first budget of boxes, and how much larger each further one is.
_BOXES, _GROWTH = 20_000, 6
# What a start of a search takes for each coefficient of the loss that is not zero.
_SEARCH_SECONDS_EACH = 2e-7
# What a step of a training takes for each coefficient of the loss that is not zero.
_SECONDS_EACH = 1e-9
_FEWEST_STARTS = 100


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
        minima = find_minima(question, None, seconds, progress)
        return Answer(minima, left_out=[f"Trainings and Fourier spectrum: {error}."])
    moduli = np.abs(loss.coefficients)
    terms = int(np.count_nonzero(moduli > 1e-14 * moduli.max()))
    usual = min(MOST_STARTS, STARTS_EACH * 2 ** len(question.parameters))
    searched = max(min(usual, int(seconds / (_SEARCH_SECONDS_EACH * terms))), _FEWEST_STARTS)
    minima = find_minima(question, searched, seconds, progress)
    left_out = []
    if searched < usual and not minima.complete:
        left_out.append(
            f"{usual - searched} of {usual} starts of the search for minima: they take longer than {seconds:g} s."
        )
    each = _SECONDS_EACH * training.steps * terms
    starts = min(training.starts, int(seconds / max(each, 1e-12)))
    if starts < min(_FEWEST_STARTS, training.starts):
        starts = 0
    if starts < training.starts:
        left_out.append(
            f"{training.starts - starts} of {training.starts} trainings: they take longer than {seconds:g} s."
        )
    if starts == 0:
        return Answer(minima, coefficients, left_out=left_out)
    rate = landscape.success_rate(
        question.model, question.y, question.X, question.states, optimizer=training.optimizer(loss), starts=starts,
        steps=training.steps, seed=question.seed, threshold=_threshold(minima), parameters=question.parameters,
        theta=question.theta,
    )  # fmt: skip
    return Answer(minima, coefficients, rate, landscape.basins(rate, minima), left_out)


def find_minima(question: Question, starts: int | None, seconds: float, progress: bool) -> landscape.Minima:
    """By search from so many starts, and then with budgets of boxes that grow until the list is complete or the next one
    would take too long."""
    began, boxes = clock.monotonic(), 0
    while True:
        started = clock.monotonic()
        found = landscape.find_minima(
            question.model, question.y, question.X, question.states, seed=question.seed, starts=starts,
            parameters=question.parameters, theta=question.theta, boxes=boxes, progress=progress,
        )  # fmt: skip
        now = clock.monotonic()
        next_one = _GROWTH * (now - started) if boxes else 0.0
        if (
            found.complete
            or found.degenerate
            or np.isnan(found.volume_left)
            or now - began + next_one > seconds
        ):
            return found
        boxes = boxes * _GROWTH or _BOXES


def _threshold(minima: landscape.Minima) -> float | None:
    """Half way from the best level to the next; below it lies no other minimum that is known."""
    levels = np.array([*minima.loss, *(valley.loss for valley in minima.degenerate)])
    if not minima.spurious.any():
        return None
    best, following = float(levels.min()), float(minima.loss[minima.spurious].min())
    return (best + following) / 2
