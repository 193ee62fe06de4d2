"""Training, its record, checkpoints and resuming."""

from __future__ import annotations

import ctypes
import math
import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays, _native
from . import _signatures as c
from ._arrays import Real
from ._errors import Interrupted, InvalidArgumentError, QTangentWarning
from .circuits import Circuit
from .models import Data, Model, Targets, Theta
from .observables import Observable


@dataclass(frozen=True)
class GradientDescent:
    """theta <- theta - learning_rate * grad L."""

    learning_rate: float


@dataclass(frozen=True)
class Momentum:
    """v <- momentum * v + grad L; theta <- theta - learning_rate * v."""

    learning_rate: float
    momentum: float = 0.9


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma, Ba, ICLR 2015)."""

    learning_rate: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


@dataclass(frozen=True)
class RMSProp:
    """RMSProp; the mean of squared gradients forgets with factor alpha."""

    learning_rate: float = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-8


@dataclass(frozen=True)
class LBFGS:
    """L-BFGS with a strong Wolfe line search and `memory` correction pairs. Full batches only."""

    memory: int = 10


@dataclass(frozen=True)
class GradientFlow:
    """d theta/dt = -rate * grad L, integrated adaptively at 1e-11; a step is a time dt. Full batches only."""

    rate: float
    dt: float


Optimizer: TypeAlias = GradientDescent | Momentum | Adam | RMSProp | LBFGS | GradientFlow

_OPTIMIZERS: dict[type, int] = {
    GradientDescent: c.QTG_GRADIENT_DESCENT,
    Momentum: c.QTG_MOMENTUM,
    Adam: c.QTG_ADAM,
    RMSProp: c.QTG_RMSPROP,
    LBFGS: c.QTG_LBFGS,
    GradientFlow: c.QTG_GRADIENT_FLOW,
}

_RECORDS = {
    "loss": c.QTG_RECORD_LOSS,
    "predictions": c.QTG_RECORD_PREDICTIONS,
    "kernel": c.QTG_RECORD_KERNEL,
    "theta": c.QTG_RECORD_THETA,
}


@dataclass(frozen=True)
class Checkpoint:
    """Saves the run to `path`, atomically, every `every` steps and when it ends or is interrupted."""

    path: str | os.PathLike[str]
    every: int = 100


Callback: TypeAlias = Callable[[int, Any, Real], object]


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
    def _adopt(cls, handle: int, single_set: bool, single_output: bool) -> Run:
        run = cls.__new__(cls)
        run._handle = _native.own(run, "qtg_run_free", handle)
        run._single_set, run._single_output = single_set, single_output
        return run

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """Reads a saved run or a checkpoint. One parameter set or one output get no axis of their own.

        Raises:
            FileError: if it cannot be read.
            CorruptedFileError: if it is truncated, damaged or of another format.
        """
        handle = _native.create("qtg_run_load", os.fsencode(path))
        info = _info(handle)
        return cls._adopt(handle, info.n_sets == 1, info.n_outputs == 1)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes model, data, optimiser state and record to a file, atomically."""
        _native.call("qtg_run_save", self._handle, os.fsencode(path))

    @property
    def model(self) -> Model:
        """The model that was trained."""
        circuit = Circuit._adopt(_native.create("qtg_run_circuit", self._handle))
        observables = [
            Observable._adopt(_native.create("qtg_run_observable", self._handle, k))
            for k in range(_info(self._handle).n_outputs)
        ]
        return Model(
            circuit, observables[0] if self._single_output else observables, _info(self._handle).scale
        )

    @property
    def theta(self) -> Real:
        """The current parameters, (p,)."""
        info = _info(self._handle)
        return self._field(c.QTG_FIELD_PARAMETERS, (info.n_sets, info.n_params))

    @property
    def step(self) -> NDArray[np.int64]:
        """The recorded steps, (T,)."""
        return _field(self._handle, c.QTG_FIELD_STEPS).astype(np.int64)

    @property
    def time(self) -> Real:
        """Time of the recorded steps, (T,): c * step with c = learning_rate * Zsum / m for GradientDescent, the
        flow's own for GradientFlow, NaN otherwise."""
        return _field(self._handle, c.QTG_FIELD_TIME)

    @property
    def loss(self) -> Real:
        """(T,)."""
        return self._recorded(c.QTG_FIELD_LOSS)

    @property
    def predictions(self) -> Real:
        """(T, m), or (T, m, k) for a list of observables."""
        info = _info(self._handle)
        shape = (info.n_samples,) if self._single_output else (info.n_samples, info.n_outputs)
        return self._recorded(c.QTG_FIELD_PREDICTIONS, *shape, name="predictions")

    @property
    def kernel(self) -> Real:
        """The tangent kernel J J^T, summed over outputs, (T, m, m)."""
        m = _info(self._handle).n_samples
        return self._recorded(c.QTG_FIELD_KERNEL, m, m, name="kernel")

    @property
    def theta_history(self) -> Real:
        """(T, p)."""
        return self._recorded(c.QTG_FIELD_THETA, _info(self._handle).n_params, name="theta")

    @property
    def loss_floor(self) -> float:
        """Below what the mean squared error cannot fall for these data, whatever the parameters: from the
        measurement's range and the distances of the states that enter the trainable part."""
        result = ctypes.c_double()
        _native.interruptible(
            math.inf,
            lambda cancel: _native.call("qtg_run_loss_floor", self._handle, cancel, ctypes.byref(result)),
        )
        return result.value

    def _recorded(self, field: int, *shape: int, name: str = "") -> Real:
        info = _info(self._handle)
        expected = (info.n_sets, info.n_recorded, *shape)
        values = _field(self._handle, field)
        if values.size != math.prod(expected):
            raise AttributeError(f'{name} was not recorded; pass record=("loss", "{name}") to qt.train')
        return self._squeeze(values.reshape(expected))

    def _field(self, field: int, shape: tuple[int, ...]) -> Real:
        return self._squeeze(_field(self._handle, field).reshape(shape))

    def _squeeze(self, values: Real) -> Real:
        return values[0] if self._single_set else values

    def __repr__(self) -> str:
        info = _info(self._handle)
        return f"<qtangent.Run: step {info.step}, {info.n_recorded} recorded, {info.n_params} parameters>"


