"""The tangent kernel of infinitely wide recurrent networks."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from .. import _signatures as c
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .network import ACTIVATIONS, KERNELS, POOLINGS, choice, kernel_matrix, sigma
from .sequences import pack

_INITIAL_STATES = {
    "independent": c.QTG_INITIAL_INDEPENDENT,
    "zero": c.QTG_INITIAL_INDEPENDENT,
    "shared": c.QTG_INITIAL_SHARED,
}


def recurrent_ntk(
    sequences: Sequence[ArrayLike],
    sequences2: Sequence[ArrayLike] | None = None,
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
    progress: bool = False,
) -> Real:
    """The recurrent neural tangent kernel: that of infinitely wide recurrent networks, which compares sequences of any
    lengths.

    With n neurons a layer, n to infinity, and standard normal W, U, b, V:
    g_l(t) = sigma_w/sqrt(n) W_l h_l(t-1) + sigma_u/sqrt(n_in) U_l h_(l-1)(t) + sigma_b b_l, h_l = phi(g_l), h_0(t) = x(t),
    n_in = m in the first layer, h_l(0) = sigma_h N(0, 1), not trained; output sigma_v/sqrt(n) V.h_L.

    Args:
        sequences: a list of arrays (T_i, m) of any lengths, or (T_i,) of numbers.
        sequences2: those of the columns, arrays (T_j, m); None for `sequences` with themselves, whose diagonal is exact.
        layers: 1 to 64.
        activation: "relu" or "erf".
        pooling: what the readout sees: "last" step; "mean" over all steps with one readout, in which every step of one
            sequence meets every step of the other; "mean_untied", a readout for every step over the root of their
            number, where all have one length. What the authors' later code calls averaged is the last with the term of
            the last step counted twice.
        sigma_w, sigma_u, sigma_b, sigma_h, sigma_v: standard deviations, at least 0. With relu a sigma_w above sqrt 2 grows
            with the number of steps, below it early steps are forgotten.
        bidirectional: a second network reads every sequence from its end, and the outputs are added.
        frozen_layers: so many of the first layers are not trained; all of them: the kernel of the readout alone.
        initial_state: each sequence's is "independent" of the others', "shared" by all, or "zero" (sigma_h = 0).
            Independent ones add to a sequence's kernel with itself alone, not to that with a copy.
        kernel: "ntk", or "nngp", the covariance of the outputs before training.
        progress: shows a bar.

    Returns:
        (n, n2); symmetric if `sequences2` is None.

    Raises:
        InvalidArgumentError: for bad sequences, naming which; a negative sigma; "zero" with sigma_h > 0; unequal lengths
            with "mean_untied".
        NumericalError: if the kernel overflows, naming the step.
        OutOfMemoryError: if the matrix takes more than a call may.
        Interrupted: after Ctrl-C.

    Source: Alemohammad, Wang, Balestriero, Baraniuk, ICLR 2021 (arXiv 2006.10246); recursion derived in docs/classical.md.
    """
    initial = choice("initial_state", initial_state, _INITIAL_STATES)
    network = c.qtg_recurrent_network(
        layers=arrays.integer("layers", layers),
        frozen_layers=arrays.integer("frozen_layers", frozen_layers),
        activation=choice("activation", activation, ACTIVATIONS),
        pooling=choice("pooling", pooling, POOLINGS),
        initial_state=initial,
        bidirectional=int(arrays.flag("bidirectional", bidirectional)),
        sigma_w=sigma("sigma_w", sigma_w),
        sigma_u=sigma("sigma_u", sigma_u),
        sigma_b=sigma("sigma_b", sigma_b),
        sigma_h=sigma("sigma_h", sigma_h),
        sigma_v=sigma("sigma_v", sigma_v),
    )
    if initial_state == "zero" and network.sigma_h:
        raise InvalidArgumentError(
            f"initial_state is 'zero' and sigma_h {sigma_h}; give sigma_h=0, or initial_state='independent' or 'shared'"
        )
    rows = pack("sequences", sequences)
    columns = None if sequences2 is None else pack("sequences2", sequences2)
    return kernel_matrix(network, rows, columns, choice("kernel", kernel, KERNELS), progress)
