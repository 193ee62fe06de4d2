"""The function: what it takes is checked while JAX traces it."""

from __future__ import annotations

import math
from typing import Any

from .._native.errors import InvalidArgumentError
from ..models import Model, expect_model
from . import routes
from .calls import jax, jnp
from .primitives import predict

routes.install()


class Predict:
    """f(theta, X) of a model."""

    def __init__(self, model: Model) -> None:
        expect_model(model)
        self._model = model

    def __call__(self, theta: Any, X: Any = None) -> Any:
        if not jax.config.jax_enable_x64:
            raise RuntimeError(
                'qtangent.jax computes in float64: jax.config.update("jax_enable_x64", True) before the first array, '
                "or JAX_ENABLE_X64=1 in the environment"
            )
        model = self._model
        theta = _real("theta", theta)
        if theta.shape != (model.n_params,):
            raise InvalidArgumentError(
                f"theta has shape {theta.shape}, the circuit has {model.n_params} parameters: ({model.n_params},) is "
                "expected; use jax.vmap for several sets"
            )
        if X is None:
            features, leading, kind = self._no_features(), (), theta.dtype
        else:
            features, kind = self._features(X), jnp.result_type(theta, X)
            leading = features.shape[:-1]
        rows = features.reshape(math.prod(leading), features.shape[-1])
        predictions = predict(theta.astype(jnp.float64), rows.astype(jnp.float64), model)
        return predictions.reshape(*leading, *model._outputs).astype(kind)

    def _no_features(self) -> Any:
        """One sample without columns."""
        if self._model._n_features:
            raise InvalidArgumentError(
                f"the circuit has {self._model._n_features} features; pass X of shape "
                f"(..., {self._model._n_features})"
            )
        return jnp.zeros((1, 0))

    def _features(self, X: Any) -> Any:
        """X, if it fits the circuit."""
        X, n_features = _real("X", X), self._model._n_features
        if n_features == 0:
            raise InvalidArgumentError(f"X has shape {X.shape}, but the circuit has no features; leave X out")
        if X.ndim == 0 or X.shape[-1] != n_features:
            raise InvalidArgumentError(
                f"X has shape {X.shape}, the circuit has {n_features} features: (..., {n_features}) is expected"
            )
        if X.size == 0:
            raise InvalidArgumentError(f"X has shape {X.shape}; at least one sample is needed")
        return X

    def __repr__(self) -> str:
        return f"<qtangent.jax.predict of {self._model!r}>"


def _real(name: str, value: Any) -> Any:
    array = jnp.asarray(value)
    if array.dtype not in (jnp.float32, jnp.float64):
        raise InvalidArgumentError(
            f"{name} is {array.dtype}; float32 or float64 is expected: {name}.astype(float)"
        )
    return array
