"""The record of a run and its file."""

from __future__ import annotations

import ctypes
import math
import os
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Real

if TYPE_CHECKING:
    from typing_extensions import Self


class RecordedRun:
    """A run of the native library.

    With s parameter sets every array but `steps` and `time` has s first. T counts the recorded steps, step 0 and the
    last one among them.
    """

    # The native functions that make one from a file and from bytes.
    _LOAD: ClassVar[str]
    _DESERIALIZE: ClassVar[str]
    _handle: _native.Handle
    # Whether the axis of parameter sets is left out.
    _single_set: bool

    @classmethod
    def _adopt(cls, handle: _native.Handle) -> Self:
        run = cls.__new__(cls)
        run._hold(handle)
        return run

    def _hold(self, handle: _native.Handle) -> None:
        self._handle = handle
        state = self._state
        self._single_set = state.n_sets == 1 and not state.axes & c.QTG_AXIS_SETS

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads a saved run or a checkpoint; its arrays have the axes that they had when it was made.

        Args:
            path: of `save` or of a checkpoint.

        Raises:
            FileError: if it cannot be read.
            CorruptedFileError: if it is truncated, damaged or of another format.
            OutOfMemoryError: if it takes more than half of the memory allowed.
            Interrupted: after Ctrl-C.
        """
        where = _arrays.path(path)
        # A second a gigabyte; of what is no file the call itself tells.
        size = os.path.getsize(where) if os.path.isfile(where) else 0
        return _native.interruptible(
            1e-9 * size, lambda cancel: cls._adopt(_native.create(cls._LOAD, where, cancel)), "load"
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes model, data, optimiser state and record to a file, atomically.

        Args:
            path: where; a file there is replaced once the new one is complete.

        Raises:
            FileError: if it cannot be written.
        """
        _native.call("qtg_run_save", self._handle, _arrays.path(path))

    @property
    def step(self) -> NDArray[np.int64]:
        """The recorded steps, (T,)."""
        return read(self._handle, c.QTG_FIELD_STEPS).astype(np.int64)

    @property
    def n_steps(self) -> int:
        """Steps made, recorded or not: a checkpoint that was written between two recorded steps is further than step[-1]."""
        return int(self._state.step)

    @property
    def time(self) -> Real:
        """Time of the recorded steps, (T,): c * step with c = learning_rate * Zsum / m for GradientDescent, under a
        schedule the sum over its rates, the flow's own for GradientFlow, NaN otherwise."""
        return read(self._handle, c.QTG_FIELD_TIME)

    @property
    def loss(self) -> Real:
        """(T,)."""
        return self._recorded(c.QTG_FIELD_LOSS)

    @property
    def _state(self) -> Any:
        """Sizes and position, a qtg_run_state."""
        return read_state(self._handle)

    def __getstate__(self) -> bytes:
        return _native.read_bytes("qtg_run_serialize", self._handle)

    def __setstate__(self, state: bytes) -> None:
        """A run that writes no checkpoints, as one that was loaded from a saved file."""
        self._hold(_native.create(self._DESERIALIZE, state, len(state)))

    @property
    def _parameter_shape(self) -> tuple[int, ...]:
        """Of one set of parameters."""
        return (self._state.n_params,)

    def _recorded(self, field: int, *shape: int, name: str = "") -> Real:
        state = self._state
        expected = (state.n_sets, state.n_recorded, *shape)
        values = read(self._handle, field)
        if values.size != math.prod(expected):
            raise AttributeError(self._not_recorded(name))
        return self._squeeze(values.reshape(expected))

    def _field(self, field: int, shape: tuple[int, ...]) -> Real:
        return self._squeeze(read(self._handle, field).reshape(shape))

    def _squeeze(self, values: Real) -> Real:
        return values[0] if self._single_set else values

    def _not_recorded(self, name: str) -> str:
        return f'{name} was not recorded; pass record=("loss", "{name}") to qt.train'


def read_state(handle: int) -> Any:
    state = c.qtg_run_state(struct_size=ctypes.sizeof(c.qtg_run_state))
    _native.call("qtg_run_info", handle, ctypes.byref(state))
    return state


def read(handle: int, field: int) -> Real:
    length = ctypes.c_int64()
    _native.call("qtg_run_field", handle, field, None, 0, ctypes.byref(length))
    values = np.empty(length.value)
    _native.call("qtg_run_field", handle, field, _arrays.pointer(values), values.size, ctypes.byref(length))
    return values
