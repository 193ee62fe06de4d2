"""Teacher-student nets with two layers: exact population loss, gradient descent and the match of neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _native
from .. import _signatures as c
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .matching import Match, match
from .network import choice

ACTIVATIONS = {"abs": c.QTG_TWO_LAYER_ABSOLUTE, "relu": c.QTG_TWO_LAYER_RELU}

# One pair of neurons in one dimension, on one thread.
_SECONDS = 3e-10


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent of students, recorded.

    Attributes:
        W: (m, d), or (s, m, d) for several starts: after the last step.
        step: (T,), the recorded steps.
        time: (T,), learning rate times step.
        loss: (T,) or (s, T).
        gradient_norm: (T,) or (s, T), Frobenius norms.
        path: (T, m, d) or (s, T, m, d), or None if it was not recorded.
    """

    W: Real
    step: NDArray[np.int64]
    time: Real
    loss: Real
    gradient_norm: Real
    path: Real | None


class TwoLayerNetwork:
    """Students f(x) = sum_j |w_j| phi(w_j.x) that learn a teacher sum_i phi(w*_i.x) on standard normal inputs.

    The population loss L = E (f - f*)^2 / 2 and its gradient are closed forms of the angles between neurons. Rounding
    leaves about 1e-16 (sum of |w_j|^2 and |w*_i|)^2 of the loss; gradients keep their digits below that.

    Source: Zhou, Ge, Jin, COLT 2021 (arXiv 2102.02410); closed forms derived in docs/classical.md.
    """

    def __init__(self, teacher: ArrayLike, activation: str = "abs") -> None:
        """A teacher of r neurons.

        Args:
            teacher: (r, d), no neuron zero and no two parallel.
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
        self._code = choice("activation", activation, ACTIVATIONS)
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

    def loss(self, W: ArrayLike) -> float | Real:
        """The population loss.

        Args:
            W: a student (m, d), or several (s, m, d).

        Returns:
            A number, or (s,).

        Raises:
            InvalidArgumentError: for another shape, or entries that are not finite.
        """
        return self._evaluate(W, False)[0]

    def gradient(self, W: ArrayLike) -> Real:
        """The gradient of the population loss; it is zero at neurons that are zero.

        Args:
            W: a student (m, d), or several (s, m, d).

        Returns:
            (m, d) or (s, m, d), as W.

        Raises:
            InvalidArgumentError: for another shape, or entries that are not finite.
        """
        return self._evaluate(W, True)[1]

    def loss_and_gradient(self, W: ArrayLike) -> tuple[float | Real, Real]:
        """Both for the price of the gradient.

        Args:
            W: a student (m, d), or several (s, m, d).

        Returns:
            A number and (m, d), or (s,) and (s, m, d).

        Raises:
            InvalidArgumentError: for another shape, or entries that are not finite.
        """
        return self._evaluate(W, True)

    def train(
        self,
        W0: ArrayLike,
        learning_rate: float,
        steps: int,
        record_every: int | ArrayLike = 1,
        record_path: bool = False,
    ) -> Descent:
        """Gradient descent W <- W - learning_rate dL/dW, many starts at a time.

        Args:
            W0: a start (m, d), or several (s, m, d).
            learning_rate: positive.
            steps: at least 0.
            record_every: an integer, or steps (n,); step 0 and the last one are always recorded.
            record_path: whether the students of all recorded steps are kept.

        Returns:
            A `Descent`; its shapes have the axis s of several starts first.

        Raises:
            InvalidArgumentError: for bad shapes, a learning rate that is not positive, negative steps.
            NumericalError: if the loss grows without bound: the learning rate is too large.
            Interrupted: after Ctrl-C.
        """
        students, single = self._students("W0", W0)
        rate = arrays.number("learning_rate", learning_rate)
        count = arrays.integer("steps", steps)
        if count < 0:
            raise InvalidArgumentError(f"steps is {count}; at least 0 is expected")
        step = _recorded(record_every, count)
        s, m, d = students.shape
        W = np.empty_like(students)
        loss, norms = np.empty((s, len(step))), np.empty((s, len(step)))
        path = _native.result("the path", (s, len(step), m, d), 1, "recorded steps") if record_path else None
        _native.interruptible(
            self._seconds(students) * (count + len(step)),
            lambda cancel: _native.call(
                "qtg_teacher_student_descend",
                *self._arguments(students),
                rate,
                len(step),
                arrays.pointer(step),
                cancel,
                arrays.pointer(W),
                arrays.pointer(loss),
                arrays.pointer(norms),
                arrays.pointer(path),
            ),
            "the training",
        )
        if single:
            W, loss, norms, path = W[0], loss[0], norms[0], None if path is None else path[0]
        return Descent(W, step, np.asarray(rate * step, dtype=np.float64), loss, norms, path)

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
        loss, gradient = self._evaluate(students[0], True)
        return match(self._teacher, students[0], float(loss), gradient)

    def _students(self, name: str, W: ArrayLike) -> tuple[Real, bool]:
        array = arrays.real(name, W)
        d = self._teacher.shape[1]
        if array.ndim not in (2, 3) or array.size == 0 or array.shape[-1] != d:
            raise InvalidArgumentError(f"{name} has shape {array.shape}; (m, {d}) or (s, m, {d}) is expected")
        arrays.finite(name, array)
        return array.reshape(-1, *array.shape[-2:]), array.ndim == 2

    def _arguments(self, students: Real) -> tuple[object, ...]:
        r, d = self._teacher.shape
        s, m, _ = students.shape
        return r, d, arrays.pointer(self._teacher), self._code, s, m, arrays.pointer(students)

    def _seconds(self, students: Real) -> float:
        """Of one evaluation."""
        s, m, d = students.shape
        return _SECONDS * float(s * m * (m + len(self._teacher)) * (d + 10))

    def _evaluate(self, W: ArrayLike, gradients: bool) -> tuple[float | Real, Real]:
        students, single = self._students("W", W)
        losses = np.empty(len(students))
        found = np.empty_like(students) if gradients else np.empty((0, 0, 0))
        _native.interruptible(
            self._seconds(students),
            lambda cancel: _native.call(
                "qtg_teacher_student_evaluate",
                *self._arguments(students),
                cancel,
                arrays.pointer(losses),
                arrays.pointer(found) if gradients else None,
            ),
        )
        if single:
            return float(losses[0]), found[0] if gradients else found
        return losses, found


def _recorded(every: int | ArrayLike, steps: int) -> NDArray[np.int64]:
    """The recorded steps, 0 and the last one among them."""
    if np.ndim(every) == 0:
        interval = arrays.integer("record_every", every)
        if interval < 1:
            raise InvalidArgumentError(f"record_every is {interval}; at least 1 is expected")
        chosen = np.arange(0, steps + 1, interval)
    else:
        chosen = arrays.indices("record_every", every)
        if ((chosen < 0) | (chosen > steps)).any():
            raise InvalidArgumentError(f"record_every names steps outside 0, ..., {steps}")
    return np.union1d(chosen, [0, steps]).astype(np.int64)
