"""A model as a function of JAX (extra `jax`), which is imported when the function is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..models import Model

__all__ = ["predict"]


def predict(model: Model) -> Callable[..., Any]:
    """A model's predictions as a function of JAX, for `jit`, `grad`, `jacrev`, `jacfwd`, `hessian` and `vmap` in each other.

        f = qt.jax.predict(model)
        gradient = jax.grad(lambda theta: jnp.mean((f(theta, X) - y) ** 2))(theta)

    f(theta, X) takes parameters (p,), in radians where gates take angles, and features (..., f), nothing for a circuit
    without, and returns predictions (...), or (..., k) for a list of k observables. Several sets of parameters are one call
    by `jax.vmap`. Derivatives up to the second are exact, by the adjoint method (docs/maths.md); a third is an error, and so
    is a derivative of forward mode: put `jacfwd` outside.

    All is computed on the CPU in the model's precision, and in float64 between: JAX must be in its 64-bit mode. Arrays of
    float32 are converted, and results of float32 alone are converted back.

    Args:
        model: the model, whose circuit takes the features of one sample.

    Returns:
        The function. It raises ValueError for shapes and types that do not fit and RuntimeError without the 64-bit mode;
        for what only numbers tell, such as NaN, JAX raises an error of its own with our text.

    Raises:
        InvalidArgumentError: for something other than a model.
        ImportError: without JAX, or with one that is too old.
    """
    from .function import Predict

    return Predict(model)
