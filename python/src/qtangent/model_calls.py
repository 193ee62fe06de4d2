"""How a model calls the native library: what a call costs, whether it fits, and the call itself."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Complex, Real
from ._native.errors import InvalidArgumentError
from ._native.inputs import Theta
from .samples import Samples

TRAJECTORIES = "trajectories"
"""The method of models that estimate."""

_TASKS = {
    "predict": c.QTG_TASK_PREDICT,
    "jacobian": c.QTG_TASK_JACOBIAN,
    "tangent_kernel": c.QTG_TASK_TANGENT_KERNEL,
    "gradient": c.QTG_TASK_GRADIENT,
    "output_states": c.QTG_TASK_OUTPUT_STATES,
    "fisher_information": c.QTG_TASK_FISHER_INFORMATION,
    "dqntk": c.QTG_TASK_DQNTK,
    "vjp": c.QTG_TASK_VJP,
    "feature_jacobian": c.QTG_TASK_FEATURE_JACOBIAN,
    "feature_fisher_information": c.QTG_TASK_FEATURE_FISHER_INFORMATION,
    "hessian_product": c.QTG_TASK_HESSIAN_PRODUCT,
    "hessian": c.QTG_TASK_HESSIAN,
    "loss_hessian_product": c.QTG_TASK_LOSS_HESSIAN_PRODUCT,
    "loss_hessian": c.QTG_TASK_LOSS_HESSIAN,
    "vjp_product": c.QTG_TASK_VJP_PRODUCT,
}

# Of a model with method="trajectories": what is told where nobody says how many.
ESTIMATES = (
    "the model's method is 'trajectories', which estimates: predict, jacobian, tangent_kernel and estimate take "
    "trajectories=200; make it with method='density' for exact values and for everything else"
)


class ModelCalls:
    """The native half of a model, and what its methods know of it."""

    _handle: int
    _n_qubits: int
    _n_params: int
    _n_features: int
    _n_outputs: int
    # The axis of outputs in the shape of every result.
    _outputs: tuple[int, ...]
    _method: str
    # Of task, sets, samples, and whether these bring states.
    _costs: Callable[[int, int, int, bool], Cost]

    @property
    def n_outputs(self) -> int:
        """Number of observables k, 1 without a list."""
        return self._n_outputs

    def _of_features(self, wrt: str) -> bool:
        """Whether derivatives are those for features."""
        if not _arrays.among(wrt, ("theta", "X")):
            raise InvalidArgumentError(f"wrt is {wrt!r}; 'theta' or 'X' is expected")
        if wrt == "X" and not self._n_features:
            raise InvalidArgumentError("the circuit has no features to differentiate for; use qt.feature")
        return wrt == "X"

    def memory_estimate(
        self, m: int, what: str = "jacobian", n_sets: int = 1, has_states: bool = False
    ) -> int:
        """Bytes that a call on m samples needs, its result included.

        Args:
            m: number of samples.
            what: "predict", "jacobian", "tangent_kernel", "gradient", "output_states", "fisher_information", "dqntk",
                "vjp", "feature_jacobian" (`jacobian` for wrt="X"), "feature_fisher_information", "hessian_product",
                "hessian", "loss_hessian_product", "loss_hessian" or "vjp_product".
            n_sets: number of parameter sets.
            has_states: whether the samples bring input states, which keep the qubits outside the light cone of the
                observables.

        Raises:
            InvalidArgumentError: for another `what`, and for numbers below 1.
            OutOfMemoryError: on more qubits than can be simulated.
        """
        if not _arrays.among(what, _TASKS):
            raise InvalidArgumentError(f"what is {what!r}; it must be one of {', '.join(_TASKS)}")
        size = (self._handle, _TASKS[what], n_sets, _arrays.integer("m", m), int(has_states))
        compile_circuit(*size)
        result = ctypes.c_int64()
        _native.call("qtg_model_memory", *size, ctypes.byref(result))
        return result.value


def admit(model: ModelCalls, task: int, sets: Theta, samples: Samples) -> Cost:
    """What a call will cost. Raises OutOfMemoryError for one that would be refused, before its result is allocated, and
    InvalidArgumentError for a model that estimates."""
    if model._method == TRAJECTORIES:
        raise InvalidArgumentError(ESTIMATES)
    return model._costs(task, sets.sets, samples._size, samples._dimension > 0)


def run(
    model: ModelCalls,
    cost: Cost,
    name: str,
    sets: Theta,
    samples: Samples,
    *arguments: Any,
    then: tuple[Real | Complex | None, ...],
) -> None:
    """Calls a native function of model, theta, samples, further arguments, a cancel token and output arrays.

    Arrays are given as such, not by their addresses, so that a worker keeps them alive.
    """
    try:
        if cost.seconds < _native.DIRECT_SECONDS:
            return _call(model, name, sets, samples, arguments, 0, then)
        began = time.perf_counter()
        _native.interruptible(
            cost.seconds, lambda cancel: _call(model, name, sets, samples, arguments, cancel, then)
        )
        cost.seconds = time.perf_counter() - began
    except InvalidArgumentError:
        sets.name_infinite()
        raise


def _call(
    model: ModelCalls,
    name: str,
    sets: Theta,
    samples: Samples,
    arguments: tuple[Any, ...],
    cancel: int,
    then: tuple[Real | Complex | None, ...],
) -> None:
    """The call itself; the arrays live as long as it does."""
    given = [_arrays.pointer(value) if isinstance(value, np.ndarray) else value for value in arguments]
    results = map(_arrays.pointer, then)
    _native.call(name, model._handle, *sets.arguments, samples._handle, *given, cancel, *results)


def compile_circuit(handle: int, task: int, n_sets: int, m: int, has_states: int) -> None:
    """Where the circuit takes long to be compiled, does that, or sees that it is done; Ctrl-C ends it."""
    seconds = ctypes.c_double()
    _native.call("qtg_model_compile_duration", handle, task, has_states, ctypes.byref(seconds))
    if seconds.value >= _native.DIRECT_SECONDS:
        _native.interruptible(
            seconds.value,
            lambda cancel: _native.call("qtg_model_compile", handle, task, n_sets, m, has_states, cancel),
            "compiling the circuit",
        )


class Cost:
    """The seconds a call takes: at first an estimate, a careful one, and then what such a call took."""

    __slots__ = ("seconds",)

    def __init__(self, handle: int, task: int, n_sets: int, m: int, has_states: bool) -> None:
        size = (handle, task, n_sets, m, int(has_states))
        compile_circuit(*size)
        _native.call("qtg_model_require_memory", *size)
        result = ctypes.c_double()
        _native.call("qtg_model_duration", *size, ctypes.byref(result))
        self.seconds = result.value
