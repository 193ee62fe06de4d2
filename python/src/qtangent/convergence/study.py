"""Train a model and lay three curves over each other: what training did, what the frozen tangent kernel
promised, and what the over-parameterised limit promises."""

from __future__ import annotations

import time as clock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from ..dynamics.curves import curve
from ..habits.positional import named_after
from ..optimizers import GradientDescent
from ..samples import Samples, labelled
from ..training import begin, train
from .checks import check_start, checked_count, checked_labels, with_plain_output
from .clock import time_unit
from .held_out import evaluate, held_out_set
from .problem import Problem
from .result import Study
from .steps import log_grid, stable_step, step_count
from .theory import asymptotic_curve, floors_of, kernel_regression_curve, lower_bound
from .under_noise import UnderNoise, noise_free_curve

if TYPE_CHECKING:
    from ..models import Model


@named_after("y", before=1)
def study(
    model: Model,
    y: ArrayLike,
    *,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    theta: ArrayLike | None = None,
    seed: int = 0,
    time: float = 20.0,
    dt: float | None = None,
    records: int = 200,
    X_test: ArrayLike | Samples | None = None,
    states_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    progress: bool = False,
    max_steps: int | None = None,
) -> Study:
    """Train by gradient descent and explain the convergence.

    Descent takes steps of size eta = dt m / z_sum, each dt of normalised time. On a logarithmic grid of steps
    the predictions, the tangent kernel and the parameters are recorded; on the same grid stand the solution
    for the frozen kernel K(0) and the over-parameterised limit.

    Args:
        model: The network. Where an angle multiplies a parameter with a feature there is no `z_sum`: the number of samples
            takes its place, so that time is the learning rate times the steps, and floors and the limit are left out.
        y: Labels (m,), or (m, k) for k outputs.
        X: Features (m, f), or `qt.Samples` in the place of X and states. X, states or both, as for `model.predict`.
        states: Input states (m, d) or (m, d, d).
        theta: Initial parameters (p,); drawn uniformly from [0, 2 pi) by `seed` if left out.
        seed: Of the initial parameters.
        time: Normalised time to train for, > 0.
        dt: Normalised time of a step; min(0.05, 0.5 z_sum / lambda_max(K(0))) if left out.
        records: Most recorded steps, at least 2.
        X_test: Features of held-out samples, (m_test, f), or `qt.Samples`.
        states_test: States of held-out samples, (m_test, d) or (m_test, d, d).
        y_test: Labels of held-out samples, (m_test,) or (m_test, k); a sample counts as right if the nearest label (one
            output: the nearest of the labels in y) or the largest output (several) is its own.
        progress: Show a bar (needs tqdm).
        max_steps: Most steps; where `time` takes more, training ends earlier. A circuit on many qubits moves little in a
            unit of normalised time, so that stable steps are many.

    Raises:
        InvalidArgumentError: Shapes disagree, values are not finite, the circuit has nothing to train, `time`,
            `dt`, `records` or `max_steps` out of range.
        Interrupted: After Ctrl-C, with what was recorded in `.run`.

    Warns:
        QTangentWarning: Labels outside the range of the measurement or out of reach for these states; a
            learning rate above the critical one.
    """
    started = clock.perf_counter()
    labels = checked_labels(y)
    model = with_plain_output(model)
    check_start(model, theta)
    held_out = held_out_set(model, labels, X_test, states_test, y_test)
    m = len(labels)
    z_sum, _ = time_unit(model, m)
    if z_sum == 0:
        raise InvalidArgumentError("no gate of the circuit depends on a parameter: there is nothing to train")
    samples, _ = labelled(model, labels, X, states, "mse")
    start = begin(model, labels, X=samples, theta=theta, seed=seed).theta
    if held_out is not None:
        evaluate(held_out, model, start[None])  # samples that do not fit must show before the training
    problem = Problem.of(model, labels, samples, start)
    kernel = model.tangent_kernel(start, samples)
    largest = max(float(np.linalg.eigvalsh(kernel)[-1]) / z_sum, 1e-300)
    critical = 2 / largest
    step = stable_step(largest) if dt is None else _arrays.number("dt", dt)
    steps = step_count(time, step)
    if max_steps is not None:
        steps = min(steps, checked_count("max_steps", max_steps))

    run = train(
        model, labels, X=samples, theta=problem.theta, seed=seed,
        optimizer=GradientDescent(step * m / z_sum), steps=steps,
        record=("loss", "predictions", "kernel", "theta"), record_every=log_grid(steps, records),
        progress=progress,
    )  # fmt: skip
    floors, floor_reason = floors_of(problem, run)
    actual = curve(
        np.asarray(run.step * step, dtype=np.float64),
        np.asarray(run.predictions),
        labels,
        np.asarray(run.kernel / z_sum, dtype=np.float64),
    )
    asymptotic, reason = asymptotic_curve(problem, actual.time)
    return Study(
        problem=problem,
        settings={
            "seed": _arrays.seed(seed),
            "time": float(actual.time[-1]),
            "dt": step,
            "critical_dt": critical,
            "learning_rate": step * m / z_sum,
            "steps": steps,
            "records": len(actual.time),
            "z_sum": z_sum,
            "scale": float(model.scale),
            "samples": m,
            "parameters": problem.theta.size,
            "qubits": model.circuit.n_qubits,
        },
        run=run,
        actual=actual,
        kernel_regression=kernel_regression_curve(problem, actual),
        asymptotic=asymptotic,
        asymptotic_reason=reason,
        floors=floors,
        floor_reason=floor_reason,
        lower_bound=lower_bound(problem, actual),
        test=None if held_out is None else evaluate(held_out, model, run.theta_history),
        noise_free=noise_free_curve(problem, actual.time),
        under_noise=UnderNoise.of(problem, actual, np.asarray(run.theta), step * m / z_sum),
        elapsed=clock.perf_counter() - started,
    )
