"""What a training did: its record, its parameters, its file."""

from __future__ import annotations

import ctypes
import math

import numpy as np
from numpy.typing import NDArray

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Real
from ._running.record import RecordedRun
from .circuits import Circuit
from .models import Model
from .observables import Observable
from .samples import Samples


class Run(RecordedRun):
    """What a training did; made by `qt.train`, `qt.resume` and `qt.Run.load`.

    With s parameter sets in theta (s, p) every array but `steps` and `time` has s first. T counts the recorded
    steps, step 0 and the last one among them; all quantities are of the full training set.
    """

    def __init__(self) -> None:
        raise TypeError("runs are made by qt.train, qt.resume and qt.Run.load")

    _LOAD, _DESERIALIZE = "qtg_run_load", "qtg_run_deserialize"
    # Whether the axis of outputs is left out.
    _single_output: bool

    def _hold(self, handle: int) -> None:
        super()._hold(handle)
        state = self._state
        self._single_output = state.n_outputs == 1 and not state.axes & c.QTG_AXIS_OUTPUTS

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
    def samples(self) -> Samples:
        """The samples it trains on, as `qt.Samples`."""
        return Samples._from_native(_native.create("qtg_run_samples", self._handle))

    @property
    def y(self) -> Real | NDArray[np.int64]:
        """The targets, (m,), or (m, k) for a list of observables; for cross-entropy the classes, integers (m,)."""
        length = ctypes.c_int64()
        _native.call("qtg_run_targets", self._handle, None, 0, ctypes.byref(length))
        values = np.empty(length.value)
        _native.call(
            "qtg_run_targets", self._handle, _arrays.pointer(values), values.size, ctypes.byref(length)
        )
        state = self._state
        if state.loss == c.QTG_LOSS_CROSS_ENTROPY:
            return values.astype(np.int64)
        return values if self._single_output else values.reshape(state.n_samples, state.n_outputs)

    @property
    def theta(self) -> Real:
        """The current parameters, (p,)."""
        state = self._state
        return self._field(c.QTG_FIELD_PARAMETERS, (state.n_sets, state.n_params))

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

    def __repr__(self) -> str:
        state = self._state
        return f"<qtangent.Run: step {state.step}, {state.n_recorded} recorded, {state.n_params} parameters>"