def _info(handle: int) -> Any:
    info = c.qtg_run_state(struct_size=ctypes.sizeof(c.qtg_run_state))
    _native.call("qtg_run_info", handle, ctypes.byref(info))
    return info


def _field(handle: int, field: int) -> Real:
    length = ctypes.c_int64()
    _native.call("qtg_run_field", handle, field, None, 0, ctypes.byref(length))
    values = np.empty(length.value)
    _native.call("qtg_run_field", handle, field, _arrays.pointer(values), values.size, ctypes.byref(length))
    return values


def train(
    model: Model,
    y: ArrayLike,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    theta: ArrayLike | None = None,
    seed: int = 0,
    loss: str = "mse",
    optimizer: Optimizer | None = None,
    steps: int = 1000,
    record: str | Sequence[str] = ("loss",),
    record_every: int | Sequence[int] = 1,
    batch_size: int | None = None,
    callback: Callback | None = None,
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
) -> Run:
    """Trains a model; the same seed gives the same bits on any number of threads.

    Args:
        y: targets (m,) or (m, k), or integer labels (m,) with loss="cross_entropy" over k outputs.
        X, states: the samples, as for `Model.predict`.
        theta: where to start, (p,) or (s, p); drawn uniformly from [0, 2 pi) by `seed` unless given.
        seed: also shuffles mini-batches.
        optimizer: `GradientDescent(0.1)` unless given.
        record: any of "loss" (always), "predictions", "kernel" and "theta".
        record_every: an interval, or a list of steps; step 0 and the last step in any case.
        batch_size: samples a step; the full set unless given.
        callback: callback(step, loss, theta) before each step; True stops the run. It runs in a worker thread.
        progress: shows a bar (needs tqdm).
        checkpoint: a path or a `qt.Checkpoint`; also written when the run is interrupted.

    Raises:
        InvalidArgumentError: for shapes or settings that do not fit.
        FileError: for a checkpoint that cannot be written, before the training starts.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.

    Warns:
        QTangentWarning: for labels out of reach and for a rate above the critical one.
    """
    data = Data(model, X, states)
    targets = Targets(model, y, data.m, loss)
    sets = None if theta is None else Theta(theta, model.n_params)
    options = _options(optimizer or GradientDescent(0.1), seed, record, record_every, batch_size, checkpoint)
    handle = _native.create(
        "qtg_run_create",
        model._handle,
        data.reference,
        targets.reference,
        *((None, 1, model.n_params) if sets is None else sets.arguments),
        ctypes.byref(options),
    )
    run = Run._adopt(handle, sets is None or sets.single, model._single)
    _warn(run)
    _advance(run, steps, callback, progress)
    return run


def resume(
    path: str | os.PathLike[str],
    steps: int,
    model: Model | None = None,
    y: ArrayLike | None = None,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    callback: Callback | None = None,
    progress: bool = False,
) -> Run:
    """Makes `steps` further steps of a saved run or checkpoint, bit for bit as if it had never stopped.

    Args:
        model, y, X, states: checked against the file if given.

    Raises:
        InvalidArgumentError: if something given differs from what the file holds.
        FileError, CorruptedFileError: as `Run.load`.
    """
    run = Run.load(path)
    own = model or run.model
    data = Data(own, X, states) if X is not None or states is not None else None
    targets = None
    if y is not None:
        info = _info(run._handle)
        targets = Targets(own, y, info.n_samples, "cross_entropy" if info.loss else "mse")
    difference = _native.read_bytes(
        "qtg_run_difference",
        run._handle,
        model._handle if model else 0,
        data.reference if data else None,
        targets.reference if targets else None,
    ).decode()
    if difference:
        raise InvalidArgumentError(f"{os.fspath(path)} does not match: {difference}")
    if model is not None:
        run._single_output = model._single
    _advance(run, steps, callback, progress)
    return run


