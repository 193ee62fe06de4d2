"""Three curves over each other for students: training, the frozen kernel, and infinitely many neurons."""

from __future__ import annotations

import time as clock

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..convergence.steps import log_grid, step_count
from ..dynamics.curves import Curve
from .descent import Descent
from .student_study import StudentStudy
from .students import jacobian, mean_gram, tangent_kernel
from .two_layer import TwoLayerNetwork
from .wide_limit import PopulationLimit, limit_kernel


def study(
    network: TwoLayerNetwork,
    W0: ArrayLike,
    *,
    time: float = 100.0,
    learning_rate: float | None = None,
    records: int = 100,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    alpha: float | None = None,
    limit: bool = False,
    probes: int = 256,
    seed: int = 0,
    progress: bool = False,
) -> StudentStudy:
    """Train a student by gradient descent and ask whether its tangent kernel stays where it was.

    The frozen kernel's curve is exact: on samples dr/dt = -(K(0)/n) r, on the population the quadratic loss of the student
    that is linear in W around W0. With `limit` stands beside it the training of infinitely many neurons in uniform
    directions, each of which moves infinitely little.

    Args:
        network: the teacher.
        W0: where the student starts, (m, d).
        time: learning rate times steps, > 0.
        learning_rate: of descent; 1/(8 max(sum |w_j|^2, sum |w*_i|)) unless given.
        records: most recorded steps, at least 2.
        X: inputs (n, d) to learn from; the population loss without.
        y: labels (n,); the teacher's unless given.
        alpha: trains alpha (f - f_0) in the place of f, on the loss over alpha^2; large ones make training lazy. Losses and
            predictions of the study are those of alpha (f - f_0). Population only.
        limit: for starts of random directions.
        probes: standard normal inputs on which kernel and predictions are recorded where no X is given.
        seed: of the probes.
        progress: shows a bar (needs tqdm).

    Raises:
        InvalidArgumentError: for bad shapes, time, records, alpha or probes out of range.
        OutOfMemoryError: for more probes than fit.
        NumericalError: if the loss grows without bound.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.

    Source: the frozen kernel Jacot, Gabriel, Hongler, NeurIPS 2018; alpha Chizat, Oyallon, Bach, NeurIPS 2019; the limit on
    the population is derived in docs/classical.md.
    """
    started = clock.perf_counter()
    arrays.instance("network", network, TwoLayerNetwork, "a qt.classical.TwoLayerNetwork")
    wants_limit = arrays.flag("limit", limit)
    students, single = network._students("W0", W0)
    if not single:
        raise InvalidArgumentError(f"W0 has shape {students.shape}; one student (m, d) is expected")
    start = students[0]
    if alpha is not None and X is not None:
        raise InvalidArgumentError("alpha was given with X; lazy training is that of the population")
    factor = 1.0 if alpha is None else arrays.number("alpha", alpha)
    trained = network if alpha is None else network.lazy(start, factor)
    sampled = X is not None
    inputs, labels = network._samples(X, y) if sampled else _probes(network, probes, seed)
    mass = float(np.sum(start**2))
    size = max(mass, float(np.linalg.norm(network.teacher, axis=1).sum()))
    rate = 1 / (8 * size) if learning_rate is None else arrays.number("learning_rate", learning_rate)
    steps = step_count(time, rate)
    run = trained.train(
        start, rate, steps, log_grid(steps, records), True,
        X=X if sampled else None, y=labels if sampled else None, progress=progress,
    )  # fmt: skip
    path = run.path
    assert path is not None
    at_start = network.predict(start, inputs)
    offset = 0.0 if alpha is None else at_start
    kernels = np.stack([tangent_kernel(W, inputs, inputs, network.activation) for W in path]) / len(inputs)
    predictions = factor * (network.predict(path, inputs) - offset)
    actual = Curve(run.time, predictions, predictions - labels, factor**2 * run.loss, kernels)
    if sampled:
        frozen = _kernel_curve(run.time, predictions[0], labels, kernels[0])
    else:
        frozen = _linear_curve(trained, start, run, inputs, labels, kernels[0], factor, predictions[0])
    wide: Curve | None = None
    reason: str | None = None
    if not wants_limit:
        reason = "no limit was asked for; pass limit=True for a start of random directions"
    elif start.shape[1] < 2:
        reason = "in one dimension there are no directions"
    else:
        wide = _wide_curve(network, mass, run.time, inputs, labels, sampled, alpha is not None)
    return StudentStudy(
        actual=actual, kernel_regression=frozen, asymptotic=wide, asymptotic_reason=reason,
        network=network, run=run, inputs=inputs,
        settings={
            "learning_rate": rate, "steps": steps, "records": len(run.step), "neurons": len(start),
            "teacher": len(network.teacher), "dimension": start.shape[1], "alpha": factor,
            "inputs": len(inputs), "samples": len(inputs) if sampled else 0, "seed": arrays.seed(seed),
        },
        elapsed=clock.perf_counter() - started,
    )  # fmt: skip


