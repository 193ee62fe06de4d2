"""What a training did: its record, its parameters, its file."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Real
from ._native.errors import InvalidArgumentError
from ._running.record import RecordedRun
from .circuits import Circuit
from .models import Model
from .noise.notes import noted
from .observables import Observable
from .samples import Samples
from .shots.counts import ESTIMATORS, Shots
from .views.cards import card
from .views.curve import curves
from .views.tables import dataset, frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame
    from xarray import Dataset

_MOST_CURVES = 3


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

    def _hold(self, handle: _native.Handle) -> None:
        super()._hold(handle)
        state = self._state
        self._single_output = state.n_outputs == 1 and not state.axes & c.QTG_AXIS_OUTPUTS

    @property
    def model(self) -> Model:
        """The model that was trained; its circuit has the channels of its noise, and its `noise` the readout errors."""
        circuit = Circuit._adopt(_native.create("qtg_run_circuit", self._handle))
        observables = [
            Observable._adopt(_native.create("qtg_run_observable", self._handle, k))
            for k in range(self._state.n_outputs)
        ]
        precision = "single" if self._state.precision == c.QTG_PRECISION_SINGLE else "double"
        observable = observables[0] if self._single_output else observables
        method = "density" if self._state.method == c.QTG_SIMULATION_DENSITY else "auto"
        model = Model(circuit, observable, self._state.scale, precision, method=method)
        if found := noted(_native.read_bytes("qtg_run_note", self._handle)):
            model._noise, model._given = found
        return model

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
    def shots(self) -> Shots | None:
        """The shots of a step, None where gradients were exact."""
        state = self._state
        if not state.shots:
            return None
        return Shots(state.shots, state.derivative_shots, ESTIMATORS[state.estimator])

    @property
    def measured_loss(self) -> Real:
        """What the shots tell of the loss, (T,): an unbiased estimate, which may be negative. The mean that the noise of
        predictions adds, sum_j V_j/(2 m N), is taken off as the shots themselves estimate it.

        Raises:
            AttributeError: where gradients were exact.
            InvalidArgumentError: for one shot, which tells no variance.
        """
        shots = self.shots
        if shots is None:
            raise AttributeError("the loss was not measured; pass shots=1000 to qt.train")
        if shots.predictions == 1:
            raise InvalidArgumentError(
                "one shot tells no variance, so the measured loss would be too large by an unknown mean; train with 2 shots "
                "or more for predictions"
            )
        return self._recorded(c.QTG_FIELD_MEASURED_LOSS)

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

    @property
    def best_theta(self) -> Real:
        """The parameters (p,) of the smallest recorded loss; for s parameter sets (s, p), each set's own.

        Raises:
            AttributeError: if that was not the last recorded step and theta was not recorded.
        """
        losses = np.atleast_2d(self.loss)
        if not losses.size:
            raise AttributeError("nothing was recorded; the run made no step")
        if (losses[:, -1] == losses.min(axis=1)).all():
            return self.theta
        best = losses.argmin(axis=1)
        history = self.theta_history.reshape(len(losses), losses.shape[1], -1)
        return self._squeeze(history[np.arange(len(losses)), best])

    def predict(self, X: ArrayLike | Samples | None = None, states: ArrayLike | None = None) -> Real:
        """What the trained model predicts, `run.model.predict(run.theta, X, states)`.

        Args:
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n).

        Returns:
            (m,), or (m, k) for a list of k observables; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
        """
        return self.model.predict(self.theta, X, states)

    def plot(self) -> Figure:
        """A figure of the loss over the steps (needs matplotlib)."""
        from .plots.runs import run_figure

        return run_figure(self.step, np.atleast_2d(self.loss))

    def to_frame(self) -> DataFrame:
        """A pandas table with a row a recorded step: loss, time, and the parameters by name if they were recorded. With s
        parameter sets the columns are loss[0], loss[1] and so on."""
        return frame(*self._recorded_values())

    def to_xarray(self) -> Dataset:
        """An xarray dataset of everything that was recorded, over step, and where they are there set, sample, output and
        parameter."""
        return dataset(*self._recorded_values())

    def _recorded_values(self) -> tuple[NDArray[np.int64], dict[str, Real], bool, tuple[str, ...]]:
        """Steps, arrays by name with the axes that they have, whether sets are one of them, and parameters' names."""
        found = {"loss": self.loss, "time": self.time}
        if (shots := self.shots) and shots.predictions > 1:
            found["measured_loss"] = self.measured_loss
        for name, attribute in (
            ("predictions", "predictions"),
            ("kernel", "kernel"),
            ("theta", "theta_history"),
        ):
            try:
                found[name] = getattr(self, attribute)
            except AttributeError:
                continue
        return self.step, found, not self._single_set, self.model.circuit.parameter_names

    def __repr__(self) -> str:
        state = self._state
        return f"<qtangent.Run: step {state.step}, {state.n_recorded} recorded, {state.n_params} parameters>"

    def _repr_html_(self) -> str:
        state = self._state
        losses = np.atleast_2d(self.loss)
        facts: list[tuple[str, object]] = [
            ("step", state.step),
            ("parameters", state.n_params),
            ("samples", state.n_samples),
        ]
        if not self._single_set:
            facts.append(("parameter sets", state.n_sets))
        if shots := self.shots:
            facts.append(("shots", f"{shots.predictions} for predictions, {shots.jacobian} for derivatives"))
        if not losses.size:
            return card("Run", facts)
        shown = [f"{row[0]:.4g} to {row[-1]:.4g}, smallest {row.min():.4g}" for row in losses[:_MOST_CURVES]]
        facts.append(("loss", "; ".join(shown) + ("; ..." if len(losses) > _MOST_CURVES else "")))
        steps = self.step.astype(np.float64)
        lines = [(f"set {k}", steps, row) for k, row in enumerate(losses[:_MOST_CURVES])]
        return card("Run", facts, curves(lines, "step", "Loss of the training"))
