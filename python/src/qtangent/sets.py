"""A model's derivatives where each array may have an axis of sets in front, as the transforms of PyTorch and JAX want
them: vmap adds such an axis to any of the arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .models import Model

Array = Any
"""Of NumPy, PyTorch or JAX."""

ARGUMENTS = {
    "predict": ("theta", "X"),
    "jvp": ("theta", "X", "along", "X_along"),
    "vjp": ("theta", "X", "weights"),
    "vjp_product": ("theta", "X", "weights", "along", "X_along"),
}
"""What each derivative takes."""


class Derivatives:
    """First and second derivatives of a model on arrays with or without an axis of sets in front: theta (p,), X (m, f)
    or None, weights (m,) or (m, k), directions like what they change. Each result has such an axis if any argument has.

    A model takes sets of parameters on shared samples, all at once. Sets of samples at shared parameters become one long
    call. Only where both have sets is there a call a set.

    Subclasses say how a model is called, and with which library's arrays.
    """

    xp: Any = np

    def __init__(self, model: Model) -> None:
        self.model = model
        self._ranks = {"theta": 1, "X": 2, "weights": 1 + len(model._outputs), "along": 1, "X_along": 2}

    def ranks(self, name: str) -> list[int]:
        """How many axes each argument of a derivative has without that of sets."""
        return [self._ranks[argument] for argument in ARGUMENTS[name]]

    def sets_of(self, name: str, arrays: Sequence[Array]) -> tuple[Any, ...]:
        """The axis of sets in the shapes of a derivative's results: () or (s,)."""
        for array, rank in zip(arrays, self.ranks(name), strict=True):
            if array is not None and array.ndim > rank:
                return (array.shape[0],)
        return ()

    # The calls, as the model takes them: theta (p,) or (s, p), X (m, f) or None.

    def _predict(self, theta: Array, X: Array) -> Array:
        return self.model.predict(theta, X)

    def _jacobian(self, theta: Array, X: Array, wrt: str) -> Array:
        return self.model.jacobian(theta, X, wrt=wrt)

    def _vjp(self, theta: Array, X: Array, weights: Array) -> Any:
        return self.model.vjp(theta, weights, X)

    def _vjp_product(self, theta: Array, X: Array, weights: Array, along: Array, X_along: Array) -> Any:
        return self.model.vjp_product(theta, weights, along, X_along, X)

    def _one_by_one(self, function: Callable[..., Any], arrays: Sequence[Array]) -> Any:
        """The function of each set, stacked."""
        found = [
            function(*(None if array is None else array[k] for array in arrays))
            for k in range(len(arrays[0]))
        ]
        if not isinstance(found[0], tuple):
            return np.stack(found)
        return tuple(None if parts[0] is None else np.stack(parts) for parts in zip(*found, strict=True))

    # The derivatives.

    def predict(self, theta: Array, X: Array) -> Array:
        """Predictions (m,) or (m, k)."""
        return self._over_samples(self._predict, theta, X)

    def jacobian(self, theta: Array, X: Array, wrt: str) -> Array:
        """Their derivatives (..., p), or (..., f) for wrt="X"."""
        return self._over_samples(lambda theta, X: self._jacobian(theta, X, wrt), theta, X)

    def jvp(self, theta: Array, X: Array, along: Array, X_along: Array) -> Array:
        """The change of the predictions along a direction in theta, in X, or in both: (m,) or (m, k)."""
        parts = []
        if along is not None:
            jacobian = self.jacobian(theta, X, "theta")
            parts.append(self._contract("jp,p->j", self._flat(jacobian, 1), along))
        if X_along is not None:
            jacobian = self.jacobian(theta, X, "X")
            change = self._contract("mkf,mf->mk", self._flat(jacobian, 2), X_along)
            parts.append(change.reshape(*change.shape[:-2], -1))
        change = parts[0] if len(parts) == 1 else parts[0] + parts[1]
        return change.reshape(*change.shape[:-1], -1, *self.model._outputs)

    def vjp(self, theta: Array, X: Array, weights: Array) -> Any:
        """The gradients of the weighted predictions, (p,) and (m, f), the latter None without X."""
        has_sets, X_has_sets = theta.ndim > 1, X is not None and X.ndim > 2
        if not has_sets and (X_has_sets or weights.ndim > self._ranks["weights"]):
            return self._vjp_by_jacobians(theta, X, weights)
        return self._with_sets("vjp", self._vjp, theta, X, weights)

    def _vjp_by_jacobians(self, theta: Array, X: Array, weights: Array) -> tuple[Array, Array]:
        """For parameters that all sets share: their samples' Jacobians are wanted once."""
        flat = weights.reshape(*weights.shape[: weights.ndim - self._ranks["weights"]], -1)
        gradient = self._contract("jp,j->p", self._flat(self.jacobian(theta, X, "theta"), 1), flat)
        if X is None:
            return gradient, None
        jacobian = self._flat(self.jacobian(theta, X, "X"), 2)
        rows = flat.reshape(*flat.shape[:-1], *jacobian.shape[-3:-1])
        return gradient, self._contract("mkf,mk->mf", jacobian, rows)

    def vjp_product(self, theta: Array, X: Array, weights: Array, along: Array, X_along: Array) -> Any:
        """The change of both gradients of `vjp` along a direction in theta, in X, or in both, at fixed weights."""
        return self._with_sets("vjp_product", self._vjp_product, theta, X, weights, along, X_along)

    def _over_samples(self, function: Callable[[Array, Array], Array], theta: Array, X: Array) -> Array:
        """A function of parameters and samples that has a row a sample."""
        if X is None or X.ndim == 2 or theta.ndim > 1:
            return self._with_sets("predict", function, theta, X)
        found = function(theta, X.reshape(-1, X.shape[-1]))
        return found.reshape(*X.shape[:2], *found.shape[1:])

    def _with_sets(self, name: str, function: Callable[..., Any], *arrays: Array) -> Any:
        """The call of all sets if they share the samples, else one a set."""
        sets = self.sets_of(name, arrays)
        if not sets:
            return function(*arrays)
        theta, X, *others = (
            array
            if array is None or array.ndim > rank
            else self.xp.broadcast_to(array, (*sets, *array.shape))
            for array, rank in zip(arrays, self.ranks(name), strict=True)
        )
        shared = arrays[1]
        if shared is None or shared.ndim == 2:
            return function(theta, shared, *others)
        return self._one_by_one(function, [theta, X, *others])

    def _flat(self, jacobian: Array, axes: int) -> Array:
        """(..., mk, p) for one axis of predictions, (..., m, k, f) for two."""
        shape = jacobian.shape
        before = len(shape) - 1 - self._ranks["weights"]
        samples = (shape[before],) if axes == 2 else ()
        return jacobian.reshape(*shape[:before], *samples, -1, shape[-1])

    def _contract(self, indices: str, first: Array, second: Array) -> Array:
        """Einstein's sum over two arrays that may have an axis s of sets."""
        given, result = indices.split("->")
        pair = list(zip(given.split(","), (first, second), strict=True))
        named = [f"s{letters}" if array.ndim > len(letters) else letters for letters, array in pair]
        sets = "s" if any(name.startswith("s") for name in named) else ""
        return self.xp.einsum(f"{named[0]},{named[1]}->{sets}{result}", first, second, optimize=True)


def fold(
    xp: Any, batch: int, batched: Sequence[bool], arrays: Sequence[Array], ranks: Sequence[int]
) -> tuple[list[Array], Callable[[Array], Array]]:
    """A further axis of a batch, made one with that of sets: what to call with, and what to do with each result.

    Args:
        xp: numpy, torch or jax.numpy.
        batch: the length of the axis.
        batched: which arrays have it, in front of all others.
        ranks: of the arrays without it and without sets.
    """
    own = [0 if array is None else array.ndim - rank for array, rank in zip(arrays, ranks, strict=True)]
    given = zip(arrays, own, batched, ranks, strict=True)
    sets = next((array.shape[-rank - 1] for array, axes, has, rank in given if axes > has), None)
    if sets is None:
        return list(arrays), lambda result: result

    def spread(array: Array, axes: int, has: bool, rank: int) -> Array:
        if not axes:
            return array
        shape = array.shape[-rank:]
        full = array.reshape((batch if has else 1, sets if axes > has else 1, *shape))
        return xp.broadcast_to(full, (batch, sets, *shape)).reshape((batch * sets, *shape))

    folded = map(spread, arrays, own, batched, ranks)
    return list(folded), lambda result: result.reshape((batch, sets, *result.shape[1:]))