def _probes(network: TwoLayerNetwork, probes: int, seed: int) -> tuple[Real, Real]:
    """Standard normal inputs (probes, d), and the teacher's labels."""
    count = arrays.integer("probes", probes)
    if count < 1:
        raise InvalidArgumentError(f"probes is {count}; at least 1 is expected")
    stream = np.random.default_rng([arrays.seed(seed), int.from_bytes(b"probes", "big")])
    inputs = _native.result("the probes", (count, network.teacher.shape[1]), 0, "probes")
    stream.standard_normal(out=inputs)
    return inputs, network.labels(inputs)


def _kernel_curve(time: Real, first: Real, labels: Real, kernel: Real) -> Curve:
    """dr/dt = -K r on samples."""
    values, vectors = np.linalg.eigh(kernel)
    residuals = (np.exp(-np.outer(time, np.maximum(values, 0))) * (vectors.T @ (first - labels))) @ vectors.T
    loss = np.mean(residuals**2, axis=1) / 2
    return Curve(
        time, residuals + labels, residuals, loss, np.broadcast_to(kernel, (len(time), *kernel.shape))
    )


def _linear_curve(
    trained: TwoLayerNetwork, start: Real, run: Descent, inputs: Real, labels: Real, kernel: Real,
    factor: float, first: Real,
) -> Curve:  # fmt: skip
    """dW/dt = -(b + G (W - W0)) on the population, b the gradient and G = E J^T J at the start."""
    time = run.time
    values, vectors = np.linalg.eigh(mean_gram(start, trained.activation))
    values = np.maximum(values, 0)
    slopes = vectors.T @ trained.gradient(start).reshape(-1)
    # (1 - exp(-v t))/v, t where v is 0.
    exponents = np.outer(time, values)
    safe = np.where(values > 0, values, 1)
    moved = np.where(values > 0, -np.expm1(-exponents) / safe, time[:, None])
    fallen = np.where(values > 0, -np.expm1(-2 * exponents) / (2 * safe), time[:, None])
    loss = factor**2 * np.maximum(run.loss[0] - fallen @ slopes**2, 0)
    derivative = jacobian(start, inputs, trained.activation).reshape(len(inputs), -1)
    predictions = first - factor * (moved * slopes) @ (derivative @ vectors).T
    shape = (len(time), *kernel.shape)
    return Curve(time, predictions, predictions - labels, loss, np.broadcast_to(kernel, shape))


def _wide_curve(
    network: TwoLayerNetwork, mass: float, time: Real, inputs: Real, labels: Real, sampled: bool, lazy: bool
) -> Curve:
    """Infinitely many neurons, whose kernel stays; on samples, or on the population."""
    kernel = limit_kernel(inputs, inputs, mass, network.activation) / len(inputs)
    limit = PopulationLimit(network.teacher, mass, network.activation)
    if sampled:
        return _kernel_curve(time, limit.predictions(np.zeros(1), inputs, False)[0], labels, kernel)
    predictions = limit.predictions(time, inputs, lazy)
    shape = (len(time), *kernel.shape)
    return Curve(
        time, predictions, predictions - labels, limit.loss(time, lazy), np.broadcast_to(kernel, shape)
    )
