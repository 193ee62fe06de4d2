"""The dynamical Lie algebra of a set of generators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..observables import Observable
from .basis import levels, orthonormal_basis
from .ideals import Ideal, split
from .moments import second_moment
from .rational import from_matrix, from_terms

_OUTSIDE = 1e-8


@dataclass(frozen=True)
class LieAlgebra:
    """The real span of Hermitian matrices that is closed under i[A, B]."""

    basis: Complex
    """(D, d, d): Hermitian, orthonormal in tr(A B)."""
    generators: Complex
    """(g, d, d), as they were given."""
    exact: bool = True
    """Whether the dimension is that of the generators in exact arithmetic; if not, relations between irrational numbers
    that hold within rounding were taken to hold."""

    @property
    def dimension(self) -> int:
        """Number of elements D of the basis."""
        return len(self.basis)

    @cached_property
    def ideals(self) -> tuple[Ideal, ...]:
        """The centre first, if there is one, then the simple ideals by descending dimension."""
        centre, simple = split(self.dimension, self.adjoint)
        parts = [Ideal(centre, central=True)] if len(centre) else []
        return (*parts, *(Ideal(part, central=False) for part in simple))

    def coordinates(self, matrices: ArrayLike) -> Real:
        """tr(B_a A), the projection of a matrix on the algebra.

        Args:
            matrices: Hermitian A, (..., d, d).

        Returns:
            (..., D).

        Raises:
            InvalidArgumentError: for matrices of another size.
        """
        given = np.asarray(matrices, dtype=np.complex128)
        d = self.basis.shape[-1]
        if given.shape[-2:] != (d, d):
            raise InvalidArgumentError(f"matrices have shape {given.shape}; (..., {d}, {d}) is expected")
        # tr(B A) = sum B_ij A_ji, and A_ji is the conjugate of A_ij.
        flat = given.reshape(*given.shape[:-2], d * d)
        values: Real = (flat.conj() @ self.basis.reshape(-1, d * d).T).real
        return values

    def matrices(self, coordinates: ArrayLike) -> Complex:
        """sum_a c_a B_a.

        Args:
            coordinates: c, (..., D).

        Returns:
            Hermitian (..., d, d).

        Raises:
            ValueError: for another number of coordinates.
        """
        result: Complex = np.tensordot(np.asarray(coordinates, dtype=np.float64), self.basis, axes=1)
        return result

    def adjoint(self, coordinates: ArrayLike) -> Real:
        """ad_x in the basis: ad_x b are the coordinates of i[x, b].

        Args:
            coordinates: x, (D,).

        Returns:
            Antisymmetric (D, D).

        Raises:
            ValueError: for another number of coordinates.
        """
        x = self.matrices(coordinates)
        brackets: Real = self.coordinates(1j * (x @ self.basis - self.basis @ x)).T
        return brackets

    def second_moment(self, generator: Observable | ArrayLike) -> Real:
        """T, the mean of h h^T over the group, h the coordinates of B^+ H B: what (1/p) sum_l H_l (x) H_l tends to when the
        gates between the generators mix over the group.

        T = sum_i (||P_i h||^2 / dim g_i) P_i + h_c h_c^T over the simple ideals g_i, h_c the part in the centre. Derived in
        docs/maths.md.

        Args:
            generator: H, an observable or Hermitian (d, d).

        Returns:
            (D, D).

        Raises:
            InvalidArgumentError: if the generator is not in the algebra.
        """
        matrix = generator_matrix("generator", generator)
        h = self.coordinates(matrix)
        outside = float(np.linalg.norm(matrix - self.matrices(h)))
        if outside > _OUTSIDE * float(np.linalg.norm(matrix)):
            raise InvalidArgumentError(
                f"the generator is not in the algebra: a part of norm {outside:.2g} lies outside; "
                "make the algebra from all generators of the circuit"
            )
        return second_moment(h, self.ideals)

    def random_unitaries(self, count: int, length: int = 200, seed: int = 0) -> Complex:
        """Products of `length` factors exp(-i s sqrt(d) B_a), a at random, s uniform in [0, 2 pi).

        They mix over the group as `length` grows; `second_moment_error` shows how well.

        Args:
            count: number of unitaries N.
            length: number of factors.
            seed: of the draw.

        Returns:
            Complex (N, d, d).

        Raises:
            InvalidArgumentError: for a length or a seed that is no integer.
        """
        random = np.random.default_rng(_arrays.seed(seed))
        d = self.basis.shape[-1]
        result = np.broadcast_to(np.eye(d, dtype=np.complex128), (count, d, d))
        values, vectors = self._spectra
        for _ in range(_arrays.integer("length", length)):
            which = random.integers(self.dimension, size=count)
            angles = random.uniform(0, 2 * np.pi, count)
            phases = np.exp(-1j * np.sqrt(d) * angles[:, None] * values[which])
            factors = (vectors[which] * phases[:, None, :]) @ vectors[which].conj().swapaxes(1, 2)
            result = factors @ result
        return np.ascontiguousarray(result)

    def second_moment_error(self, unitaries: ArrayLike, generator: Observable | ArrayLike) -> float:
        """||(1/N) sum h h^T - T|| / ||T|| (Frobenius), h the coordinates of U^+ H U.

        For exact samples of the group it falls like N^-1/2.

        Args:
            unitaries: U, (N, d, d).
            generator: H, an observable or Hermitian (d, d).

        Raises:
            InvalidArgumentError: if the generator is not in the algebra, or sizes differ.
        """
        matrix = generator_matrix("generator", generator)
        given = np.asarray(unitaries, dtype=np.complex128)
        h = self.coordinates(given.conj().swapaxes(1, 2) @ matrix @ given)
        exact = self.second_moment(matrix)
        return float(np.linalg.norm(h.T @ h / len(h) - exact) / np.linalg.norm(exact))

    @cached_property
    def _spectra(self) -> tuple[Real, Complex]:
        values, vectors = np.linalg.eigh(self.basis)
        return values, vectors

    def __repr__(self) -> str:
        parts = " + ".join(f"{'centre ' if part.central else ''}{part.dimension}" for part in self.ideals)
        return f"<qtangent.LieAlgebra: dimension {self.dimension} = {parts}, {self.basis.shape[-1]} levels>"


def lie_algebra(generators: Sequence[Observable | ArrayLike]) -> LieAlgebra:
    """The dynamical Lie algebra of gates exp(-i theta H): the real span of all nested commutators of the i H.

    The dimension is found in exact arithmetic: coefficients of Pauli strings that are integers, decimals or small
    fractions within rounding are taken for them (as they stand or in units of the largest one), all others for the
    binary fractions that floats are. Where such others occur, as in matrices with roots or turned by a unitary, relations
    that hold within rounding are taken to hold, and `LieAlgebra.exact` is False if that made a difference.

    Args:
        generators: observables, or Hermitian matrices (d, d) of one size. A trace counts: the identity is central.

    Raises:
        InvalidArgumentError: if there are none or all vanish, one is not Hermitian, or their sizes differ.
        NumericalError: if no orthonormal basis of the algebra can be computed in double precision.

    Warns:
        QTangentWarning: if it is doubtful which relations hold; the text has both dimensions.

    Example:
        The two terms of the open transverse-field Ising chain on three qubits generate u(1) + su(3):

        >>> algebra = lie_algebra([pauli("ZZI") + pauli("IZZ"), pauli("XII") + pauli("IXI") + pauli("IIX")])
        >>> algebra.dimension, [part.dimension for part in algebra.ideals]
        (9, [1, 8])
    """
    generators = list(generators)
    matrices = [generator_matrix(f"generator {k}", one) for k, one in enumerate(generators)]
    if not matrices:
        raise InvalidArgumentError("there are no generators; at least one is needed")
    if len({len(matrix) for matrix in matrices}) > 1:
        raise InvalidArgumentError(
            f"generators have {', '.join(str(len(matrix)) for matrix in matrices)} levels; the sizes must agree"
        )
    given = np.stack(matrices)
    nonzero = np.abs(given).max(axis=(1, 2)) > 0
    if not nonzero.any():
        raise InvalidArgumentError("every generator is zero; give at least one that is not")
    coefficients = [
        from_terms(one) if isinstance(one, Observable) and one.dense is None else from_matrix(_padded(matrix))
        for one, matrix, kept in zip(generators, given, nonzero, strict=True)
        if kept
    ]
    basis, exact = orthonormal_basis(given[nonzero], coefficients)
    return LieAlgebra(basis, given, exact)


def generator_matrix(name: str, generator: Observable | ArrayLike) -> Complex:
    """The dense matrix of an observable or of a Hermitian array."""
    if isinstance(generator, Observable):
        return generator.matrix()
    matrix = _arrays.square_matrix(name, generator)
    deviation = float(np.abs(matrix - matrix.conj().T).max())
    if not deviation <= 1e-10 * max(1.0, float(np.abs(matrix).max())):
        raise InvalidArgumentError(f"{name} is not Hermitian: it differs from its adjoint by {deviation:.1e}")
    return matrix


def _padded(matrix: Complex) -> Complex:
    """Zeros added around, up to a power of 2: an algebra of the same structure."""
    return np.pad(matrix, (0, levels(len(matrix)) - len(matrix)))
