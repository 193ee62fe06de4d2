"""Runs of students: their record, their file, and how they go on."""

from __future__ import annotations

import ctypes
import os

from .. import _native
from .. import _signatures as c
from .._native.arrays import Real
from .._running.advance import advance
from .._running.record import RecordedRun, read
from ..callbacks.base import Callbacks
from .network import TWO_LAYER_ACTIVATIONS


class Descent(RecordedRun):
    """Gradient descent of students, recorded; made by `TwoLayerNetwork.train`, `resume` and `Descent.load`.

    With s starts every array but `step` and `time` has s first. T counts the recorded steps, step 0 and the last one
    among them; losses and gradients are those of the population, or of all samples where X was given.
    """

    _LOAD, _DESERIALIZE = "qtg_teacher_student_run_load", "qtg_teacher_student_run_deserialize"

    def __init__(self) -> None:
        raise TypeError("runs are made by TwoLayerNetwork.train, classical.resume and Descent.load")

    @property
    def W(self) -> Real:
        """The student after the last step, (m, d)."""
        return self._field(c.QTG_FIELD_PARAMETERS, (self._state.n_sets, *self._parameter_shape))

    @property
    def time(self) -> Real:
        """Learning rate times step at the recorded steps, (T,)."""
        return read(self._handle, c.QTG_FIELD_TIME)

    @property
    def loss(self) -> Real:
        """(T,)."""
        return self._recorded(c.QTG_FIELD_LOSS)

    @property
    def gradient_norm(self) -> Real:
        """Frobenius norms, (T,)."""
        return self._recorded(c.QTG_FIELD_GRADIENT_NORM)

    @property
    def path(self) -> Real | None:
        """The students at the recorded steps, (T, m, d), or None if they were not recorded."""
        if read(self._handle, c.QTG_FIELD_THETA).size == 0:
            return None
        return self._recorded(c.QTG_FIELD_THETA, *self._parameter_shape)

    @property
    def teacher(self) -> Real:
        """The teacher's neurons, (r, d)."""
        return read(self._handle, c.QTG_FIELD_TEACHER).reshape(-1, self._problem[1])

    @property
    def activation(self) -> str:
        """ "abs" or "relu"."""
        code = self._problem[2]
        return next(name for name, value in TWO_LAYER_ACTIVATIONS.items() if value == code)

    @property
    def samples(self) -> tuple[Real, Real] | None:
        """Inputs (n, d) and labels (n,), or None where the loss is that of the population."""
        labels = read(self._handle, c.QTG_FIELD_LABELS)
        if labels.size == 0:
            return None
        return read(self._handle, c.QTG_FIELD_INPUTS).reshape(labels.size, -1), labels

    @property
    def _problem(self) -> tuple[int, int, int]:
        """Teacher neurons, dimension, activation."""
        r, d, activation = ctypes.c_int64(), ctypes.c_int64(), ctypes.c_int32()
        _native.call(
            "qtg_teacher_student_run_info", self._handle,
            ctypes.byref(r), ctypes.byref(d), ctypes.byref(activation),
        )  # fmt: skip
        return r.value, d.value, activation.value

    @property
    def _parameter_shape(self) -> tuple[int, ...]:
        d = self._problem[1]
        return self._state.n_params // d, d

    def __repr__(self) -> str:
        state = self._state
        starts = "" if self._single_set else f"{state.n_sets} starts, "
        return f"<Descent: {starts}step {state.step}, {state.n_recorded} recorded>"


def resume(
    path: str | os.PathLike[str],
    steps: int,
    *,
    callback: Callbacks = None,
    progress: bool = False,
) -> Descent:
    """Makes `steps` further steps of a saved run of students or of its checkpoint, bit for bit as if it had never stopped.

    Args:
        path: of `Descent.save` or a checkpoint.
        steps: how many more; 0 or more.
        callback: as for `TwoLayerNetwork.train`.
        progress: shows a bar (needs tqdm).

    Raises:
        InvalidArgumentError: for negative steps.
        FileError: if the file cannot be read, or its checkpoint not be written.
        CorruptedFileError: if it is truncated, damaged or of another kind.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.
    """
    run = Descent.load(path)
    advance(run, run._state, steps, callback, progress)
    return run
