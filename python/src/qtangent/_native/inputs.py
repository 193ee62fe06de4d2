"""Targets and parameters as the native library takes them: checked, converted and kept alive."""

from __future__ import annotations

import ctypes
import math
import sys
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from .. import _signatures as c
from . import arrays
from .arrays import Real
from .errors import InvalidArgumentError, NumericalError

_TARGETS_SIZE = ctypes.sizeof(c.qtg_targets)


class Sized(Protocol):
    """What of a model the shapes of samples and targets depend on."""

    _n_qubits: int
    _n_features: int

    @property
    def n_outputs(self) -> int: ...


class Targets:
    """Targets as the native library takes them; keeps the arrays alive."""

    __slots__ = ("labels", "reference", "values", "weights")

    def __init__(
        self, model: Sized, y: ArrayLike, m: int, loss: str, weights: ArrayLike | None = None
    ) -> None:
        self.values: Real | None = None
        self.labels = None
        k = model.n_outputs
        if not arrays.among(loss, ("mse", "cross_entropy")):
            raise InvalidArgumentError(f"loss is {loss!r}; it must be 'mse' or 'cross_entropy'")
        if loss == "mse":
            values = arrays.real("y", y)
            if values.shape not in ({(m, k), (m,)} if k == 1 else {(m, k)}):
                expected = f"({m},)" if k == 1 else f"({m}, {k})"
                raise InvalidArgumentError(f"y has shape {values.shape}, {m} samples need {expected}")
            self.values = values
        else:
            labels = arrays.numbers("y", y)
            if labels.dtype.kind not in "iu":
                raise InvalidArgumentError(f"y has dtype {labels.dtype}; cross_entropy takes integer labels")
            arrays.expect_shape("y", labels, (m,), "(m,)")
            self.labels = np.ascontiguousarray(labels, dtype=np.int64)
        self.weights = None if weights is None else arrays.real("sample_weight", weights)
        if self.weights is not None:
            arrays.expect_shape("sample_weight", self.weights, (m,), "(m,)")
        struct = c.qtg_targets(
            struct_size=_TARGETS_SIZE,
            loss=c.QTG_LOSS_MSE if loss == "mse" else c.QTG_LOSS_CROSS_ENTROPY,
            n_samples=m,
            n_outputs=k,
            values=arrays.pointer(self.values),
            labels=arrays.pointer(self.labels),
            weights=arrays.pointer(self.weights),
        )
        # Whoever holds the reference holds the struct, and with it the arrays.
        struct.kept = self.values, self.labels, self.weights
        self.reference = ctypes.byref(struct)

    def name_infinite(self) -> None:
        """Raises an error that names the entry that is NaN or infinite, if one is."""
        if self.values is not None:
            arrays.finite("y", self.values)
        if self.weights is not None:
            arrays.finite("sample_weight", self.weights)

    def expect_squares(self) -> None:
        """Raises an error that names the largest label, if the sum of their squares overflows."""
        if self.values is None or not self.values.size:
            return
        sizes = np.abs(self.values)
        if sizes.max() > math.sqrt(sys.float_info.max / sizes.size):
            place = np.unravel_index(sizes.argmax(), sizes.shape)
            raise NumericalError(
                f"y[{', '.join(map(str, place))}] is {self.values[place]:.3g}, so the loss overflows; "
                "divide the labels by a constant"
            )


class Theta:
    """Parameter sets (s, p); remembers whether the caller gave one set without an axis for it."""

    __slots__ = ("arguments", "axis", "sets", "values")

    def __init__(self, theta: ArrayLike, n_params: int) -> None:
        self.values = values = arrays.real("theta", theta)
        shape = values.shape
        if shape == (n_params,):
            self.sets = 1
            # The axis of sets in the shape of every result.
            self.axis: tuple[int, ...] = ()
        else:
            if len(shape) != 2 or shape[1] != n_params:
                raise InvalidArgumentError(
                    f"theta has shape {shape}, the circuit has {n_params} parameters: "
                    f"({n_params},) or (s, {n_params}) is expected"
                )
            self.sets = shape[0]
            if self.sets == 0:
                raise InvalidArgumentError(f"theta has shape {shape}; at least one parameter set is needed")
            self.axis = (self.sets,)
        self.arguments = (arrays.pointer(values), self.sets, n_params)

    def name_infinite(self) -> None:
        """Raises an error that names the entry that is NaN or infinite, if one is."""
        arrays.finite("theta", self.values)

    @property
    def single(self) -> bool:
        return not self.axis

    def squeeze(self, array: Real) -> Real:
        """Drops the leading axis of parameter sets if the caller gave none."""
        return array[0] if self.single else array


class Weights:
    """One weight for every prediction, (s, m, k); given so, or the same for all parameter sets."""

    __slots__ = ("values",)

    def __init__(self, model: Sized, weights: ArrayLike, sets: Theta, m: int) -> None:
        given = arrays.real("weights", weights)
        k = model.n_outputs
        own: list[tuple[int, ...]] = [(*sets.axis, m, k), *([(*sets.axis, m)] if k == 1 else [])]
        shared: list[tuple[int, ...]] = [(m, k), *([(m,)] if k == 1 else [])]
        if given.shape in own:
            self.values = given
        elif given.shape in shared:
            repeated = np.broadcast_to(given.reshape(m, k), (sets.sets, m, k))
            self.values = np.ascontiguousarray(repeated)
        else:
            fitting = " or ".join(map(str, dict.fromkeys(shared + own)))
            raise InvalidArgumentError(
                f"weights has shape {given.shape}; {m} samples and {k} outputs need {fitting}"
            )
