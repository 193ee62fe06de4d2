"""Teacher-student nets with two layers: exact population loss, gradient descent and the match of neurons."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .. import _signatures as c
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._running.advance import advance
from ..callbacks.base import Callbacks
from ..optimizers import GradientDescent
from ..training import Checkpoint, run_options
from . import starts
from .descent import Descent
from .matching import Match, match
from .network import TWO_LAYER_ACTIVATIONS, choice
from .students import tangent_kernel

# One pair of neurons in one dimension, on one thread.
_SECONDS = 3e-10


class TwoLayerNetwork:
    """Students f(x) = sum_j |w_j| phi(w_j.x) that learn a teacher sum_i phi(w*_i.x).

    On standard normal inputs the population loss L = E (f - f*)^2 / 2 and its gradient are closed forms of the angles
    between neurons. Rounding leaves about 1e-16 (sum of |w_j|^2 and |w*_i|)^2 of the loss; gradients keep their digits
    below that. Students can also learn from samples.

    Source: Zhou, Ge, Jin, COLT 2021 (arXiv 2102.02410); closed forms derived in docs/classical.md.
    """

    def __init__(self, teacher: ArrayLike, activation: str = "abs") -> None:
        """A teacher of r neurons.

        Args:
            teacher: (r, d), no neuron zero and no two parallel; opposite ones count as parallel for "abs".
            activation: "abs", as in the paper, or "relu".

        Raises:
            InvalidArgumentError: for a teacher of another shape, with a zero neuron or parallel ones.
        """
        array = arrays.real("teacher", teacher)
        if array.ndim != 2 or array.size == 0:
            raise InvalidArgumentError(f"teacher has shape {array.shape}; (r, d) is expected")
        arrays.finite("teacher", array)
        self._teacher: Real = array.copy()
        self._teacher.flags.writeable = False
        self._activation = activation
        self._code = choice("activation", activation, TWO_LAYER_ACTIVATIONS)
        self.loss(self._teacher)  # checks the neurons

    @property
    def teacher(self) -> Real:
        """The teacher's neurons, (r, d)."""
        return self._teacher

    @property
    def activation(self) -> str:
        """ "abs" or "relu"."""
        return self._activation

    def __repr__(self) -> str:
        r, d = self._teacher.shape
        return f"<TwoLayerNetwork: {r} teacher neurons, dimension {d}, {self._activation}>"

    def predict(self, W: ArrayLike, X: ArrayLike) -> Real:
        """What students give for inputs.

        Args:
            W: a student (m, d), or several (s, m, d).
            X: (n, d).

        Returns:
            (n,) or (s, n).

        Raises:
            InvalidArgumentError: for other shapes, or entries that are not finite.
        """
        students, single = self._students("W", W)
        values = self._activated(self._inputs(X) @ np.swapaxes(students, 1, 2))
        outputs = np.einsum("snm,sm->sn", values, np.linalg.norm(students, axis=2))
        return np.asarray(outputs[0] if single else outputs)

    def labels(self, X: ArrayLike) -> Real:
        """What the teacher gives for inputs.

        Args:
            X: (n, d).

        Returns:
            (n,).

        Raises:
            InvalidArgumentError: for another shape, or entries that are not finite.
        """
        return np.asarray(self._activated(self._inputs(X) @ self._teacher.T).sum(axis=1))

    def loss(self, W: ArrayLike, X: ArrayLike | None = None, y: ArrayLike | None = None) -> float | Real:
        """The population loss, or that on samples, 1/(2n) sum (f(x) - y)^2.

        Args:
            W: a student (m, d), or several (s, m, d).
            X: inputs (n, d); the population without.
            y: labels (n,); the teacher's unless given.

        Returns:
            A number, or (s,).

        Raises:
            InvalidArgumentError: for other shapes, or entries that are not finite.
        """
        return self._evaluate(W, X, y, False)[0]

    def gradient(self, W: ArrayLike, X: ArrayLike | None = None, y: ArrayLike | None = None) -> Real:
        """The gradient of the loss; it is zero at neurons that are zero.

        Args:
            W: a student (m, d), or several (s, m, d).
            X: inputs (n, d); the population without.
            y: labels (n,); the teacher's unless given.

        Returns:
            (m, d) or (s, m, d), as W.

        Raises:
            InvalidArgumentError: for other shapes, or entries that are not finite.
        """
        return self._evaluate(W, X, y, True)[1]

    def loss_and_gradient(
        self, W: ArrayLike, X: ArrayLike | None = None, y: ArrayLike | None = None
    ) -> tuple[float | Real, Real]:
        """Both for the price of the gradient.

        Args:
            W: a student (m, d), or several (s, m, d).
            X: inputs (n, d); the population without.
            y: labels (n,); the teacher's unless given.

        Returns:
            A number and (m, d), or (s,) and (s, m, d).

        Raises:
            InvalidArgumentError: for other shapes, or entries that are not finite.
        """
        return self._evaluate(W, X, y, True)

    def train(
        self,
        W0: ArrayLike,
        learning_rate: float,
        steps: int,
        record_every: int | ArrayLike = 1,
        record_path: bool = False,
        *,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        callback: Callbacks = None,
        progress: bool = False,
        checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    ) -> Descent:
        """Gradient descent W <- W - learning_rate dL/dW, many starts at a time; the same bits on any number of threads.

        Args:
            W0: a start (m, d), or several (s, m, d).
            learning_rate: positive.
            steps: at least 0.
            record_every: an integer, or steps (n,); step 0 and the last one are always recorded.
            record_path: whether the students of all recorded steps are kept.
            X: inputs (n, d) to learn from; the population loss without.
            y: labels (n,); the teacher's unless given.
            batch_size: samples a step; all unless given.
            seed: shuffles the mini-batches.
            callback: callback(step, loss, W) before each step; True stops the run. It runs in a worker thread. With
                batch_size the loss is that of the batch which the step takes, at the last call that of all samples.
            progress: shows a bar (needs tqdm).
            checkpoint: a path or a `qt.Checkpoint`, for `resume`; also written when the run is interrupted.

        Returns:
            A `Descent`; its shapes have the axis s of several starts first.

        Raises:
            InvalidArgumentError: for bad shapes, a learning rate that is not positive, negative steps.
            FileError: for a checkpoint that cannot be written or exists already, before the training starts.
            NumericalError: if the loss grows without bound: the learning rate is too large.
            OutOfMemoryError: if the record takes more than a call may.
            Interrupted: after Ctrl-C, with what was recorded in `.run`.
        """
        students, single = self._students("W0", W0)
        count = arrays.integer("steps", steps)
        if count < 0:
            raise InvalidArgumentError(f"steps is {count}; at least 0 is expected")
        record = ("loss", "theta") if arrays.flag("record_path", record_path) else ("loss",)
        every = _recorded(record_every, count)
        options = run_options(GradientDescent(learning_rate), seed, record, every, batch_size, checkpoint)
        options.record |= c.QTG_RECORD_GRADIENT_NORM
        options.axes = 0 if single else c.QTG_AXIS_SETS
        inputs, labels = self._samples(X, y)
        handle = _native.create(
            "qtg_teacher_student_run_create",
            *self._arguments(students, inputs, labels),
            ctypes.byref(options),
        )
        run = Descent._adopt(handle)
        advance(run, run._state, count, callback, progress)
        return run

    def initialize(
        self,
        m: int,
        method: str = "random",
        seed: int = 0,
        *,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
    ) -> Real:
        """A start of the paper: directions drawn by seed, sizes that minimise the loss among the non-negative ones.

        Args:
            m: neurons. Those whose best size is zero are zero and take no part.
            method: "random", directions in all of space (algorithm 1), or "subspace", in the span of the r leading
                eigenvectors of E y (x x^T - 1), which is the teacher's (algorithm 2).
            seed: of the directions.
            X: inputs (n, d) from which eigenvectors and sizes are estimated; exact over the population without.
            y: labels (n,); the teacher's unless given.

        Returns:
            (m, d).

        Raises:
            InvalidArgumentError: for other shapes and methods, m below 1, entries that are not finite.
            OutOfMemoryError: for more neurons than fit.
            ImportError: without SciPy.

        Source: Zhou, Ge, Jin, COLT 2021, algorithms 1 and 2; non-negative least squares of SciPy.
        """
        count = self._neurons(m)
        if not arrays.among(method, ("random", "subspace")):
            raise InvalidArgumentError(f"method is {method!r}; it must be 'random' or 'subspace'")
        samples = None if X is None and y is None else self._samples(X, y)
        r, d = self._teacher.shape
        number = arrays.seed(seed)
        if method == "random":
            W = starts.random_directions(count, d, number)
        else:
            moments = (
                starts.population_moments(self._teacher)
                if samples is None
                else starts.sample_moments(*samples)
            )
            W = starts.subspace_directions(count, moments, r, number)
        return starts.with_best_sizes(W, self._teacher, self._activation, samples)

    def near_teacher(self, m: int, angle: float = 0.3, seed: int = 0) -> Real:
        """A start of the local regime: neurons shared evenly among the teacher's, each at an angle from its own.

        The setting is ours: the masses |w_j|^2 around a teacher neuron are equal and add up to its size.

        Args:
            m: neurons, at least as many as the teacher's.
            angle: in radians, 0 to pi/2.
            seed: of the directions in which they lie.

        Returns:
            (m, d).

        Raises:
            InvalidArgumentError: for fewer neurons than the teacher's, and angles out of range.
        """
        count = self._neurons(m)
        if count < len(self._teacher):
            raise InvalidArgumentError(
                f"m is {count}; the teacher's {len(self._teacher)} neurons need one each"
            )
        value = arrays.number("angle", angle)
        if not 0 <= value <= np.pi / 2:
            raise InvalidArgumentError(f"angle is {angle}; 0 to pi/2 is expected")
        return starts.near_teacher(self._teacher, count, value, arrays.seed(seed))

    def small(self, m: int, mass: float | None = None, seed: int = 0) -> Real:
        """A start of the mean-field regime: many neurons of equal size in random directions.

        The setting is ours.

        Args:
            m: neurons.
            mass: sum of |w_j|^2, positive; a tenth of the teacher's sum of |w*_i| unless given.
            seed: of the directions.

        Returns:
            (m, d).

        Raises:
            InvalidArgumentError: for m below 1, and a mass that is not positive.
        """
        whole = 0.1 * float(np.linalg.norm(self._teacher, axis=1).sum())
        value = whole if mass is None else arrays.number("mass", mass)
        if value <= 0:
            raise InvalidArgumentError(f"mass is {mass}; it must be positive")
        return starts.of_mass(self._neurons(m), self._teacher.shape[1], value, arrays.seed(seed))

    def lazy(self, W0: ArrayLike, alpha: float) -> TwoLayerNetwork:
        """Training of alpha (f - f_0) on the loss over alpha^2, as a teacher whose student f is.

        E (alpha (f - f_0) - f*)^2 / (2 alpha^2) = E (f - f_0 - f*/alpha)^2 / 2: the teacher's neurons over alpha beside
        the start's own, |w_j| w_j.

        Args:
            W0: the start, (m, d), no two neurons parallel, as for a teacher; zero ones are left out.
            alpha: positive.

        Returns:
            A network whose students start at W0.

        Raises:
            InvalidArgumentError: for another shape, alpha that is not positive, parallel neurons.

        Source: Chizat, Oyallon, Bach, NeurIPS 2019 (arXiv 1812.07956).
        """
        students, single = self._students("W0", W0)
        if not single:
            raise InvalidArgumentError(f"W0 has shape {students.shape}; one student (m, d) is expected")
        factor = arrays.number("alpha", alpha)
        if not factor > 0:
            raise InvalidArgumentError(f"alpha is {alpha}; it must be positive")
        sizes = np.linalg.norm(students[0], axis=1)
        own = (sizes[:, None] * students[0])[sizes > 0]
        return TwoLayerNetwork(np.concatenate([self._teacher / factor, own]), self._activation)

    def tangent_kernel(self, W: ArrayLike, X: ArrayLike, X2: ArrayLike | None = None) -> Real:
        """The tangent kernel of a student: sum_j |w_j|^2 phi'(w_j.x) phi'(w_j.y) (x.y + 3 (u_j.x)(u_j.y)).

        Args:
            W: one student, (m, d).
            X: (n, d).
            X2: (n2, d); X unless given.

        Returns:
            (n, n2).

        Raises:
            InvalidArgumentError: for other shapes, or entries that are not finite.
        """
        students, single = self._students("W", W)
        if not single:
            raise InvalidArgumentError(f"W has shape {students.shape}; one student (m, d) is expected")
        inputs = self._inputs(X)
        others = inputs if X2 is None else self._inputs(X2)
        return tangent_kernel(students[0], inputs, others, self._activation)

    def match(self, W: ArrayLike) -> Match:
        """Which teacher neuron each neuron of a student is nearest to, and how far the student is from it.

        Args:
            W: one student, (m, d).

        Raises:
            InvalidArgumentError: for another shape, and for "relu", for which the paper states nothing.
        """
        if self._activation != "abs":
            raise InvalidArgumentError('neurons are matched up to their signs, for activation "abs" alone')
        students, single = self._students("W", W)
        if not single:
            raise InvalidArgumentError(f"W has shape {students.shape}; one student (m, d) is expected")
        loss, gradient = self._evaluate(students[0], None, None, True)
        return match(self._teacher, students[0], float(loss), gradient)

    def _students(self, name: str, W: ArrayLike) -> tuple[Real, bool]:
        array = arrays.real(name, W)
        d = self._teacher.shape[1]
        if array.ndim not in (2, 3) or array.size == 0 or array.shape[-1] != d:
            raise InvalidArgumentError(f"{name} has shape {array.shape}; (m, {d}) or (s, m, {d}) is expected")
        arrays.finite(name, array)
        return array.reshape(-1, *array.shape[-2:]), array.ndim == 2

    def _neurons(self, m: int) -> int:
        count = arrays.integer("m", m)
        if count < 1:
            raise InvalidArgumentError(f"m is {count}; a student needs at least one neuron")
        return count

    def _inputs(self, X: ArrayLike) -> Real:
        array = arrays.real("X", X)
        d = self._teacher.shape[1]
        if array.ndim != 2 or array.size == 0 or array.shape[1] != d:
            raise InvalidArgumentError(f"X has shape {array.shape}; (n, {d}) is expected")
        arrays.finite("X", array)
        return array

    def _samples(self, X: ArrayLike | None, y: ArrayLike | None) -> tuple[Real, Real]:
        """Inputs and labels, none of either for the population."""
        if X is None:
            if y is not None:
                raise InvalidArgumentError("y was given without X; labels belong to inputs")
            return np.empty((0, self._teacher.shape[1])), np.empty(0)
        inputs = self._inputs(X)
        if y is None:
            return inputs, self.labels(inputs)
        labels = arrays.real("y", y)
        if labels.shape != (len(inputs),):
            raise InvalidArgumentError(f"y has shape {labels.shape}; ({len(inputs)},) is expected, as X")
        arrays.finite("y", labels)
        return inputs, labels

    def _activated(self, values: Real) -> Real:
        return np.abs(values) if self._activation == "abs" else np.maximum(values, 0)

    def _arguments(self, students: Real, inputs: Real, labels: Real) -> tuple[object, ...]:
        r, d = self._teacher.shape
        s, m, _ = students.shape
        samples = (len(inputs), arrays.pointer(inputs), arrays.pointer(labels))
        return (
            r, d, arrays.pointer(self._teacher), self._code, *samples, s, m, arrays.pointer(students),
        )  # fmt: skip

    def _evaluate(
        self, W: ArrayLike, X: ArrayLike | None, y: ArrayLike | None, gradients: bool
    ) -> tuple[float | Real, Real]:
        students, single = self._students("W", W)
        inputs, labels = self._samples(X, y)
        losses = np.empty(len(students))
        found = np.empty_like(students) if gradients else np.empty((0, 0, 0))
        s, m, d = students.shape
        pairs = s * m * (m + len(self._teacher) + len(inputs))
        _native.interruptible(
            _SECONDS * float(pairs * (d + 10)),
            lambda cancel: _native.call(
                "qtg_teacher_student_evaluate_samples",
                *self._arguments(students, inputs, labels),
                cancel,
                arrays.pointer(losses),
                arrays.pointer(found) if gradients else None,
            ),
        )
        if single:
            return float(losses[0]), found[0] if gradients else found
        return losses, found


def _recorded(every: int | ArrayLike, steps: int) -> int | Sequence[int]:
    """An interval, or the recorded steps."""
    if np.ndim(every) == 0:
        interval = arrays.integer("record_every", every)
        if interval < 1:
            raise InvalidArgumentError(f"record_every is {interval}; at least 1 is expected")
        return interval
    chosen = arrays.indices("record_every", every)
    if ((chosen < 0) | (chosen > steps)).any():
        raise InvalidArgumentError(f"record_every names steps outside 0, ..., {steps}")
    return [int(step) for step in np.union1d(chosen, [0])]
