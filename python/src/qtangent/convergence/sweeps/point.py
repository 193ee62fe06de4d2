"""One point of a sweep: train, and compare with what theory says. Runs wherever the executor puts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError, QTangentError
from ...dynamics.curves import Curve, curve
from ...models import Model
from ...optimizers import GradientDescent
from ...training import train
from ..checks import checked_labels, with_plain_output
from ..problem import Problem
from ..record import kernel_drift
from ..steps import LARGEST_STEP, log_grid, step_count, subdivision
from ..theory import asymptotic_curve, kernel_regression_curve, lower_bound

Build = Callable[..., tuple[Any, ...]]
Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, order=True)
class Point:
    """Where in the sweep."""

    n: int
    p: int
    m: int
    scale: float
    seed: int

    @property
    def name(self) -> str:
        """The point as part of a file name."""
        return "-".join(f"{key}{value}" for key, value in asdict(self).items())

    @property
    def cost(self) -> float:
        """Work of a training, up to a factor common to the sweep."""
        return float(self.p * self.m * 2.0**self.n)


@dataclass(frozen=True)
class Settings:
    """What all points of a sweep share."""

    time: float
    dt: float | None
    records: int

    @property
    def step(self) -> float:
        """The step of normalised time before any subdivision."""
        return LARGEST_STEP if self.dt is None else self.dt

    @property
    def recorded_steps(self) -> list[int]:
        return log_grid(step_count(self.time, self.step), self.records)

    @property
    def recorded_times(self) -> Real:
        return np.asarray(self.recorded_steps, dtype=np.float64) * self.step


class Stopped(Exception):
    """The sweep was interrupted while this point ran."""


def compute(build: Build, point: Point, settings: Settings, stop: Event | None = None) -> Arrays:
    """Everything recorded of one point, with the draws of theta as the first axis: (draws, T) or (draws,).

    Raises:
        QTangentError: What training raises, with the point in front.
        Stopped: `stop` was set.
    """
    try:
        return _compute(build, point, settings, stop)
    except QTangentError as error:
        raise type(error)(f"{point.name}: {error}") from error


def _compute(build: Build, point: Point, settings: Settings, stop: Event | None) -> Arrays:
    model, theta, y, states, X = _built(build, point)
    model, labels, z_sum = with_plain_output(model), checked_labels(y), float(model.z_sum)
    if z_sum == 0:
        raise InvalidArgumentError("no gate of the circuit depends on a parameter: there is nothing to train")
    divisor = _subdivision(model, theta, X, states, settings)
    grid = settings.recorded_steps
    run = train(
        model, labels, X=X, states=states, theta=theta,
        optimizer=GradientDescent(settings.step / divisor * len(labels) / z_sum), steps=grid[-1] * divisor,
        record=("predictions", "kernel"), record_every=[step * divisor for step in grid],
        callback=None if stop is None else lambda step, loss, theta: stop.is_set(),
    )  # fmt: skip
    if stop is not None and stop.is_set():
        raise Stopped
    draws = [
        _describe(
            Problem.of(model, labels, X, states, one),
            curve(settings.recorded_times, predictions, labels, kernel / z_sum),
        )
        for one, predictions, kernel in zip(theta, run.predictions, run.kernel, strict=True)
    ]
    return {name: np.stack([draw[name] for draw in draws]) for name in draws[0]}


def _built(build: Build, point: Point) -> tuple[Model, Real, Any, Any, Any]:
    """What `build` returned, theta as (draws, p)."""
    result = build(*astuple(point))
    if not isinstance(result, tuple) or len(result) not in (4, 5) or not isinstance(result[0], Model):
        raise InvalidArgumentError(
            f"build returned {type(result).__name__}; a tuple (model, theta, y, states) or "
            "(model, theta, y, states, X) is expected"
        )
    model, theta, y, states, X = (*result, None)[:5]
    return model, np.atleast_2d(np.asarray(theta, dtype=np.float64)), y, states, X


def _subdivision(model: Model, theta: Real, X: Any, states: Any, settings: Settings) -> int:
    """Descent steps a step of the time grid: 1, or more where the largest eigenvalue of K(0) asks for it."""
    if settings.dt is not None:
        return 1
    kernels = model.tangent_kernel(theta, X=X, states=states)
    largest = float(np.linalg.eigvalsh(kernels)[:, -1].max()) / float(model.z_sum)
    return subdivision(settings.step, largest)


def _describe(problem: Problem, actual: Curve) -> Arrays:
    """The curves of one training and their distances."""
    frozen = kernel_regression_curve(problem, actual)
    limit, _ = asymptotic_curve(problem, actual.time)
    bound = lower_bound(problem, actual)
    spectrum = np.linalg.eigvalsh(actual.kernel)
    nothing = np.full(len(actual.time), np.nan)
    return {
        "loss": actual.loss,
        "kernel_regression_loss": frozen.loss,
        "asymptotic_loss": nothing if limit is None else limit.loss,
        "lower_bound": nothing if bound is None else bound,
        "kernel_regression_distance": _distance(actual, frozen),
        "asymptotic_distance": nothing if limit is None else _distance(actual, limit),
        "kernel_drift": kernel_drift(actual.kernel),
        "asymptotic_kernel_drift": nothing if limit is None else kernel_drift(limit.kernel),
        "kernel_distance": nothing if limit is None else _kernel_distance(actual, limit),
        "lambda_min": np.asarray(spectrum[:, 0], dtype=np.float64),
        "lambda_max": np.asarray(spectrum[:, -1], dtype=np.float64),
        "z_sum": np.asarray(problem.z_sum),
    }


def _distance(one: Curve, other: Curve) -> Real:
    """Largest difference of a prediction at each time, (T,)."""
    difference = np.abs(one.predictions - other.predictions)
    return np.asarray(difference.reshape(len(difference), -1).max(axis=1), dtype=np.float64)


def _kernel_distance(actual: Curve, limit: Curve) -> Real:
    """||K/Zsum - K_limit|| / ||K_limit|| at each time, (T,)."""
    difference = np.linalg.norm(actual.kernel - limit.kernel, axis=(1, 2))
    return np.asarray(difference / np.linalg.norm(limit.kernel, axis=(1, 2)), dtype=np.float64)
