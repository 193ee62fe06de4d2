"""Steps of a run, with callbacks, a bar and Ctrl-C."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .. import _native
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import Interrupted, InvalidArgumentError
from .record import RecordedRun

Callback: TypeAlias = Callable[[int, Any, Real], object]


def advance(run: RecordedRun, state: Any, steps: int, callback: Callback | None, progress: bool) -> None:
    """Makes so many further steps.

    Raises:
        InvalidArgumentError: for a negative number.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.
    """
    count = _arrays.integer("steps", steps)
    if count < 0:
        raise InvalidArgumentError(f"steps is {count}; it must not be negative")
    if callback is None and not progress:
        seconds = ctypes.c_double()
        _native.call("qtg_run_duration", run._handle, ctypes.byref(seconds))
        return _make_steps(run, count, None, seconds.value * count)
    listener = _Listener(run, state, callback, progress, count)
    try:
        _make_steps(run, count, listener.reference, math.inf)
    finally:
        listener.close()
    if listener.failure:
        raise listener.failure


def _make_steps(run: RecordedRun, count: int, callbacks: Any, seconds: float) -> None:
    outcome = ctypes.c_int32()
    try:
        _native.interruptible(
            seconds,
            lambda cancel: _native.call(
                "qtg_run_advance", run._handle, count, callbacks, cancel, ctypes.byref(outcome)
            ),
        )
    except Interrupted:
        step = run._state.step
        raise Interrupted(f"training was interrupted at step {step}; .run holds the record", run) from None


class _Listener:
    """Passes the native callbacks on to Python, and keeps what Python raises for after the call."""

    def __init__(
        self, run: RecordedRun, state: Any, callback: Callback | None, progress: bool, steps: int
    ) -> None:
        self.failure: BaseException | None = None
        self._callback, self._single = callback, run._single_set
        self._sets, self._params, self._first = state.n_sets, state.n_params, state.step
        self._shape = run._parameter_shape
        self._bar: Any = None
        if progress:
            from .._extras import tqdm

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
            entries = np.ctypeslib.as_array(theta, (self._sets, self._params)).copy()
            parameters = entries.reshape(self._sets, *self._shape)
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
