"""Steps of a run, with callbacks, a bar and Ctrl-C."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _native
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.errors import Interrupted, InvalidArgumentError
from ..callbacks.base import Callbacks, Several
from .record import RecordedRun


def advance(run: RecordedRun, state: Any, steps: int, callback: Callbacks, progress: bool) -> None:
    """Makes so many further steps.

    Raises:
        InvalidArgumentError: for a negative number, and for callbacks that are none.
        NumericalError: when the loss is no longer finite.
        Interrupted: after Ctrl-C, with what was recorded in `.run`.
    """
    count = _arrays.integer("steps", steps)
    if count < 0:
        raise InvalidArgumentError(f"steps is {count}; it must not be negative")
    callbacks = Several(callback)
    shown = _arrays.flag("progress", progress)
    if not len(callbacks) and not shown:
        seconds = ctypes.c_double()
        _native.call("qtg_run_duration", run._handle, ctypes.byref(seconds))
        return _make_steps(run, count, None, seconds.value * count)
    with callbacks.watching(state.step, count):
        listener = _Listener(run, state, callbacks, shown, count)
        try:
            _make_steps(run, count, listener.reference, math.inf, callbacks.draw if callbacks.draws else None)
        finally:
            listener.close()
        if listener.failure:
            raise listener.failure


def _make_steps(
    run: RecordedRun,
    count: int,
    callbacks: Any,
    seconds: float,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    outcome = ctypes.c_int32()
    try:
        _native.interruptible(
            seconds,
            lambda cancel: _native.call(
                "qtg_run_advance", run._handle, count, callbacks, cancel, ctypes.byref(outcome)
            ),
            meanwhile=meanwhile,
        )
    except Interrupted:
        step = run._state.step
        raise Interrupted(f"training was interrupted at step {step}; .run holds the record", run) from None


class _Listener:
    """Passes the native callbacks on to Python, and keeps what Python raises for after the call."""

    def __init__(self, run: RecordedRun, state: Any, callbacks: Several, progress: bool, steps: int) -> None:
        self.failure: BaseException | None = None
        self._callbacks, self._single = callbacks, run._single_set
        self._caller = threading.get_ident()
        self._sets, self._params, self._first = state.n_sets, state.n_params, state.step
        self._shape = run._parameter_shape
        self._bar: Any = None
        if progress:
            from .._extras import tqdm

            self._bar = tqdm()(total=steps, unit="step")
        self._struct = c.qtg_callbacks(struct_size=ctypes.sizeof(c.qtg_callbacks))
        if len(callbacks):
            self._struct.step = c.qtg_step_callback(self._step)
        if progress:
            self._struct.progress = c.qtg_progress_callback(self._progress)

    @property
    def reference(self) -> Any:
        return ctypes.byref(self._struct)

    def _step(self, context: int, step: int, loss: Any, theta: Any) -> int:
        try:
            losses = np.ctypeslib.as_array(loss, (self._sets,)).copy()
            entries = np.ctypeslib.as_array(theta, (self._sets, self._params))
            parameters = entries.reshape(self._sets, *self._shape)
            if self._single:
                stops = self._callbacks(step, float(losses[0]), parameters[0])
            else:
                stops = self._callbacks(step, losses, parameters)
            if threading.get_ident() == self._caller:  # nobody waits for this thread, and draws meanwhile
                self._callbacks.draw()
            return int(stops)
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
        # It holds methods of this: what a callback keeps shall go with the callback.
        del self._struct
        if self._bar is not None:
            self._bar.close()
