"""The library's kernels as objects with settings, which grids can walk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..classical import dense_ntk, recurrent_ntk
from ..models import Model
from .sequences import as_sequences


class SampleKernel(BaseEstimator):
    """A kernel between samples; its settings are parameters, as `kernel__sigma_w` of the estimator that holds it."""

    takes_sequences = False
    """Whether samples are sequences instead of the rows of a matrix."""

    def __call__(self, X: Any, X2: Any = None) -> Real:
        """The kernel between rows and columns, (n, n2); of the rows with themselves without X2."""
        raise NotImplementedError

    def diag(self, X: Any) -> Real:
        """Every sample with itself.

        Args:
            X: n samples, rows (n, d) or a list of sequences (T_i, m).

        Returns:
            (n,); the shape of X is as for the kernel.

        Raises:
            InvalidArgumentError: as the kernel.
        """
        return np.array([self(X[k : k + 1])[0, 0] for k in range(len(X))])


class DenseKernel(SampleKernel):
    """The tangent kernel of infinitely wide dense networks: `qt.classical.dense_ntk`, whose arguments these are."""

    def __init__(
        self,
        depth: int = 1,
        activation: str = "relu",
        sigma_w: float = 2**0.5,
        sigma_b: float = 0.0,
        sigma_v: float = 1.0,
        kernel: str = "ntk",
    ) -> None:
        self.depth = depth
        self.activation = activation
        self.sigma_w = sigma_w
        self.sigma_b = sigma_b
        self.sigma_v = sigma_v
        self.kernel = kernel

    def __call__(self, X: ArrayLike, X2: ArrayLike | None = None) -> Real:
        return dense_ntk(X, X2, **self.get_params())


class RecurrentKernel(SampleKernel):
    """The tangent kernel of infinitely wide recurrent networks: `qt.classical.recurrent_ntk`, whose arguments these are, of
    samples that are sequences.

    Args:
        layout: of arrays with three axes, "time_first" (n, T, m) or "channels_first" (n, m, T); "channels_first" also of
            lists of arrays (m, T_i). Lists without a layout hold arrays (T_i, m) or (T_i,), and a matrix (n, T) holds n
            sequences of numbers.
        padding: "nan" to leave out the steps at the end of which all channels are NaN.
    """

    takes_sequences = True

    def __init__(
        self,
        layers: int = 1,
        activation: str = "relu",
        pooling: str = "last",
        sigma_w: float = 2**0.5,
        sigma_u: float = 1.0,
        sigma_b: float = 0.0,
        sigma_h: float = 0.0,
        sigma_v: float = 1.0,
        bidirectional: bool = False,
        frozen_layers: int = 0,
        initial_state: str = "independent",
        kernel: str = "ntk",
        layout: str | None = None,
        padding: str | None = None,
    ) -> None:
        self.layers = layers
        self.activation = activation
        self.pooling = pooling
        self.sigma_w = sigma_w
        self.sigma_u = sigma_u
        self.sigma_b = sigma_b
        self.sigma_h = sigma_h
        self.sigma_v = sigma_v
        self.bidirectional = bidirectional
        self.frozen_layers = frozen_layers
        self.initial_state = initial_state
        self.kernel = kernel
        self.layout = layout
        self.padding = padding

    def __call__(self, X: Any, X2: Any = None) -> Real:
        settings = self.get_params()
        laid = settings.pop("layout"), settings.pop("padding")
        others = None if X2 is None else as_sequences(X2, *laid)
        return recurrent_ntk(as_sequences(X, *laid), others, **settings)


class TangentKernel(SampleKernel):
    """The tangent kernel of a quantum neural network at theta: `Model.tangent_kernel`, summed over outputs.

    Args:
        model: whose features are the columns of X.
        theta: parameters (p,), in radians where gates take angles.
    """

    def __init__(self, model: Model, theta: ArrayLike) -> None:
        self.model = model
        self.theta = theta

    def __call__(self, X: ArrayLike, X2: ArrayLike | None = None) -> Real:
        return self.model.tangent_kernel(_one_set(self.theta), X, X2)

    def diag(self, X: ArrayLike) -> Real:
        """Every sample with itself, the square of its row of the Jacobian.

        Args:
            X: features (n, f).

        Returns:
            (n,), summed over outputs.

        Raises:
            InvalidArgumentError: as `Model.jacobian`.
        """
        jacobian = self.model.jacobian(_one_set(self.theta), X)
        return np.asarray(np.square(jacobian).reshape(len(jacobian), -1).sum(axis=1))


class FidelityKernel(SampleKernel):
    """The kernel of a circuit's states, |<psi_i|psi_j>|^2: `Model.fidelity_kernel`.

    Args:
        model: whose features are the columns of X; the observable does not matter.
        theta: parameters (p,), in radians where gates take angles.
    """

    def __init__(self, model: Model, theta: ArrayLike) -> None:
        self.model = model
        self.theta = theta

    def __call__(self, X: ArrayLike, X2: ArrayLike | None = None) -> Real:
        return self.model.fidelity_kernel(_one_set(self.theta), X, X2)


def _one_set(theta: ArrayLike) -> Real:
    values = arrays.real("theta", theta)
    if values.ndim != 1:
        raise InvalidArgumentError(f"theta has shape {values.shape}; a kernel takes one set, (p,)")
    return values
