"""Training, its record, checkpoints and resuming."""

from __future__ import annotations

import ctypes
import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _native, model_calls
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.errors import Interrupted, InvalidArgumentError, QTangentWarning
from ._native.inputs import Targets, Theta
from ._running.advance import advance
from .callbacks.base import Callbacks
from .habits.positional import named_after
from .models import Model
from .noise.notes import note
from .optimizers import GradientDescent, NaturalGradient, Optimizer, native_options
from .runs import Run
from .samples import Samples, labelled, samples_for
from .shots.counts import ESTIMATORS, Shots, check_estimator, shot_count
from .shots.instrument import Instrument

_RECORDS = {
    "loss": c.QTG_RECORD_LOSS,
    "predictions": c.QTG_RECORD_PREDICTIONS,
    "kernel": c.QTG_RECORD_KERNEL,
    "theta": c.QTG_RECORD_THETA,
}


@dataclass(frozen=True)
class Checkpoint:
    """Saves the run to `path`, atomically, every `every` steps and when it ends or is interrupted.

    A new training does not take the place of a file that exists: `qt.resume` goes on with it. `~` is the home folder, and
    a symbolic link is written through.
    """

    path: str | os.PathLike[str]
    every: int = 100


@named_after("y", before=1)
def train(
    model: Model,
    y: ArrayLike,
    *,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    theta: ArrayLike | None = None,
    seed: int = 0,
    loss: str = "mse",
    optimizer: Optimizer | None = None,
    steps: int = 1000,
    record: str | Sequence[str] = ("loss",),
    record_every: int | Sequence[int] = 1,
    batch_size: int | None = None,
    callback: Callbacks = None,
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    sample_weight: ArrayLike | None = None,
    shots: int | Shots | None = None,
) -> Run:
    """Trains a model; the same seed gives the same bits on any number of threads.

    Args:
        model: what is trained; it is copied.
        y: targets (m,) or (m, k), or integer labels (m,) with loss="cross_entropy" over k outputs.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
        theta: where to start, (p,) or (s, p); drawn uniformly from [0, 2 pi) by `seed` unless given.
        seed: of theta; also shuffles mini-batches.
        loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of -log softmax(yhat_j)[y_j].
        optimizer: `GradientDescent(0.1)` unless given.
        steps: how many; 0 or more.
        record: any of "loss" (always), "predictions", "kernel" and "theta".
        record_every: an interval, or a list of steps; step 0 and the last step in any case.
        batch_size: samples a step; the full set unless given.
        callback: callback(step, loss, theta) before each step; True stops the run. It runs in a worker thread. With
            batch_size the loss is that of the batch which the step takes, at the last call that of all samples. Objects
            such as `qt.callbacks.EarlyStopping(50)`, and lists of callbacks, are taken too.
        progress: shows a bar (needs tqdm).
        checkpoint: a path or a `qt.Checkpoint`; also written when the run is interrupted.
        sample_weight: (m,), at least 0: the loss is the mean weighted by them. No floor of the loss is known then, and
            nothing is warned of.
        shots: trains on measured gradients: so many shots of each setting for each prediction and on each side of every
            angle, those of `seed` and the step, or a `qt.Shots` (docs/noise.md, "Training with shots"). `run.loss` stays
            exact, `run.measured_loss` is what the shots tell. For the mean squared error and optimisers that take
            gradients alone.

    Raises:
        InvalidArgumentError: for shapes or settings that do not fit.
        FileError: for a checkpoint that cannot be written or exists already, before the training starts.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.

    Warns:
        QTangentWarning: for labels out of reach and for a rate above the critical one.
    """
    run = begin(
        model, y, X=X, states=states, theta=theta, seed=seed, loss=loss, sample_weight=sample_weight,
        optimizer=optimizer, record=record, record_every=record_every, batch_size=batch_size, checkpoint=checkpoint,
        shots=shots,
    )  # fmt: skip
    state = run._state
    _warn(run, state.seconds_of_warnings)
    advance(run, state, steps, callback, progress)
    return run


def begin(
    model: Model,
    y: ArrayLike,
    *,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    theta: ArrayLike | None = None,
    seed: int = 0,
    loss: str = "mse",
    optimizer: Optimizer | None = None,
    record: str | Sequence[str] = ("loss",),
    record_every: int | Sequence[int] = 1,
    batch_size: int | None = None,
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    sample_weight: ArrayLike | None = None,
    shots: int | Shots | None = None,
) -> Run:
    """A run before its first step: everything is checked and theta drawn, nothing computed. Arguments as in `train`."""
    samples, targets = labelled(model, y, X, states, loss, sample_weight)
    sets = None if theta is None else Theta(theta, model.n_params)
    options = run_options(
        GradientDescent(0.1) if optimizer is None else optimizer,
        seed,
        record,
        record_every,
        batch_size,
        checkpoint,
    )
    options.axes = c.QTG_AXIS_SETS if sets is not None and not sets.single else 0
    options.axes |= 0 if model._single else c.QTG_AXIS_OUTPUTS
    if noted := note(model.noise, model._given):
        options.keep_note = np.frombuffer(noted, dtype=np.uint8)
        options.note, options.n_note = _arrays.pointer(options.keep_note), len(noted)
    # It lives as long as the options, which name it.
    instrument = None if shots is None else _measure(options, model, shots)
    size = (1 if sets is None else sets.sets, len(samples), int(samples.dimension > 0))
    model_calls.compile_circuit(model._handle, c.QTG_TASK_GRADIENT, *size)
    if isinstance(optimizer, NaturalGradient):
        model_calls.compile_circuit(model._handle, c.QTG_TASK_FISHER_INFORMATION, *size)
    try:
        handle = _native.create(
            "qtg_run_create",
            model._handle,
            samples._handle,
            targets.reference,
            *((None, 1, model.n_params) if sets is None else sets.arguments),
            ctypes.byref(options),
        )
        del instrument
    except InvalidArgumentError:
        targets.name_infinite()
        if sets is not None:
            sets.name_infinite()
        raise
    targets.expect_squares()
    return Run._adopt(handle)


