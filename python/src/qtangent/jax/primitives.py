"""A model's derivatives as primitives of JAX, with the rules that lead from one to the next.

Predictions change linearly along a direction (jvp); the transpose takes weights to gradients (vjp), whose change along a
direction (vjp_product) is its own transpose. The axis of vmap becomes one of sets. Arrays are float64; what is not there, X
for a circuit without features or a direction in which nothing goes, is an array without columns.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..models import Model
from ..sets import ARGUMENTS, Derivatives, fold
from .calls import TracedDerivatives, jax, jnp

# isort: split
# Not before .calls, which says what to install where JAX is missing.
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

Arrays = tuple[Any, ...]


def _primitive(name: str) -> Any:
    """What all have: shapes of results, vmap, and how they are computed."""
    primitive = Primitive(f"qtangent_{name}")
    primitive.multiple_results = True

    def abstract(*arrays: Any, model: Model) -> list[Any]:
        theta, X = arrays[:2]
        sets = Derivatives(model).sets_of(name, arrays)
        shapes: list[Arrays] = [(X.shape[-2], *model._outputs)]
        if name in ("vjp", "vjp_product"):
            shapes = [theta.shape[-1:], X.shape[-2:]]
        return [jax.core.ShapedArray((*sets, *shape), np.dtype(np.float64)) for shape in shapes]

    def batch(arrays: Any, places: Any, *, model: Model) -> Any:
        has = [place is not None for place in places]
        moved = [
            jnp.moveaxis(a, place, 0) if b else a for a, place, b in zip(arrays, places, has, strict=True)
        ]
        size = next(array.shape[0] for array, b in zip(moved, has, strict=True) if b)
        folded, unfold = fold(jnp, size, has, moved, Derivatives(model).ranks(name))
        results = [unfold(result) for result in primitive.bind(*folded, model=model)]
        return results, [0] * len(results)

    def evaluate(*arrays: Any, model: Model) -> Any:
        theta, *others = arrays
        results = getattr(TracedDerivatives(model), name)(
            theta, *(array if array.shape[-1] else None for array in others)
        )
        if not isinstance(results, tuple):
            return [results]
        of_theta, of_X = results
        return [of_theta, jnp.zeros((*of_theta.shape[:-1], 1, 0)) if of_X is None else of_X]

    @functools.partial(jax.jit, static_argnames="model")
    def compiled(*arrays: Any, model: Model) -> Any:
        return primitive.bind(*arrays, model=model)

    primitive.def_abstract_eval(abstract)
    primitive.def_impl(compiled)
    batching.primitive_batchers[primitive] = batch
    mlir.register_lowering(primitive, mlir.lower_fun(evaluate, multiple_results=True))
    return primitive


predict_p, jvp_p, vjp_p, vjp_product_p = map(_primitive, ARGUMENTS)


def predict(theta: Any, X: Any, model: Model) -> Any:
    """Predictions of parameters (p,) and features (m, f)."""
    return predict_p.bind(theta, X, model=model)[0]


_NO_FURTHER = (
    "qtangent.jax has first and second derivatives; a third was asked for, or a derivative of forward mode, which belongs "
    "outside: jax.jacfwd(jax.jacrev(f)), as in jax.hessian"
)


def _is_zero(tangent: Any) -> bool:
    return type(tangent) is ad.Zero


def _directions(tangents: Any) -> list[Any]:
    return [jnp.zeros((*one.aval.shape[:-1], 0)) if _is_zero(one) else one for one in tangents]


def _add(changes: list[Any], results: list[Any]) -> list[Any]:
    """The sum of the changes of results, where there are any."""
    if not changes:
        return [ad.Zero.from_primal_value(result) for result in results]
    return [functools.reduce(jnp.add, parts) for parts in zip(*changes, strict=True)]


def _predict_jvp(primals: Arrays, tangents: Arrays, *, model: Model) -> Any:
    results = predict_p.bind(*primals, model=model)
    return results, jvp_p.bind(*primals, *_directions(tangents), model=model)


def _jvp_jvp(primals: Arrays, tangents: Arrays, *, model: Model) -> Any:
    if not all(map(_is_zero, tangents[:2])):
        raise NotImplementedError(_NO_FURTHER)
    results = jvp_p.bind(*primals, model=model)
    return results, jvp_p.bind(*primals[:2], *_directions(tangents[2:]), model=model)


def _vjp_jvp(primals: Arrays, tangents: Arrays, *, model: Model) -> Any:
    results, changes = vjp_p.bind(*primals, model=model), []
    if not all(map(_is_zero, tangents[:2])):
        changes.append(vjp_product_p.bind(*primals, *_directions(tangents[:2]), model=model))
    if not _is_zero(tangents[2]):
        changes.append(vjp_p.bind(*primals[:2], tangents[2], model=model))
    return results, _add(changes, results)


def _vjp_product_jvp(primals: Arrays, tangents: Arrays, *, model: Model) -> Any:
    if not all(map(_is_zero, tangents[:2])):
        raise NotImplementedError(_NO_FURTHER)
    results, changes = vjp_product_p.bind(*primals, model=model), []
    if not _is_zero(tangents[2]):
        changes.append(vjp_product_p.bind(*primals[:2], tangents[2], *primals[3:], model=model))
    if not all(map(_is_zero, tangents[3:])):
        changes.append(vjp_product_p.bind(*primals[:3], *_directions(tangents[3:]), model=model))
    return results, _add(changes, results)


def _cotangents(linear: Arrays, gradients: Any) -> list[Any]:
    """The gradients of those arguments that are linear, summed over sets that share them."""
    return [
        (gradient.sum(0) if gradient.ndim > one.aval.ndim else gradient)
        if ad.is_undefined_primal(one)
        else None
        for one, gradient in zip(linear, gradients, strict=True)
    ]


def _jvp_transpose(cotangents: Any, theta: Any, X: Any, *directions: Any, model: Model) -> Any:
    (weights,) = cotangents
    return [None, None, *_cotangents(directions, vjp_p.bind(theta, X, weights, model=model))]


def _vjp_transpose(cotangents: Any, theta: Any, X: Any, weights: Any, *, model: Model) -> Any:
    changes = jvp_p.bind(theta, X, *_directions(cotangents), model=model)
    return [None, None, *_cotangents((weights,), changes)]


def _vjp_product_transpose(
    cotangents: Any, theta: Any, X: Any, weights: Any, *directions: Any, model: Model
) -> Any:
    if ad.is_undefined_primal(weights):
        raise NotImplementedError(_NO_FURTHER)
    changes = vjp_product_p.bind(theta, X, weights, *_directions(cotangents), model=model)
    return [None, None, None, *_cotangents(directions, changes)]


ad.primitive_jvps[predict_p] = _predict_jvp
ad.primitive_jvps[jvp_p] = _jvp_jvp
ad.primitive_jvps[vjp_p] = _vjp_jvp
ad.primitive_jvps[vjp_product_p] = _vjp_product_jvp
ad.primitive_transposes[jvp_p] = _jvp_transpose
ad.primitive_transposes[vjp_p] = _vjp_transpose
ad.primitive_transposes[vjp_product_p] = _vjp_product_transpose