def _options(
    optimizer: Optimizer,
    seed: int,
    record: str | Sequence[str],
    record_every: int | Sequence[int],
    batch_size: int | None,
    checkpoint: str | os.PathLike[str] | Checkpoint | None,
) -> Any:
    """A qtg_run_options, which keeps what it points to alive."""
    if type(optimizer) not in _OPTIMIZERS:
        names = ", ".join(kind.__name__ for kind in _OPTIMIZERS)
        raise InvalidArgumentError(f"optimizer is {optimizer!r}; it must be one of {names}")
    options = c.qtg_run_options(struct_size=ctypes.sizeof(c.qtg_run_options))
    options.optimizer = _OPTIMIZERS[type(optimizer)]
    for name, value in vars(optimizer).items():
        setattr(options, name, _arrays.integer(name, value) if name == "memory" else float(value))
    for name in (record,) if isinstance(record, str) else record:
        if name not in _RECORDS:
            raise InvalidArgumentError(f"record contains {name!r}; it may contain {', '.join(_RECORDS)}")
        options.record |= _RECORDS[name]
    options.seed = _arrays.seed(seed)
    if batch_size is not None:
        options.batch_size = _arrays.integer("batch_size", batch_size)
        if options.batch_size < 1:
            raise InvalidArgumentError(f"batch_size is {batch_size}; it must be at least 1")
    if isinstance(record_every, Iterable):
        steps = _arrays.indices("record_every", list(record_every))
        options.record_steps, options.n_record_steps = _arrays.pointer(steps), len(steps)
        options.keep_steps = steps
    else:
        options.record_every = _arrays.integer("record_every", record_every)
        if options.record_every < 1:
            raise InvalidArgumentError(f"record_every is {record_every}; it must be at least 1")
    if checkpoint is not None:
        saved = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        options.checkpoint_path = os.fsencode(saved.path)
        options.checkpoint_every = _arrays.integer("every", saved.every)
    return options


def _warn(run: Run) -> None:
    """Passes on what the data tell before the training, in the voice of the caller of `train`."""
    try:
        text = _native.interruptible(
            math.inf, lambda cancel: _native.read_bytes("qtg_run_warnings", run._handle, cancel)
        )
    except _native.Interruption:
        raise Interrupted("training was interrupted before its first step", run) from None
    for line in text.decode().splitlines():
        warnings.warn(line, QTangentWarning, stacklevel=3)


def _advance(run: Run, steps: int, callback: Callback | None, progress: bool) -> None:
    count = _arrays.integer("steps", steps)
    if count < 0:
        raise InvalidArgumentError(f"steps is {count}; it must not be negative")
    listener = _Listener(run, callback, progress, count)
    info = _info(run._handle)
    seconds = math.inf if callback or progress else info.seconds_per_step * count
    outcome = ctypes.c_int32()
    try:
        _native.interruptible(
            seconds,
            lambda cancel: _native.call(
                "qtg_run_advance", run._handle, count, listener.reference, cancel, ctypes.byref(outcome)
            ),
        )
    except _native.Interruption:
        step = _info(run._handle).step
        raise Interrupted(f"training was interrupted at step {step}; .run holds the record", run) from None
    finally:
        listener.close()
    if listener.failure:
        raise listener.failure


class _Listener:
    """Passes the native callbacks on to Python, and keeps what Python raises for after the call."""

    def __init__(self, run: Run, callback: Callback | None, progress: bool, steps: int) -> None:
        self.failure: BaseException | None = None
        self._callback, self._single = callback, run._single_set
        info = _info(run._handle)
        self._sets, self._params, self._first = info.n_sets, info.n_params, info.step
        self._bar: Any = None
        if progress:
            from ._extras import tqdm

            self._bar = tqdm()(total=steps, unit="step")
        self._struct = c.qtg_callbacks(struct_size=ctypes.sizeof(c.qtg_callbacks))
        if callback:
            self._struct.step = c.qtg_step_callback(self._step)
        if progress:
            self._struct.progress = c.qtg_progress_callback(self._progress)

    @property
    def reference(self) -> Any:
        return ctypes.byref(self._struct)

    def _step(self, context: int, step: int, loss: Any, theta: Any) -> int:
        try:
            losses = np.ctypeslib.as_array(loss, (self._sets,)).copy()
            parameters = np.ctypeslib.as_array(theta, (self._sets, self._params)).copy()
            assert self._callback is not None
            if self._single:
                return int(bool(self._callback(step, float(losses[0]), parameters[0])))
            return int(bool(self._callback(step, losses, parameters)))
        except BaseException as error:
            self.failure = error
            return 1

    def _progress(self, context: int, step: int, last: int, loss: Any) -> None:
        try:
            self._bar.update(step - self._first - self._bar.n)
            self._bar.set_postfix(loss=f"{min(loss[k] for k in range(self._sets)):.3e}", refresh=False)
        except BaseException as error:
            self.failure = error

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
