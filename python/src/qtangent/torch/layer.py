"""The layer."""

from __future__ import annotations

import math
from typing import Any

from .._native.errors import InvalidArgumentError
from ..models import Model, expect_model
from .derivatives import Predict, PredictEagerly
from .operators import enter, torch

_TYPES = (torch.float32, torch.float64)


class Layer(torch.nn.Module):  # type: ignore[misc]
    """A model as a layer: features (..., f) to predictions (...) or (..., k), with theta (p,) as its parameter.

        quantum = qt.torch.Layer(model)
        net = torch.nn.Sequential(torch.nn.Linear(20, 4), quantum, torch.nn.Linear(4, 2))

    Gradients for theta and the features are those of `Model.vjp`, and a second backward pass is exact too
    (`Model.vjp_product`). `torch.func.vmap`, `grad`, `vjp`, `jacrev` and `torch.compile` may be used; forward mode and
    third derivatives are errors. All is computed on the CPU in the model's precision: float32 and tensors of other devices
    are copied there, and results go back to the features' device and type (theta's for a circuit without features).

    `state_dict` holds theta. Pickles and deep copies hold the model too.

    Args:
        model: the model, whose circuit takes the features of one sample; shared, not copied.
        theta: where to start, (p,), in radians where gates take angles: a tensor or an array, which is copied, or an
            `nn.Parameter`, which is shared. Drawn uniformly from [0, 2 pi) by PyTorch's generator, in its default type,
            unless given.

    Raises:
        InvalidArgumentError: for something other than a model, for shapes that do not fit, and for types other than float32
            and float64.
        ImportError: without PyTorch, or with one that is too old.
    """

    def __init__(self, model: Model, theta: Any = None) -> None:
        super().__init__()
        expect_model(model)
        self._model = model
        enter(model)
        if theta is None:
            theta = 2 * math.pi * torch.rand(model.n_params)
        if not isinstance(theta, torch.nn.Parameter):
            theta = torch.nn.Parameter(_real("theta", torch.as_tensor(theta)).detach().clone())
        if _real("theta", theta).shape != (model.n_params,):
            raise InvalidArgumentError(
                f"theta has shape {tuple(theta.shape)}, the circuit has {model.n_params} parameters: "
                f"({model.n_params},) is expected"
            )
        self.theta = theta

    @property
    def model(self) -> Model:
        """The model, as it was given."""
        return self._model

    def forward(self, X: Any = None) -> Any:
        """The predictions.

        Args:
            X: features, a tensor (..., f) of any number of axes, float32 or float64; nothing for a circuit without.

        Returns:
            (...), or (..., k) for a list of k observables, of the type and on the device of X.

        Raises:
            InvalidArgumentError: for shapes and types that do not fit, and for entries that are not finite.
            OutOfMemoryError: before anything is allocated.
        """
        model = self._model
        leading = self._leading(X)
        samples = X if X is None or len(leading) == 1 else X.reshape(-1, model._n_features)
        function = Predict if torch.compiler.is_compiling() else PredictEagerly
        predictions = function.apply(self.theta, samples, model)
        return predictions if len(leading) == 1 else predictions.reshape((*leading, *model._outputs))

    def _leading(self, X: Any) -> Any:
        """The axes of the samples."""
        n_features = self._model._n_features
        if X is None:
            if n_features:
                raise InvalidArgumentError(
                    f"the circuit has {n_features} features; pass X of shape (..., {n_features})"
                )
            return ()
        if not torch.is_tensor(X):
            raise InvalidArgumentError(f"X is {type(X).__name__}; a tensor is expected: torch.as_tensor(X)")
        _real("X", X)
        if n_features == 0:
            raise InvalidArgumentError(
                f"X has shape {tuple(X.shape)}, but the circuit has no features; call the layer without X"
            )
        if X.ndim == 0 or X.shape[-1] != n_features:
            raise InvalidArgumentError(
                f"X has shape {tuple(X.shape)}, the circuit has {n_features} features: "
                f"(..., {n_features}) is expected"
            )
        return X.shape[:-1]

    def extra_repr(self) -> str:
        """What `repr` says within the brackets.

        Raises:
            Nothing.
        """
        model = self._model
        return f"features={model._n_features}, parameters={model.n_params}, outputs={model.n_outputs}"

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        enter(self._model)


def _real(name: str, tensor: Any) -> Any:
    if tensor.dtype not in _TYPES:
        raise InvalidArgumentError(
            f"{name} is {tensor.dtype}; torch.float32 or torch.float64 is expected: {name}.to(torch.get_default_dtype())"
        )
    return tensor
