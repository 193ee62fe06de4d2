"""The rules of differentiation: each derivative leads to another of the operators, up to the second.

A function takes the model itself, so that a gradient may outlive the layer it came from.
"""

from __future__ import annotations

import inspect
from typing import Any

from ..sets import Derivatives, fold
from . import operators
from .operators import torch


class _Function(torch.autograd.Function):  # type: ignore[misc]
    """A function of (theta, X, ..., model)."""

    def __init_subclass__(cls) -> None:
        # PyTorch asks for it in every call, and making it takes longer than a small circuit does.
        cls.forward.__signature__ = inspect.signature(cls.forward)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        *tensors, ctx.model = inputs
        ctx.save_for_backward(*tensors)


class Predict(_Function):
    @staticmethod
    def forward(theta: Any, X: Any, model: Any) -> Any:
        return operators.predict(theta, X, model._handle)

    @staticmethod
    def backward(ctx: Any, weights: Any) -> Any:
        theta, X = ctx.saved_tensors
        of_theta, of_X = Vjp.apply(theta, X, weights, ctx.model)
        return of_theta, _unless_none(X, of_X), None

    @staticmethod
    def vmap(info: Any, places: Any, *arguments: Any) -> Any:
        return _batch(Predict, "predict", info, places, arguments)


class PredictEagerly(Predict):
    """What names a way out of forward mode. The compiler traces no function that has rules for it."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise NotImplementedError(
            "qtangent.torch has no forward mode; use torch.func.jacrev for jacfwd, jacrev(jacrev(...)) for hessian"
        )

    @staticmethod
    def vmap(info: Any, places: Any, *arguments: Any) -> Any:
        return _batch(PredictEagerly, "predict", info, places, arguments)


class Vjp(_Function):
    @staticmethod
    def forward(theta: Any, X: Any, weights: Any, model: Any) -> Any:
        return operators.vjp(theta, X, weights, model._handle)

    @staticmethod
    def backward(ctx: Any, along: Any, X_along: Any) -> Any:
        theta, X, weights = ctx.saved_tensors
        direction = along, _unless_none(X, X_along)
        of_theta = of_X = of_weights = None
        if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
            of_theta, of_X = VjpProduct.apply(theta, X, weights, *direction, ctx.model)
        if ctx.needs_input_grad[2]:
            of_weights = Jvp.apply(theta, X, *direction, ctx.model)
        return of_theta, _unless_none(X, of_X), of_weights, None

    @staticmethod
    def vmap(info: Any, places: Any, *arguments: Any) -> Any:
        return _batch(Vjp, "vjp", info, places, arguments)


class Jvp(_Function):
    @staticmethod
    def forward(theta: Any, X: Any, along: Any, X_along: Any, model: Any) -> Any:
        return operators.jvp(theta, X, along, X_along, model._handle)

    @staticmethod
    def backward(ctx: Any, weights: Any) -> Any:
        theta, X, along, X_along = ctx.saved_tensors
        of_theta, of_X = VjpProduct.apply(theta, X, weights, along, X_along, ctx.model)
        of_along, of_X_along = Vjp.apply(theta, X, weights, ctx.model)
        return of_theta, _unless_none(X, of_X), of_along, _unless_none(X, of_X_along), None

    @staticmethod
    def vmap(info: Any, places: Any, *arguments: Any) -> Any:
        return _batch(Jvp, "jvp", info, places, arguments)


class VjpProduct(_Function):
    @staticmethod
    def forward(theta: Any, X: Any, weights: Any, along: Any, X_along: Any, model: Any) -> Any:
        return operators.vjp_product(theta, X, weights, along, X_along, model._handle)

    @staticmethod
    def backward(ctx: Any, *directions: Any) -> Any:
        raise NotImplementedError(
            "qtangent.torch has first and second derivatives, a third one was asked for; leave out one create_graph=True"
        )

    @staticmethod
    def vmap(info: Any, places: Any, *arguments: Any) -> Any:
        return _batch(VjpProduct, "vjp_product", info, places, arguments)


def _unless_none(X: Any, gradient: Any) -> Any:
    """A gradient that belongs to X, if there is one."""
    return None if X is None else gradient


def _batch(function: Any, name: str, info: Any, places: Any, arguments: Any) -> Any:
    """vmap: the function of all sets, with the places of its axis in the results."""
    *tensors, model = arguments
    batched = [place is not None for place in places[:-1]]
    moved = [
        tensor.movedim(place, 0) if has else tensor
        for tensor, place, has in zip(tensors, places, batched, strict=False)
    ]
    folded, unfold = fold(torch, info.batch_size, batched, moved, Derivatives(model).ranks(name))
    results = function.apply(*folded, model)
    if torch.is_tensor(results):
        return unfold(results), 0
    of_theta, of_X = results
    if tensors[1] is None:
        return (unfold(of_theta), of_X), (0, None)
    return (unfold(of_theta), unfold(of_X)), (0, 0)
