"""The pictures of a landscape's page."""

from __future__ import annotations

import warnings
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import landscape
from .._native.arrays import Real
from .._native.errors import QTangentWarning
from ..optimizers import Adam
from ..training import train
from .explore import Answer, Question

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PATH_STEPS = 300


def portrait(question: Question, answer: Answer) -> dict[str, tuple[str, Figure]]:
    """Figures by name, each with a sentence on what it shows."""
    minima, rate = answer.minima, answer.rate
    lowest = _lowest(minima)
    centre = question.theta.copy()
    centre[list(question.parameters)] = lowest
    found: dict[str, tuple[str, Figure]] = {}
    if len(question.parameters) > 1:
        axes = _busiest_plane(question, centre, minima)
        plane = _slice(question, parameters=axes, centre=centre)
        found["plane"] = (
            f"Parameters {axes[0]} and {axes[1]} through the lowest minimum, the others held there.",
            plane.plot(minima),
        )
    else:
        line = _slice(question, parameters=question.parameters, centre=centre)
        found["plane"] = (f"Over a period of parameter {question.parameters[0]}.", line.plot(minima))
    trap = _trap(answer)
    if trap is not None:
        way = np.zeros_like(centre)
        turns = (minima.theta[trap] - lowest) / minima.period
        way[list(question.parameters)] = (turns - np.round(turns)) * minima.period
        line = _slice(question, directions=[way], centre=centre, span=(-0.4, 1.4))
        found["barrier"] = (
            "From the lowest minimum (0) straight to the spurious one in which most trainings end (1)."
            if answer.basins is not None
            else "From the lowest minimum (0) straight to a spurious one (1).",
            line.plot(minima),
        )
    if rate is not None:
        found["levels"] = (
            "Final losses of the trainings, hatched where they fail; marks below the axis are levels of minima.",
            rate.plot(minima),
        )
    if answer.coefficients is not None:
        found["spectrum"] = (
            "Modes of predictions and loss; beyond the dotted lines there are none.",
            answer.coefficients.spectrum().plot(answer.coefficients.spectrum(question.y)),
        )
    if _trains_as_studied(question):
        found["path"] = (
            "Three trainings by Adam from random starts (squares), in the plane of their principal directions.",
            _path(question, minima.period).plot(minima),
        )
    return found


def _lowest(minima: landscape.Minima) -> Real:
    valleys = sorted(minima.degenerate, key=lambda valley: valley.loss)
    if len(minima) and not (valleys and minima.spurious[0]):
        return np.asarray(minima.theta[0])
    return valleys[0].theta if valleys else np.zeros(len(minima.parameters))


def _slice(question: Question, **options: Any) -> landscape.Slice:
    return landscape.slice(question.model, question.y, question.X, question.states, **options)


def _busiest_plane(question: Question, centre: Real, minima: landscape.Minima) -> tuple[int, int]:
    """The two parameters whose plane holds most of the minima."""
    pairs = list(combinations(question.parameters[:8], 2))
    counts = [
        len(_slice(question, parameters=pair, centre=centre, points=2).minima(minima)[1]) for pair in pairs
    ]
    return pairs[int(np.argmax(counts))]


def _trap(answer: Answer) -> int | None:
    """The spurious minimum in which most trainings end, or the lowest one."""
    spurious = np.flatnonzero(answer.minima.spurious)
    if not len(spurious):
        return None
    if answer.basins is None:
        return int(spurious[0])
    return int(spurious[np.argmax(answer.basins.counts[spurious])])


def _trains_as_studied(question: Question) -> bool:
    """Whether a training moves no parameter that is held here."""
    held = np.setdiff1d(np.arange(question.model.n_params), question.parameters)
    _, gradient = question.model.loss_and_gradient(
        question.theta, question.y, X=question.X, states=question.states
    )
    return not np.any(np.abs(gradient[held]) > 1e-12)


def _path(question: Question, period: Real) -> landscape.Path:
    starts = np.tile(question.theta, (3, 1))
    draws = np.random.default_rng(question.seed).uniform(0, 1, (3, len(question.parameters)))
    starts[:, list(question.parameters)] = draws * np.where(np.isfinite(period), period, 2 * np.pi)
    with warnings.catch_warnings():
        # Of labels out of reach, which the levels of the minima show.
        warnings.simplefilter("ignore", QTangentWarning)
        run = train(
            question.model, question.y, X=question.X, states=question.states, theta=starts, optimizer=Adam(0.05),
            steps=_PATH_STEPS, record=("loss", "theta"),
        )  # fmt: skip
    return landscape.path(run, question.y, question.X, question.states)
