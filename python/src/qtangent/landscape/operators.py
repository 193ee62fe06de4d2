"""The operators in which a circuit's measurement oscillates: U^+ M U = sum_xi Phi_xi prod_l (1, cos, sin)_xi_l(phi_l)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from .._native.memory import fits, too_large
from ..capacity.ensemble import periods
from ..circuits import Circuit
from ..observables import Observable
from . import polynomial

# Operators whose Gram matrix has smaller relative eigenvalues depend linearly on the others.
RANK_TOLERANCE = 1e-11


@dataclass(frozen=True, eq=False)
class Operators:
    """The traceless part of U^+ M U as 3^p operators.

    Attributes:
        phi: (3^p, d^2), the real vectors of the Hermitian Phi_xi, xi in the order of its digits base 3; entries
            are such that dot products are traces tr(A B).
        base: (p,), radians of phi a radian of theta.
    """

    phi: Real
    base: Real

    @property
    def p(self) -> int:
        return len(self.base)

    @property
    def d(self) -> int:
        return math.isqrt(self.phi.shape[1])

    def number(self, l: int, kind: int) -> int:
        """Where the operator of cos phi_l (kind 1) or sin phi_l (kind 2) stands."""
        return int(kind * 3 ** (self.p - 1 - l))

    @property
    def still(self) -> list[int]:
        """The parameters in whose cosine and sine nothing oscillates."""
        norms = np.linalg.norm(self.phi, axis=1).reshape((3,) * self.p)
        return [l for l in range(self.p) if norms.take((1, 2), axis=l).max() <= 1e-14 * norms.max()]

    @cached_property
    def _gram(self) -> tuple[Real, Real, Real]:
        """Norms of the operators, eigenvalues and eigenvectors of the Gram matrix of the normalised ones."""
        norms = np.linalg.norm(self.phi, axis=1)
        units = self.phi / np.where(norms > 1e-14 * norms.max(), norms, np.inf)[:, None]
        values, vectors = np.linalg.eigh(units @ units.T)
        return norms, values, vectors

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        _, values, _ = self._gram
        kept: NDArray[np.bool_] = values > RANK_TOLERANCE * values[-1]
        return kept

    @property
    def rank(self) -> int:
        """The dimension of the operators' span."""
        return int(np.count_nonzero(self._kept))

    def dual(self, number: int) -> Real | None:
        """The operator D in the span with tr(D Phi_number) = 1 and tr(D Phi_xi) = 0 otherwise, (d^2,); None if there is
        none, because Phi_number depends linearly on the others."""
        norms, values, vectors = self._gram
        if not norms[number] > 1e-14 * norms.max():
            return None
        kept = vectors[:, self._kept]
        row = kept[number] / values[self._kept]
        units = self.phi / np.where(norms > 1e-14 * norms.max(), norms, np.inf)[:, None]
        found: Real = (kept @ row) @ units
        wanted = np.zeros(len(norms))
        wanted[number] = 1.0
        # The unit vector of the target lies in the row space only where it is independent.
        correction = wanted - units @ found
        if np.max(np.abs(correction)) > 1e-6:
            return None
        found += (kept @ ((correction @ kept) / values[self._kept])) @ units
        result: Real = found / norms[number]
        return result


def operators(circuit: Circuit, observable: Observable) -> Operators:
    """The operators of a circuit without features whose parameters occur once, with two eigenvalues each.

    Raises:
        InvalidArgumentError: for another circuit, and for an observable proportional to the identity.
        OutOfMemoryError: where they take too much; says which p fits.
    """
    p, d = circuit.n_params, 2**circuit.n_qubits
    if p == 0:
        raise InvalidArgumentError("the circuit has no parameters; a hard data set needs some")
    if circuit.n_features:
        raise InvalidArgumentError(
            f"the circuit has {circuit.n_features} features; a hard data set brings its own input states"
        )
    if observable.n_qubits != circuit.n_qubits:
        raise InvalidArgumentError(
            f"the observable acts on {observable.n_qubits} qubits, the circuit has {circuit.n_qubits}"
        )
    base, degrees = periods.frequencies(circuit._handle, p)
    for l, degree in enumerate(degrees):
        if degree != 1:
            raise InvalidArgumentError(
                f"parameter {circuit.parameter_names[l]} has degree {degree}; a hard data set needs parameters that occur "
                "once and drive a generator with two eigenvalues (rx, ry, rz, phase, rotation, rxx, ryy, rzz)"
            )
    # Operators, their real vectors, and the Gram matrix with its eigenvectors.
    needed = [8 * (4 * 3**k * d * d + 3 * 9**k) for k in range(p + 1)]
    if not fits(needed[p]):
        fitting = max(k for k in range(p + 1) if fits(needed[k]))
        what = f"the operators of {p} parameters on {circuit.n_qubits} qubits"
        raise too_large(what, needed[p], f"{fitting} parameters fit")
    matrix = observable.matrix()
    measured = matrix - np.trace(matrix).real / d * np.eye(d)
    if np.max(np.abs(measured)) <= 1e-14 * max(1.0, float(np.max(np.abs(matrix)))):
        raise InvalidArgumentError(
            "the observable is proportional to the identity, so no prediction depends on theta"
        )
    axes = [polynomial.grid(1) / scale for scale in base]
    samples = np.empty((3**p, d * d))
    for row, theta in zip(samples, itertools.product(*axes), strict=True):
        unitary = circuit.matrix(np.array(theta))
        row[:] = real_vector(unitary.conj().T @ measured @ unitary)
    phi = polynomial.from_samples(samples.reshape(*[3] * p, d * d), degrees)
    return Operators(phi.reshape(3**p, d * d), base)


def real_vector(matrix: Complex) -> Real:
    """A Hermitian matrix (d, d) as (d^2,) real numbers whose dot products are traces of products."""
    upper = np.triu_indices(len(matrix), 1)
    return np.concatenate([matrix.diagonal().real, 2**0.5 * matrix[upper].real, 2**0.5 * matrix[upper].imag])


def hermitian(vector: Real) -> Complex:
    """The matrix (d, d) of such numbers."""
    d = math.isqrt(len(vector))
    result = np.diag(vector[:d]).astype(complex)
    upper = np.triu_indices(d, 1)
    half = len(upper[0])
    result[upper] = (vector[d : d + half] + 1j * vector[d + half :]) / 2**0.5
    result[upper[::-1]] = result[upper].conj()
    return result
