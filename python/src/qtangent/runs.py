"""What a training did: its record, its parameters, its file."""

from __future__ import annotations

import ctypes
import math
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Real
from .circuits import Circuit
from .models import Model
from .observables import Observable


class Run:
    """What a training did; made by `qt.train`, `qt.resume` and `qt.Run.load`.

    With s parameter sets in theta (s, p) every array but `steps` and `time` has s first. T counts the recorded
    steps, step 0 and the last one among them; all quantities are of the full training set.
    """

    def __init__(self) -> None:
        raise TypeError("runs are made by qt.train, qt.resume and qt.Run.load")

    _handle: int
    # Whether the axes of parameter sets and of outputs are left out.
    _single_set: bool
    _single_output: bool

    @classmethod
    def _adopt(cls, handle: int) -> Run:
        run = cls.__new__(cls)
        run._hold(handle)
        return run

    def _hold(self, handle: int) -> None:
        self._handle = _native.Handle("qtg_run_free", handle)
        state = self._state
        self._single_set = state.n_sets == 1 and not state.axes & c.QTG_AXIS_SETS
        self._single_output = state.n_outputs == 1 and not state.axes & c.QTG_AXIS_OUTPUTS

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """Reads a saved run or a checkpoint; its arrays have the axes that they had when it was made.

        Args:
            path: of `save` or of a checkpoint.

        Raises:
            FileError: if it cannot be read.
            CorruptedFileError: if it is truncated, damaged or of another format.
        """
        return cls._adopt(_native.create("qtg_run_load", _arrays.path(path)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes model, data, optimiser state and record to a file, atomically.

        Args:
            path: where; a file there is replaced once the new one is complete.

        Raises:
            FileError: if it cannot be written.
        """
        _native.call("qtg_run_save", self._handle, _arrays.path(path))

    @property
    def model(self) -> Model:
        """The model that was trained."""
        circuit = Circuit._adopt(_native.create("qtg_run_circuit", self._handle))
        observables = [
            Observable._adopt(_native.create("qtg_run_observable", self._handle, k))
            for k in range(self._state.n_outputs)
        ]
        precision = "single" if self._state.precision == c.QTG_PRECISION_SINGLE else "double"
        observable = observables[0] if self._single_output else observables
        return Model(circuit, observable, self._state.scale, precision)

    @property
    def theta(self) -> Real:
        """The current parameters, (p,)."""
        state = self._state
        return self._field(c.QTG_FIELD_PARAMETERS, (state.n_sets, state.n_params))

    @property
    def step(self) -> NDArray[np.int64]:
        """The recorded steps, (T,)."""
        return _read(self._handle, c.QTG_FIELD_STEPS).astype(np.int64)

    @property
    def time(self) -> Real:
        """Time of the recorded steps, (T,): c * step with c = learning_rate * Zsum / m for GradientDescent, the
        flow's own for GradientFlow, NaN otherwise."""
        return _read(self._handle, c.QTG_FIELD_TIME)

    @property
    def loss(self) -> Real:
        """(T,)."""
        return self._recorded(c.QTG_FIELD_LOSS)

    @property
    def predictions(self) -> Real:
        """(T, m), or (T, m, k) for a list of observables."""
        state = self._state
        shape = (state.n_samples,) if self._single_output else (state.n_samples, state.n_outputs)
        return self._recorded(c.QTG_FIELD_PREDICTIONS, *shape, name="predictions")

    @property
    def kernel(self) -> Real:
        """The tangent kernel J J^T, summed over outputs, (T, m, m)."""
        m = self._state.n_samples
        return self._recorded(c.QTG_FIELD_KERNEL, m, m, name="kernel")

    @property
    def theta_history(self) -> Real:
        """(T, p)."""
        return self._recorded(c.QTG_FIELD_THETA, self._state.n_params, name="theta")

    @property
    def loss_floor(self) -> float | None:
        """Below what the loss cannot fall for these data, whatever the parameters; a float or None.

        From the measurement's range and the distances of the states that enter the trainable part, summed over
        outputs (docs/floor.md). 0.0 means that these states set no floor. Where features act on a qubit after a
        parameter, for cross-entropy, and for states of more than about 700 dimensions that many samples span,
        equal samples and the range are all that is looked at; if these set none, no floor is known: None.

        Raises:
            Interrupted: After Ctrl-C.
        """
        return self._floor()[0]

    def _floor(self) -> tuple[float | None, int, list[tuple[c.qtg_floor, Real]]]:
        """The floor, what it is from (QTG_FLOOR_OF_...), and each output's qtg_floor and predictions (m,); no outputs
        where none is known and for cross-entropy."""
        state = self._state
        loss, basis = ctypes.c_double(), ctypes.c_int32()
        floors = (c.qtg_floor * state.n_outputs)()
        for floor in floors:
            floor.struct_size = ctypes.sizeof(c.qtg_floor)
        predictions = np.empty((state.n_outputs, state.n_samples))
        _native.interruptible(
            state.seconds_of_warnings,
            lambda cancel: _native.call(
                "qtg_run_loss_floor",
                self._handle,
                cancel,
                ctypes.byref(loss),
                ctypes.byref(basis),
                floors,
                _arrays.pointer(predictions),
            ),
        )
        if math.isnan(loss.value):
            return None, basis.value, []
        outputs = [] if basis.value == c.QTG_FLOOR_OF_CLASSES else list(zip(floors, predictions, strict=True))
        return loss.value, basis.value, outputs

    @property
    def _state(self) -> Any:
        """Sizes and position, a qtg_run_state."""
        return _read_state(self._handle)

    def __getstate__(self) -> bytes:
        return _native.read_bytes("qtg_run_serialize", self._handle)

    def __setstate__(self, state: bytes) -> None:
        """A run that writes no checkpoints, as one that was loaded from a saved file."""
        self._hold(_native.create("qtg_run_deserialize", state, len(state)))

    def _recorded(self, field: int, *shape: int, name: str = "") -> Real:
        state = self._state
        expected = (state.n_sets, state.n_recorded, *shape)
        values = _read(self._handle, field)
        if values.size != math.prod(expected):
            raise AttributeError(f'{name} was not recorded; pass record=("loss", "{name}") to qt.train')
        return self._squeeze(values.reshape(expected))

    def _field(self, field: int, shape: tuple[int, ...]) -> Real:
        return self._squeeze(_read(self._handle, field).reshape(shape))

    def _squeeze(self, values: Real) -> Real:
        return values[0] if self._single_set else values

    def __repr__(self) -> str:
        state = self._state
        return f"<qtangent.Run: step {state.step}, {state.n_recorded} recorded, {state.n_params} parameters>"


def _read_state(handle: int) -> Any:
    state = c.qtg_run_state(struct_size=ctypes.sizeof(c.qtg_run_state))
    _native.call("qtg_run_info", handle, ctypes.byref(state))
    return state


def _read(handle: int, field: int) -> Real:
    length = ctypes.c_int64()
    _native.call("qtg_run_field", handle, field, None, 0, ctypes.byref(length))
    values = np.empty(length.value)
    _native.call("qtg_run_field", handle, field, _arrays.pointer(values), values.size, ctypes.byref(length))
    return values
