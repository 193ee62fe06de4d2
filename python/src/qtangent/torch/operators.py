"""A model's derivatives as operators of PyTorch: opaque to its compiler, which learns the shapes of their results.

A tensor is copied to the CPU and to float64 where it is neither there nor that; results go back to the device and the
type of what they belong to. Operators take tensors and numbers alone: they name their model by its handle.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

from ..models import Model
from ..sets import Derivatives
from .package import load

torch = load()

_models: WeakValueDictionary[int, Model] = WeakValueDictionary()


def enter(model: Model) -> None:
    """Makes the model known to the operators as long as it lives."""
    _models[model._handle] = model


def _derivatives(handle: int) -> Derivatives:
    model = _models.get(handle)
    if model is None:
        raise RuntimeError("the model of this gradient is gone; keep its layer until backward has run")
    return Derivatives(model)


def _array(tensor: Any) -> Any:
    return None if tensor is None else tensor.to(torch.float64).numpy(force=True)


def _like(tensor: Any, array: Any) -> Any:
    """The array as a tensor of another's type and device; an empty one where there is none."""
    return torch.empty(0) if tensor is None else torch.from_numpy(array).to(tensor.device, tensor.dtype)


def _of_predictions(name: str, arguments: str) -> Any:
    """An operator whose result is like the predictions: of the type of X, or of theta without X."""

    def evaluate(*given: Any) -> Any:
        *tensors, model = given
        return _like(_samples(tensors), getattr(_derivatives(model), name)(*map(_array, tensors)))

    def fake(*given: Any) -> Any:
        *tensors, model = given
        derivatives, X = _derivatives(model), tensors[1]
        m = 1 if X is None else X.shape[-2]
        sets = derivatives.sets_of(name, tensors)
        return _samples(tensors).new_empty((*sets, m, *derivatives.model._outputs))

    return _operator(name, arguments, "Tensor", evaluate, fake)


def _samples(tensors: list[Any]) -> Any:
    theta, X = tensors[:2]
    return theta if X is None else X


def _of_gradients(name: str, arguments: str) -> Any:
    """An operator whose results are like theta and X; the latter is empty without X."""

    def evaluate(*given: Any) -> Any:
        *tensors, model = given
        gradients = getattr(_derivatives(model), name)(*map(_array, tensors))
        return tuple(map(_like, tensors[:2], gradients))

    def fake(*given: Any) -> Any:
        *tensors, model = given
        sets, (theta, X) = _derivatives(model).sets_of(name, tensors), tensors[:2]
        of_theta = theta.new_empty((*sets, theta.shape[-1]))
        return of_theta, torch.empty(0) if X is None else X.new_empty((*sets, *X.shape[-2:]))

    return _operator(name, arguments, "(Tensor, Tensor)", evaluate, fake)


def _operator(name: str, arguments: str, results: str, evaluate: Any, fake: Any) -> Any:
    # Not torch.library.custom_op, whose wrappers take longer than a small circuit does.
    full = f"qtangent::{name}"
    torch.library.define(full, f"(Tensor theta, Tensor? X, {arguments}int model) -> {results}")
    torch.library.impl(full, "CompositeExplicitAutograd", evaluate)
    torch.library.register_fake(full, fake)
    return getattr(torch.ops.qtangent, name).default


predict = _of_predictions("predict", "")
jvp = _of_predictions("jvp", "Tensor along, Tensor? X_along, ")
vjp = _of_gradients("vjp", "Tensor weights, ")
vjp_product = _of_gradients("vjp_product", "Tensor weights, Tensor along, Tensor? X_along, ")
