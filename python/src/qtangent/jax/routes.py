"""How XLA calls a model: by its C call interface where it takes the handler in the library, else by calling Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._native.library import lib
from ..models import Model
from .calls import call_p, jax

# isort: split
# Not before .calls, which says what to install where JAX is missing.
from jax.interpreters import mlir

_TARGET = "qtangent_call"
# The first is enum qtg_xla_task.
_TASKS = {"predict": 0, "jacobian": 1, "feature_jacobian": 2, "vjp": 3, "vjp_product": 4}
_CALLS: dict[str, Callable[..., tuple[Any, ...]]] = {
    "predict": lambda model, theta, X: (model.predict(theta, X),),
    "jacobian": lambda model, theta, X: (model.jacobian(theta, X),),
    "feature_jacobian": lambda model, theta, X: (model.jacobian(theta, X, wrt="X"),),
    "vjp": lambda model, theta, X, weights: model.vjp(theta, weights, X),
    "vjp_product": lambda model, theta, X, weights, along, X_along: model.vjp_product(
        theta, weights, along, X_along, X
    ),
}


def by_interface(ctx: Any, *operands: Any, name: str, model: Model, shapes: Any) -> Any:
    """XLA calls the handler (Sources/CTangentXLA), which finds the model by its handle."""
    attributes = {"model": np.int64(model._handle), "task": np.int64(_TASKS[name])}
    ctx.module_context.add_keepalive(model)
    return jax.ffi.ffi_lowering(_TARGET)(ctx, *operands, **attributes)


def by_callback(ctx: Any, *operands: Any, name: str, model: Model, shapes: Any) -> Any:
    """XLA calls Python with NumPy's arrays. Not `jax.pure_callback`, which first makes JAX's arrays of them: a callback
    that waits for those may wait forever, since it holds the thread that would bring them."""

    def call(*arrays: Any) -> Any:
        theta, *others = map(np.asarray, arrays)
        results = _CALLS[name](model, theta, *(array if array.shape[-1] else None for array in others))
        return [
            np.zeros(shape) if result is None else result
            for result, shape in zip(results, shapes, strict=True)
        ]

    results, _, _ = mlir.emit_python_callback(
        ctx, call, None, operands, ctx.avals_in, ctx.avals_out, has_side_effect=False
    )
    return results


def registered() -> bool:
    """Whether XLA takes the handler: it refuses one whose version of the interface it does not have."""
    try:
        jax.ffi.register_ffi_target(_TARGET, jax.ffi.pycapsule(lib.qtg_xla_call), platform="cpu")
    except (AttributeError, RuntimeError, ValueError):
        return False
    return True


def install() -> None:
    """Takes the faster of the two on CPUs; on other devices XLA brings the arrays to a callback."""
    mlir.register_lowering(call_p, by_callback)
    if registered():
        mlir.register_lowering(call_p, by_interface, platform="cpu")
