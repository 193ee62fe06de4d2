"""The over-parameterised limit of a circuit that does not reach every unitary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError, NumericalError
from ..capacity import LieAlgebra
from ..capacity.lie_algebra import generator_matrix
from ..observables import Observable
from . import checks
from .curves import Curve, curve

_TOLERANCE = 1e-11


def asymptotic_in_algebra(
    algebra: LieAlgebra,
    generators: Sequence[Observable | ArrayLike],
    measurement: Observable | ArrayLike,
    y: ArrayLike,
    states: ArrayLike,
    time: ArrayLike,
    rate: float = 1.0,
) -> Curve:
    """The limit of many gates exp(-i theta H) between fixed gates that mix over the group of an algebra g.

    With x_j the coordinates in g of i[M, rho_j], T the mean of `algebra.second_moment` over the generators and Z their
    mean weight (tr H^2 - (tr H)^2/d)/(d^2 - 1),

        dM/dt = -(rate/Z) sum_j r_j sum_a (T x_j)_a i[B_a, M],    K_ij/Zsum = x_i.T x_j / Z,

    which is `asymptotic` if g is su(d). Time is normalised by the same Zsum, so the curves can be laid over
    those of a study. Derived in docs/maths.md.

    Args:
        algebra: g, from `qtangent.capacity.lie_algebra`.
        generators: the H of the trainable gates, observables or Hermitian (d, d); one of each kind is enough if they occur
            equally often.
        measurement: M(0) = scale U(theta)^+ O U(theta) of the circuit at its start, (d, d).
        y: (m,).
        states: (m, d) pure or (m, d, d) mixed.
        time: increasing, >= 0, (T,).
        rate: c = eta Zsum / m; 1 is normalised time.

    Raises:
        InvalidArgumentError: shapes disagree, or a generator is not in the algebra.
        NumericalError: the integration fails.
    """
    d = algebra.basis.shape[-1]
    kinds = [generator_matrix(f"generator {k}", one) for k, one in enumerate(generators)]
    start = generator_matrix("measurement", measurement)
    for name, matrix in [("measurement", start), *((f"generator {k}", one) for k, one in enumerate(kinds))]:
        _arrays.expect_shape(name, matrix, (d, d), "(d, d)")
    weight = float(np.mean([_weight(one) for one in kinds])) if kinds else 0.0
    if not weight > 0:
        raise InvalidArgumentError(
            "there is no generator with Z > 0; give at least one that is not the identity"
        )
    moment = sum(algebra.second_moment(one) for one in kinds) / (len(kinds) * weight)
    rho = _densities(states, d)
    targets, times = checks.vector("y", y, len(rho)), checks.time(time)
    c = _arrays.number("rate", rate)

    def currents(measured: Complex) -> Real:
        return algebra.coordinates(1j * (measured @ rho - rho @ measured))

    def predictions(measured: Complex) -> Real:
        values: Real = np.einsum("ij,kji->k", measured, rho).real
        return values

    def slope(_: float, flat: Real) -> Real:
        measured = flat.view(np.complex128).reshape(d, d)
        turn = algebra.matrices(moment @ ((predictions(measured) - targets) @ currents(measured)))
        return (
            np.ascontiguousarray(-1j * c * (turn @ measured - measured @ turn)).reshape(-1).view(np.float64)
        )

    import scipy.integrate

    solution = scipy.integrate.solve_ivp(
        slope, (0.0, max(float(times[-1]), 1e-300)), np.ascontiguousarray(start).reshape(-1).view(np.float64),
        method="DOP853", t_eval=times, rtol=_TOLERANCE, atol=_TOLERANCE,
    )  # fmt: skip
    if not solution.success:
        raise NumericalError(f"the flow in the algebra could not be integrated: {solution.message}")
    path = np.ascontiguousarray(solution.y.T).view(np.complex128).reshape(-1, d, d)
    vectors = np.stack([currents(measured) for measured in path])
    kernel: Real = vectors @ moment @ vectors.swapaxes(1, 2)
    return curve(times, np.stack([predictions(measured) for measured in path]), targets, kernel)


def _weight(generator: Complex) -> float:
    """Z of one gate."""
    d = len(generator)
    square = float(np.vdot(generator, generator).real)
    return (square - float(np.trace(generator).real) ** 2 / d) / (d**2 - 1)


def _densities(states: ArrayLike, d: int) -> Complex:
    given = _arrays.complex_("states", states)
    if given.shape[1:] not in ((d,), (d, d)):
        raise InvalidArgumentError(
            f"states has shape {given.shape}, the algebra has {d} levels: (m, {d}) or (m, {d}, {d}) is expected"
        )
    return given if given.ndim == 3 else given[:, :, None] * given[:, None, :].conj()
