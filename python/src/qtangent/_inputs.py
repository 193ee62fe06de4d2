"""Samples, targets and parameters as the native library takes them: checked, converted and kept alive."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from . import _signatures as c
from ._arrays import Real
from ._errors import InvalidArgumentError

if TYPE_CHECKING:
    from .models import Model


_DATA_SIZE = ctypes.sizeof(c.qtg_data)
_TARGETS_SIZE = ctypes.sizeof(c.qtg_targets)


class Data:
    """Samples as the native library takes them; keeps the arrays alive."""

    __slots__ = ("X", "m", "mixed", "reference", "states")

    def __init__(self, model: Model, X: ArrayLike | None, states: ArrayLike | None, suffix: str = "") -> None:
        n_features, n_qubits = model._n_features, model._n_qubits
        self.X = None if X is None else _arrays.real(f"X{suffix}", X)
        self.states = None if states is None else _arrays.complex_(f"states{suffix}", states)
        if self.X is None:
            if n_features:
                raise InvalidArgumentError(
                    f"the circuit has {n_features} features; pass X{suffix} of shape (m, {n_features})"
                )
        elif n_features == 0:
            raise InvalidArgumentError(f"X{suffix} has shape {self.X.shape}, but the circuit has no features")
        elif self.X.ndim != 2 or self.X.shape[1] != n_features:
            raise InvalidArgumentError(
                f"X{suffix} has shape {self.X.shape}, the circuit has {n_features} features: (m, {n_features}) is expected"
            )
        if self.states is not None:
            d = 2**n_qubits
            if self.states.shape[1:] not in ((d,), (d, d)):
                raise InvalidArgumentError(
                    f"states{suffix} has shape {self.states.shape}, {n_qubits} qubits need (m, {d}) or (m, {d}, {d})"
                )
            if self.X is not None and len(self.X) != len(self.states):
                raise InvalidArgumentError(
                    f"X{suffix} has shape {self.X.shape} and states{suffix} {self.states.shape}; the first sizes must agree"
                )
        given = self.X if self.X is not None else self.states
        self.m = 1 if given is None else len(given)
        if self.m == 0:
            raise InvalidArgumentError("there are no samples; at least one is needed")
        self.mixed = self.states is not None and self.states.ndim == 3
        struct = c.qtg_data(_DATA_SIZE, self.m)
        if self.X is not None:
            struct.features, struct.n_features = _arrays.pointer(self.X), n_features
        if self.states is not None:
            struct.states, struct.dimension = _arrays.pointer(self.states), 2**n_qubits
            struct.state_kind = c.QTG_STATES_MIXED if self.mixed else c.QTG_STATES_PURE
        self.reference = ctypes.byref(struct)


class Targets:
    """Targets as the native library takes them; keeps the arrays alive."""

    __slots__ = ("labels", "reference", "values")

    def __init__(self, model: Model, y: ArrayLike, m: int, loss: str) -> None:
        self.values: Real | None = None
        self.labels = None
        k = model.n_outputs
        if loss == "mse":
            values = _arrays.real("y", y)
            if values.shape not in ({(m, k), (m,)} if k == 1 else {(m, k)}):
                expected = f"({m},)" if k == 1 else f"({m}, {k})"
                raise InvalidArgumentError(f"y has shape {values.shape}, {m} samples need {expected}")
            self.values = values
        elif loss == "cross_entropy":
            labels = np.asarray(y)
            if labels.dtype.kind not in "iu":
                raise InvalidArgumentError(f"y has dtype {labels.dtype}; cross_entropy takes integer labels")
            _arrays.expect_shape("y", labels, (m,), "(m,)")
            self.labels = np.ascontiguousarray(labels, dtype=np.int64)
        else:
            raise InvalidArgumentError(f"loss is {loss!r}; it must be 'mse' or 'cross_entropy'")
        struct = c.qtg_targets(
            struct_size=_TARGETS_SIZE,
            loss=c.QTG_LOSS_MSE if loss == "mse" else c.QTG_LOSS_CROSS_ENTROPY,
            n_samples=m,
            n_outputs=k,
            values=_arrays.pointer(self.values),
            labels=_arrays.pointer(self.labels),
        )
        self.reference = ctypes.byref(struct)


class Theta:
    """Parameter sets (s, p); remembers whether the caller gave one set without an axis for it."""

    __slots__ = ("arguments", "axis", "sets", "single", "values")

    def __init__(self, theta: ArrayLike, n_params: int) -> None:
        self.values = _arrays.real("theta", theta)
        if self.values.ndim not in (1, 2) or self.values.shape[-1] != n_params:
            raise InvalidArgumentError(
                f"theta has shape {self.values.shape}, the circuit has {n_params} parameters: "
                f"({n_params},) or (s, {n_params}) is expected"
            )
        self.single = self.values.ndim == 1
        self.sets = 1 if self.single else len(self.values)
        if self.sets == 0:
            raise InvalidArgumentError(
                f"theta has shape {self.values.shape}; at least one parameter set is needed"
            )
        # The axis of sets in the shape of every result.
        self.axis = () if self.single else (self.sets,)
        self.arguments = (_arrays.pointer(self.values), self.sets, n_params)

    def squeeze(self, array: Real) -> Real:
        """Drops the leading axis of parameter sets if the caller gave none."""
        return array[0] if self.single else array