def resume(
    path: str | os.PathLike[str],
    steps: int,
    model: Model | None = None,
    y: ArrayLike | None = None,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    callback: Callbacks = None,
    progress: bool = False,
) -> Run:
    """Makes `steps` further steps of a saved run or checkpoint, bit for bit as if it had never stopped.

    Args:
        path: of `Run.save` or a checkpoint.
        steps: how many more; 0 or more.
        model: checked against the file if given.
        y: targets (m,) or (m, k), or labels (m,), checked against the file if given.
        X: features (m, f), or `qt.Samples`, checked against the file if given.
        states: input states (m, 2^n) or (m, 2^n, 2^n), checked against the file if given.
        callback: as for `train`.
        progress: shows a bar (needs tqdm).

    Raises:
        InvalidArgumentError: if something given differs from what the file holds.
        FileError: if the file cannot be read, or its checkpoint not be written.
        CorruptedFileError: if it is truncated, damaged or of another format.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.
    """
    run = Run.load(path)
    own = model or run.model
    samples = samples_for(own, X, states) if X is not None or states is not None else None
    targets = None
    if y is not None:
        state = run._state
        targets = Targets(own, y, state.n_samples, "cross_entropy" if state.loss else "mse")
    difference = _native.read_bytes(
        "qtg_run_difference",
        run._handle,
        model._handle if model else 0,
        samples._handle if samples else 0,
        targets.reference if targets else None,
    ).decode()
    if difference:
        raise InvalidArgumentError(f"{os.fspath(path)} does not match: {difference}")
    advance(run, run._state, steps, callback, progress)
    return run


def run_options(
    optimizer: Optimizer,
    seed: int,
    record: str | Sequence[str],
    record_every: int | Sequence[int],
    batch_size: int | None,
    checkpoint: str | os.PathLike[str] | Checkpoint | None,
) -> Any:
    """A qtg_run_options, which keeps what it points to alive."""
    options = native_options(optimizer)
    if not isinstance(record, Iterable):
        raise InvalidArgumentError(f"record is {record!r}; a sequence of {', '.join(_RECORDS)} is expected")
    for name in (record,) if isinstance(record, str) else record:
        if not _arrays.among(name, _RECORDS):
            raise InvalidArgumentError(f"record contains {name!r}; it may contain {', '.join(_RECORDS)}")
        options.record |= _RECORDS[name]
    options.seed = _arrays.seed(seed)
    if batch_size is not None:
        options.batch_size = _arrays.integer("batch_size", batch_size)
        if options.batch_size < 1:
            raise InvalidArgumentError(f"batch_size is {batch_size}; it must be at least 1")
    if isinstance(record_every, Iterable) and getattr(record_every, "ndim", 1) > 0:
        steps = _arrays.indices("record_every", list(record_every))
        options.record_steps, options.n_record_steps = _arrays.pointer(steps), len(steps)
        options.keep_steps = steps
    else:
        options.record_every = _arrays.integer("record_every", record_every)
        if options.record_every < 1:
            raise InvalidArgumentError(f"record_every is {record_every}; it must be at least 1")
    if checkpoint is not None:
        saved = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        options.checkpoint_path = _arrays.path(saved.path)
        options.checkpoint_every = _arrays.integer("every", saved.every)
    return options


def _measure(options: Any, model: Model, shots: int | Shots) -> Instrument:
    """Notes the shots; what takes them."""
    given = shots if isinstance(shots, Shots) else Shots(shots)
    check_estimator(given.estimator)
    options.shots = shot_count(given.predictions)
    derivatives = given.predictions if given.jacobian is None else given.jacobian
    options.derivative_shots = shot_count(derivatives, name="jacobian")
    options.estimator = ESTIMATORS.index(given.estimator)
    instrument = model._predictions if given.estimator == "exact" else model._derivatives
    options.measurement = instrument._handle
    return instrument


def _warn(run: Run, seconds: float) -> None:
    """Passes on what the data tell before the training, in the voice of the caller of `train`."""
    try:
        text = _native.interruptible(
            seconds, lambda cancel: _native.read_bytes("qtg_run_warnings", run._handle, cancel)
        )
    except Interrupted:
        raise Interrupted("training was interrupted before its first step", run) from None
    for line in text.decode().splitlines():
        warnings.warn(line, QTangentWarning, stacklevel=4)
