"""The second-order kernel of the over-parameterised limit, from overlaps."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError


def limit_dqntk(gram_moments: ArrayLike) -> Real:
    """The limit of mu_abc/Zsum^2 for pure states, mu the dQNTK (`Model.dqntk`) of many parameters.

    mu_abc = -(1/2) tr(rho_a ([X_b, [X_c, M]] + [X_c, [X_b, M]])), X_j = i[M, rho_j], needs only the moments
    N_k = V^+ M^k V. For M^2 = gamma^2 they are N_2 = gamma^2 N_0 and N_3 = gamma^2 N_1. Derived in docs/maths.md.

    Args:
        gram_moments: N_0 to N_3 of the states V as columns, complex (4, m, m), the scale of the measurement included.

    Returns:
        (m, m, m), symmetric in its last two axes.

    Raises:
        InvalidArgumentError: for another shape.
        Interrupted: after Ctrl-C.
    """
    moments = _arrays.complex_("gram_moments", gram_moments)
    if moments.ndim != 3 or moments.shape[0] != 4 or moments.shape[1] != moments.shape[2]:
        raise InvalidArgumentError(f"gram_moments has shape {moments.shape}; (4, m, m) is expected")
    m = moments.shape[1]
    result = _native.result("the dQNTK", (m, m, m), 0, "samples")
    _native.interruptible(
        2e-8 * m**3,
        lambda cancel: _native.call(
            "qtg_dynamics_limit_dqntk", _arrays.pointer(moments), m, cancel, _arrays.pointer(result)
        ),
        "limit_dqntk",
    )
    return result
