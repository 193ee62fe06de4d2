"""The tangent kernel of infinitely wide fully connected networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _signatures as c
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .network import ACTIVATIONS, KERNELS, choice, kernel_matrix, sigma
from .sequences import PackedSequences


def dense_ntk(
    X: ArrayLike,
    X2: ArrayLike | None = None,
    depth: int = 1,
    activation: str = "relu",
    sigma_w: float = 2**0.5,
    sigma_b: float = 0.0,
    sigma_v: float = 1.0,
    kernel: str = "ntk",
    progress: bool = False,
) -> Real:
    """The neural tangent kernel of an infinitely wide fully connected network.

    With n neurons a layer, n to infinity, and standard normal W, b, V: h_0 = x,
    h_l = phi(sigma_w/sqrt(n_in) W_l h_(l-1) + sigma_b b_l), output sigma_v/sqrt(n) V.h_depth without a bias. It is the
    recurrent kernel of sequences of one step.

    Args:
        X: (n, d).
        X2: (n2, d); None for X with itself, whose diagonal is exact.
        depth: hidden layers, 1 to 64.
        activation: "relu" or "erf".
        sigma_w, sigma_b, sigma_v: standard deviations, at least 0.
        kernel: "ntk", or "nngp", the covariance of the outputs before training.
        progress: shows a bar.

    Returns:
        (n, n2).

    Raises:
        InvalidArgumentError: for arrays of other shapes, another depth, entries that are not finite, negative sigmas.
        NumericalError: if the kernel overflows.
        OutOfMemoryError: if the matrix takes more than a call may.
        Interrupted: after Ctrl-C.

    Source: Jacot, Gabriel, Hongler, NeurIPS 2018 (arXiv 1806.07572); Cho, Saul, NIPS 2009; derived in docs/classical.md.
    """
    # The library would speak of the layers of a recurrent network.
    layers = arrays.integer("depth", depth)
    if not 1 <= layers <= 64:
        raise InvalidArgumentError(f"depth is {layers}; 1 to 64 hidden layers are possible")
    width = sigma("sigma_w", sigma_w)
    network = c.qtg_recurrent_network(
        layers=layers,
        activation=choice("activation", activation, ACTIVATIONS),
        pooling=c.QTG_POOLING_LAST,
        sigma_u=width,
        sigma_b=sigma("sigma_b", sigma_b),
        sigma_v=sigma("sigma_v", sigma_v),
    )
    rows = _samples("X", X)
    columns = None if X2 is None else _samples("X2", X2)
    return kernel_matrix(network, rows, columns, choice("kernel", kernel, KERNELS), progress)


def _samples(name: str, value: ArrayLike) -> PackedSequences:
    """Every row as a sequence of one step."""
    array = arrays.real(name, value)
    if array.ndim != 2 or array.size == 0:
        raise InvalidArgumentError(
            f"{name} has shape {array.shape}; (n, d) with at least one entry is expected"
        )
    arrays.finite(name, array)
    return PackedSequences(np.ones(len(array), dtype=np.int64), array)
