"""One point of a sweep: train, and compare with what theory says. Runs wherever the executor puts it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import numpy as np

from ..._native import get_num_threads, set_num_threads
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...dynamics.curves import Curve, curve
from ...optimizers import GradientDescent
from ...samples import labelled
from ...training import train
from ..clock import time_unit
from ..problem import Problem
from ..steps import subdivision
from ..theory import asymptotic_curve, kernel_regression_curve, lower_bound
from ..three_curves import kernel_drift
from .built import Build, Built, named
from .point import Arrays, Point, Settings


class Stopped(Exception):
    """The sweep was interrupted while this point ran."""


def compute(
    build: Build, point: Point, settings: Settings, is_kept: bool, stop: Event | None = None
) -> tuple[dict[str, str], Arrays]:
    """The digests of what was built for a point, for one that is kept, and everything recorded of it, with the draws of
    theta as the first axis: (draws, T) or (draws,).

    Raises:
        QTangentError: What training raises, with the point in front.
        Stopped: `stop` was set.
    """
    with named(point):
        built = Built.of(build, point)
        return built.digests() if is_kept else {}, _recorded(built, settings, stop)


def on_threads(threads: int, work: Callable[..., Any], *arguments: Any) -> Any:
    """work(*arguments) in a process that shares the machine with others: its calls use no more than so many threads."""
    before = get_num_threads()
    set_num_threads(min(threads, before))
    try:
        return work(*arguments)
    finally:
        set_num_threads(before)


def _recorded(built: Built, settings: Settings, stop: Event | None) -> Arrays:
    model, theta, labels, states, X = built.model, built.theta, built.y, built.states, built.X
    z_sum, _ = time_unit(model, len(labels))
    if z_sum == 0:
        raise InvalidArgumentError("no gate of the circuit depends on a parameter: there is nothing to train")
    divisor = _subdivision(built, settings)
    grid = settings.recorded_steps
    samples, _ = labelled(model, labels, X, states, "mse")
    run = train(
        model, labels, X=samples, theta=theta,
        optimizer=GradientDescent(settings.step / divisor * len(labels) / z_sum), steps=grid[-1] * divisor,
        record=("predictions", "kernel"), record_every=[step * divisor for step in grid],
        callback=None if stop is None else lambda step, loss, theta: stop.is_set(),
    )  # fmt: skip
    if stop is not None and stop.is_set():
        raise Stopped
    draws = [
        _describe(
            Problem.of(model, labels, samples, one),
            curve(settings.recorded_times, predictions, labels, kernel / z_sum),
        )
        for one, predictions, kernel in zip(theta, run.predictions, run.kernel, strict=True)
    ]
    return {name: np.stack([draw[name] for draw in draws]) for name in draws[0]}


def _subdivision(built: Built, settings: Settings) -> int:
    """Descent steps a step of the time grid: 1, or more where the largest eigenvalue of K(0) asks for it."""
    if settings.dt is not None:
        return 1
    kernels = built.model.tangent_kernel(built.theta, X=built.X, states=built.states)
    largest = float(np.linalg.eigvalsh(kernels)[:, -1].max()) / time_unit(built.model, len(built.y))[0]
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
