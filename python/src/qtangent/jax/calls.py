"""Calls of a model within a computation that JAX has traced: one primitive, and the derivatives over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..models import Model
from ..sets import Derivatives
from .package import load

jax = load()
from jax.extend.core import Primitive  # noqa: E402

jnp = jax.numpy

call_p = Primitive("qtangent_call")
"""Takes arrays to arrays of `shapes`. It appears when all transforms are over, so it has no rules for them; `routes` lowers
it."""
call_p.multiple_results = True


@call_p.def_abstract_eval  # type: ignore[untyped-decorator]
def _abstract(*arrays: Any, name: str, model: Model, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    return [jax.core.ShapedArray(shape, np.dtype(np.float64)) for shape in shapes]


class TracedDerivatives(Derivatives):
    """The derivatives on arrays that JAX traces. What is None goes into a call as an array without columns."""

    xp = jnp

    def _call(self, name: str, shapes: Sequence[tuple[int, ...]], *arrays: Any) -> Any:
        given = [jnp.zeros((1, 0)) if array is None else array for array in arrays]
        return call_p.bind(*given, name=name, model=self.model, shapes=tuple(shapes))

    def _shape(self, theta: Any, X: Any) -> tuple[int, ...]:
        return (*theta.shape[:-1], 1 if X is None else X.shape[0], *self.model._outputs)

    def _predict(self, theta: Any, X: Any) -> Any:
        return self._call("predict", [self._shape(theta, X)], theta, X)[0]

    def _jacobian(self, theta: Any, X: Any, wrt: str) -> Any:
        name, columns = ("jacobian", theta) if wrt == "theta" else ("feature_jacobian", X)
        return self._call(name, [(*self._shape(theta, X), columns.shape[-1])], theta, X)[0]

    def _vjp(self, theta: Any, X: Any, weights: Any) -> Any:
        return self._gradients("vjp", theta, X, weights)

    def _vjp_product(self, theta: Any, X: Any, weights: Any, along: Any, X_along: Any) -> Any:
        return self._gradients("vjp_product", theta, X, weights, along, X_along)

    def _gradients(self, name: str, theta: Any, X: Any, *others: Any) -> Any:
        rows = (1, 0) if X is None else X.shape
        return tuple(self._call(name, [theta.shape, (*theta.shape[:-1], *rows)], theta, X, *others))

    def _one_by_one(self, function: Callable[..., Any], arrays: Sequence[Any]) -> Any:
        there = [array is not None for array in arrays]

        def of_set(rows: list[Any]) -> Any:
            left = iter(rows)
            return function(*(next(left) if one else None for one in there))

        return jax.lax.map(of_set, [array for array in arrays if array is not None])
