"""The over-parameterised limit of a circuit that does not reach every unitary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError, NumericalError
from ..capacity import LieAlgebra
from ..capacity.lie_algebra import generator_matrix
from ..observables import Observable
from ..samples import density_matrices
from . import checks
from .flows import Asymptotic, limit_of

_TOLERANCE = 1e-11


def asymptotic_in_algebra(
    algebra: LieAlgebra,
    generators: Sequence[Observable | ArrayLike],
    measurement: Observable | ArrayLike,
    y: ArrayLike,
    states: ArrayLike,
    time: ArrayLike,
    rate: float = 1.0,
) -> Asymptotic:
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
    if not isinstance(algebra, LieAlgebra):
        raise InvalidArgumentError(f"algebra is {_arrays.shown(algebra)}; qt.capacity.lie_algebra makes one")
    d = algebra.basis.shape[-1]
    given = _arrays.several("generators", generators, "observables or Hermitian matrices")
    kinds = [generator_matrix(f"generator {k}", one) for k, one in enumerate(given)]
    start = generator_matrix("measurement", measurement)
    for name, matrix in [("measurement", start), *((f"generator {k}", one) for k, one in enumerate(kinds))]:
        _arrays.expect_shape(name, matrix, (d, d), "(d, d)")
    weight = float(np.mean([_weight(one) for one in kinds])) if kinds else 0.0
    if not weight > 0:
        raise InvalidArgumentError(
            "there is no generator with Z > 0; give at least one that is not the identity"
        )
    moment: Real = np.sum([algebra.second_moment(one) for one in kinds], axis=0) / (len(kinds) * weight)
    rho = _densities(states, d)
    targets, times = checks.vector("y", y, len(rho)), checks.time(time)
    c = _arrays.number("rate", rate)
    return limit_of(_AlgebraFlow(algebra, moment, start, rho, targets.copy(), times, c))


@dataclass(frozen=True)
class _AlgebraFlow:
    algebra: LieAlgebra
    moment: Real
    """T/Z in coordinates of the algebra."""
    start: Complex
    rho: Complex
    y: Real
    time: Real
    rate: float

    @cached_property
    def path(self) -> Complex:
        """The measurement at each time, (T, d, d)."""
        d = len(self.start)

        def slope(_: float, flat: Real) -> Real:
            measured = flat.view(np.complex128).reshape(d, d)
            residuals = self._predictions(measured) - self.y
            turn = self.algebra.matrices(self.moment @ (residuals @ self._currents(measured)))
            change = -1j * self.rate * (turn @ measured - measured @ turn)
            return np.ascontiguousarray(change).reshape(-1).view(np.float64)

        import scipy.integrate

        start = np.ascontiguousarray(self.start).reshape(-1).view(np.float64)
        span = (0.0, max(float(self.time[-1]), 1e-300))
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused here or with the loss
            solution = scipy.integrate.solve_ivp(
                slope, span, start, method="DOP853", t_eval=self.time, rtol=_TOLERANCE, atol=_TOLERANCE
            )
        if not solution.success:
            raise NumericalError(
                f"the flow in the algebra could not be integrated ({solution.message}); "
                "shorten time, or divide large labels by a constant"
            )
        return np.ascontiguousarray(solution.y.T).view(np.complex128).reshape(-1, d, d)

    def trajectory(self) -> tuple[Real, Real]:
        vectors = np.stack([self._currents(measured) for measured in self.path])
        kernel: Real = vectors @ self.moment @ vectors.swapaxes(1, 2)
        return np.stack([self._predictions(measured) for measured in self.path]), kernel

    def dqntk(self) -> Real:
        """-(1/2) tr(rho_a ([Xt_b, [Xt_c, M]] + [Xt_c, [Xt_b, M]])), Xt = sum_a (T x)_a B_a / Z."""
        m = len(self.rho)
        result = _native.result("the dQNTK", (len(self.time), m, m, m), 0, "times")
        for step, measured in enumerate(self.path):
            turns = self.algebra.matrices(self._currents(measured) @ self.moment)
            first = turns @ measured - measured @ turns
            # tr(rho_a [Xt_b, [Xt_c, M]]) = tr([rho_a, Xt_b] [Xt_c, M])
            outer = self.rho[:, None] @ turns[None] - turns[None] @ self.rho[:, None]
            ordered = -0.5 * np.einsum("abij,cji->abc", outer, first).real
            result[step] = ordered + ordered.swapaxes(1, 2)
        return result

    def _currents(self, measured: Complex) -> Real:
        return self.algebra.coordinates(1j * (measured @ self.rho - self.rho @ measured))

    def _predictions(self, measured: Complex) -> Real:
        values: Real = np.einsum("ij,kji->k", measured, self.rho).real
        return values


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
    return density_matrices(given)
