"""The dynamical Lie algebra of a set of generators."""

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
from ..circuits import Circuit
from ..models import Model
from ..observables import Observable, Term
from .basis import basis_within_rounding, levels, orthonormal_basis
from .exact import ExactSpace, Frame, exact_closure
from .ideals import Ideal, split
from .moments import second_moment
from .rational import Rational, from_matrix, from_sum, from_terms
from .strings.binary import closed, letters
from .strings.classification import SimplePart, classify
from .strings.elements import Elements, orthonormal_rows
from .strings.families import family
from .strings.frames import StringFrame
from .strings.moved import encoding_and_body, moved_generators
from .strings.sums import Sum
from .strings.symmetry import orbit_frame

_OUTSIDE = 1e-8
_LARGEST_BASIS = 2**31
_DENSE_LEVELS = 64
_LISTED_QUBITS = 6
_FEW_STRINGS = 64
"""From which those that brackets reach are searched; where there are more, all of a few qubits are taken."""
_MOST_QUBITS = 31
"""Whose strings have numbers in 64 bits."""
_MOST_STRINGS = 20_000
_MOST_DIMENSIONS = 2000
_MOST_SPLIT = 100
_LARGEST_SPLIT = 64
"""Dimensions and levels that a repr splits into ideals."""


@dataclass(frozen=True, repr=False, eq=False)
class LieAlgebra:
    """The real span of Hermitian matrices that is closed under i[A, B].

    What is listed (`basis`, `ideals` and what needs them) is computed when it is first asked for; dimension and parts of an
    algebra of Pauli strings are known without.
    """

    dimension: int
    """Number of elements D of a basis."""
    levels: int
    """d; 2^n for n qubits."""
    exact: bool
    """Whether the dimension is that of the generators in exact arithmetic; if not, relations between irrational numbers
    that hold within rounding were taken to hold, or the algebra is only a bound."""
    is_bound: bool
    """Whether this is a larger algebra, which each Pauli string of the generators generates for itself: theirs has more
    dimensions than are searched, and at most these."""
    parts: tuple[SimplePart, ...] | None
    """The simple parts by name, where every generator is one Pauli string, or `is_bound`; else None."""
    _given: tuple[Observable | Complex, ...]
    _sums: tuple[Rational, ...]
    _space: ExactSpace | None
    _dense: Complex | None

    @cached_property
    def family(self) -> str | None:
        """What physicists call it: the spin chain whose bonds and fields the generators are ("transverse-field Ising, ring,
        in sums"), "all unitaries" for su(d), "free fermions" for products of two Majorana operators; None for others."""
        n = (self.levels - 1).bit_length()
        chain = family(self._sums, n) if n > 1 else None
        if chain is not None or self.parts is None:
            return chain
        if [str(part) for part in self.parts] == [f"su({self.levels})"]:
            return "all unitaries"
        fermions = all(part.is_free_fermionic for part in self.parts)
        return "free fermions" if fermions and any(part.dimension > 3 for part in self.parts) else None

    @cached_property
    def generators(self) -> Complex:
        """(g, d, d), as they were given.

        Raises:
            InvalidArgumentError: for more than 12 qubits.
        """
        return np.stack([one.matrix() if isinstance(one, Observable) else one for one in self._given])

    @cached_property
    def basis(self) -> Complex:
        """(D, d, d): Hermitian, orthonormal in tr(A B).

        Raises:
            InvalidArgumentError: if it takes more than 2 GiB.
            NumericalError: if none can be computed in double precision.
        """
        if self._dense is not None:
            return self._dense
        size = self.dimension * self.levels**2 * 16
        if size > _LARGEST_BASIS:
            raise InvalidArgumentError(
                f"a basis of {self.dimension} matrices {self.levels} x {self.levels} takes {size / 2**30:.3g} GiB; "
                "the dimension, the parts and qt.capacity.orbit_dimension do without"
            )
        if self._space is None or self.levels > _DENSE_LEVELS:
            return self._elements.matrices()
        nonzero = np.abs(self.generators).max(axis=(1, 2)) > 0
        return orthonormal_basis(self.generators[nonzero], self._space)

    @property
    def _is_listed(self) -> bool:
        """Whether its elements, and the strings in them, are few enough to be listed."""
        if self._space is not None:
            return isinstance(self._space.frame, StringFrame)
        return self._dense is not None or self.dimension <= _MOST_STRINGS

    @cached_property
    def _elements(self) -> Elements:
        """A basis in Pauli strings, for numbers of levels that are powers of 2."""
        if not self._is_listed:
            raise InvalidArgumentError(
                f"the algebra of dimension {self.dimension} has more than {_MOST_STRINGS} Pauli strings, which are not "
                "listed; its dimension and parts are all there is"
            )
        n = (self.levels - 1).bit_length()
        if self._space is None:
            found = closed([string for one in self._sums for string in one.strings], n, _MOST_STRINGS)
            assert found is not None
            return Elements(n, found, None)
        frame = self._space.frame
        assert isinstance(frame, StringFrame)
        rows = orthonormal_rows(self._sums, frame, self.dimension)
        if rows is None:
            raise NumericalError(
                f"the algebra has dimension {self.dimension}, but no orthonormal basis of it can be computed in double "
                "precision; the generators' coefficients differ too much"
            )
        return Elements(n, tuple(frame.strings.tolist()), rows)

    def _applied(self, state: Complex) -> Complex:
        """Every element of a basis on a state (d,): (D, d)."""
        if self._dense is not None:
            return self._dense @ state
        return self._elements.applied(state)

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
        given = _arrays.complex_("matrices", matrices)
        _arrays.finite("matrices", given)
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
            InvalidArgumentError: for another number of coordinates.
        """
        result: Complex = np.tensordot(self._coordinates_of(coordinates), self.basis, axes=1)
        return result

    def adjoint(self, coordinates: ArrayLike) -> Real:
        """ad_x in the basis: ad_x b are the coordinates of i[x, b].

        Args:
            coordinates: x, (D,).

        Returns:
            Antisymmetric (D, D).

        Raises:
            InvalidArgumentError: for another number of coordinates.
        """
        given = self._coordinates_of(coordinates)
        _arrays.expect_shape("coordinates", given, (self.dimension,), "(D,)")
        if self.levels > _DENSE_LEVELS and self._dense is None:
            return self._elements.adjoint(given)
        x = self.matrices(given)
        brackets: Real = self.coordinates(1j * (x @ self.basis - self.basis @ x)).T
        return brackets

    def _coordinates_of(self, coordinates: ArrayLike) -> Real:
        given = _arrays.real("coordinates", coordinates)
        if given.shape[-1:] != (self.dimension,):
            raise InvalidArgumentError(
                f"coordinates have shape {given.shape}; (..., {self.dimension}) is expected, one for each of the basis"
            )
        _arrays.finite("coordinates", given)
        return given

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
            InvalidArgumentError: for a length or a seed that is no integer, and a count below 1.
            OutOfMemoryError: for more than fit.
        """
        random = np.random.default_rng(_arrays.seed(seed))
        d = self.basis.shape[-1]
        count = _arrays.integer("count", count)
        if count < 1:
            raise InvalidArgumentError(f"count is {count}; at least 1 is expected")
        result = _native.result("the unitaries", (count, d, d), 0, "unitaries", np.complex128)
        result[:] = np.eye(d)
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
        given = _arrays.complex_("unitaries", unitaries)
        d = self.basis.shape[-1]
        if given.ndim != 3 or not len(given) or given.shape[1:] != (d, d):
            raise InvalidArgumentError(f"unitaries have shape {given.shape}; (N, {d}, {d}) is expected")
        h = self.coordinates(given.conj().swapaxes(1, 2) @ matrix @ given)
        exact = self.second_moment(matrix)
        return float(np.linalg.norm(h.T @ h / len(h) - exact) / np.linalg.norm(exact))

    @cached_property
    def _spectra(self) -> tuple[Real, Complex]:
        values, vectors = np.linalg.eigh(self.basis)
        return values, vectors

    def __repr__(self) -> str:
        if self.parts is not None:
            centre = self.dimension - sum(part.dimension * part.copies for part in self.parts)
            named = [f"u(1)^{centre}" if centre > 1 else "u(1)"] * (centre > 0) + [
                str(part) for part in self.parts
            ]
            parts = " = " + " + ".join(named)
        elif self.dimension <= _MOST_SPLIT and self.levels <= _LARGEST_SPLIT:
            named = [f"{'centre ' if part.central else ''}{part.dimension}" for part in self.ideals]
            parts = " = " + " + ".join(named)
        else:
            parts = ""
        most = "at most " if self.is_bound else ""
        name = f", {self.family}" if self.family else ""
        return f"<qtangent.LieAlgebra: dimension {most}{self.dimension}{parts}, {self.levels} levels{name}>"


def lie_algebra(generators: Sequence[Observable | ArrayLike] | Circuit | Model) -> LieAlgebra:
    """The dynamical Lie algebra of gates exp(-i theta H): the real span of all nested commutators of the i H.

    Generators that are one Pauli string each are classified by their anticommutation graph, up to 128 qubits and without
    a list of the algebra (Aguilar, Cichy, Eisert, Bittel, arXiv 2408.00081; docs/maths.md).

    Otherwise the dimension is found in exact arithmetic: coefficients of Pauli strings that are integers, decimals or small
    fractions within rounding are taken for them (as they stand or in units of the largest one), all others for the
    binary fractions that floats are. Where such others occur, as in matrices with roots or turned by a unitary, relations
    that hold within rounding are taken to hold, and `LieAlgebra.exact` is False if that made a difference.

    The dimension is a rank modulo two primes, of which the larger counts: never too large, and too small only if both
    divide certain minors or random combinations fail to show a bracket, with a chance below 1e-800. Strings are listed,
    up to 20,000, or else orbits of strings under permutations of the qubits that leave the generators as they are (of all
    qubits, along a ring, of a chain's ends). Sums beyond that, on more than 31 qubits, or beyond six qubits with more
    than 2,000 dimensions, have the algebra of their single strings as a bound, `LieAlgebra.is_bound`.

    Args:
        generators: observables, or Hermitian matrices (d, d) of one size. A trace counts: the identity is central. A
            circuit or model stands for the generators of its parameters, each moved in front of the fixed gates before
            it (`orbit_dimension` says how), from the first parameter on.

    Raises:
        InvalidArgumentError: if there are none or all vanish, one is not Hermitian, or their sizes differ; for circuits
            with features after parameters, and where moving leads to more than 20,000 strings.

    Warns:
        QTangentWarning: if it is doubtful which relations hold; the text has both dimensions.

    Example:
        The two terms of the open transverse-field Ising chain on three qubits generate u(1) + su(3), its single terms
        so(6):

        >>> algebra = lie_algebra([pauli("ZZI") + pauli("IZZ"), pauli("XII") + pauli("IXI") + pauli("IIX")])
        >>> algebra.dimension, [part.dimension for part in algebra.ideals]
        (9, [1, 8])
        >>> lie_algebra([pauli(one) for one in ("ZZI", "IZZ", "XII", "IXI", "IIX")])
        <qtangent.LieAlgebra: dimension 15 = su(4), 8 levels, transverse-field Ising, open chain>
    """
    if isinstance(generators, (Circuit, Model)):
        return _algebra_of_circuit(generators if isinstance(generators, Circuit) else generators.circuit)
    given: list[Observable | Complex] = [
        one if isinstance(one, Observable) else generator_matrix(f"generator {k}", one)
        for k, one in enumerate(_arrays.several("generators", generators, "observables"))
    ]
    if not given:
        raise InvalidArgumentError("there are no generators; at least one is needed")
    sizes = [2**one.n_qubits if isinstance(one, Observable) else len(one) for one in given]
    if len(set(sizes)) > 1:
        raise InvalidArgumentError(
            f"generators have {', '.join(map(str, sizes))} levels; the sizes must agree"
        )
    sums = [
        from_terms(one)
        if isinstance(one, Observable) and one.dense is None
        else from_matrix(_padded(one.matrix() if isinstance(one, Observable) else one))
        for one in given
    ]
    return algebra_of(sums, sizes[0], given)


def algebra_of(
    sums: Sequence[Rational], d: int, given: Sequence[Observable | Complex], most: int | None = None
) -> LieAlgebra:
    """The algebra of generators with d levels, as sums of Pauli strings.

    Args:
        given: the same as observables or matrices; may be empty if all coefficients are recognised.
        most: the most dimensions that are searched for sums of strings.

    Raises, warns: see `lie_algebra`.
    """
    kept = [one for one in sums if one.strings]
    if not kept:
        raise InvalidArgumentError("every generator is zero; give at least one that is not")
    n = (d - 1).bit_length()
    single = list(dict.fromkeys(string for one in kept for string in one.strings))
    recognised = all(one.recognised for one in kept)
    space = None
    if any(len(one.strings) > 1 for one in kept):
        frame = _frame(kept, single, n) if recognised or (given and d <= _DENSE_LEVELS) else None
        if frame is not None:
            few = most is None and len(frame) <= 4**_LISTED_QUBITS
            space = exact_closure(kept, frame, None if few else most or _MOST_DIMENSIONS)
        is_bound = space is None
    else:
        is_bound = False
    if space is None:
        found = classify(single, n)
        return LieAlgebra(
            found.dimension, d, not is_bound, is_bound, found.parts, tuple(given), tuple(kept), None, None
        )
    smaller = None
    if not recognised:
        matrices = np.stack([one.matrix() if isinstance(one, Observable) else one for one in given])
        smaller = basis_within_rounding(matrices[np.abs(matrices).max(axis=(1, 2)) > 0], space.dimension)
    dimension = space.dimension if smaller is None else len(smaller)
    return LieAlgebra(dimension, d, smaller is None, False, None, tuple(given), tuple(kept), space, smaller)


def algebra_of_sums(generators: Sequence[Sum], n: int, most: int | None = None) -> LieAlgebra:
    """The algebra of sums of Pauli strings on n qubits that were computed, none of them 0; `most` as in `algebra_of`."""
    given = [
        Observable.from_terms(n, [Term(value, letters(string, n)) for string, value in one.items()])
        for one in generators
    ]
    return algebra_of([from_sum(one) for one in generators], 2**n, given, most)


def _algebra_of_circuit(circuit: Circuit) -> LieAlgebra:
    _, body = encoding_and_body(circuit.bind())
    if body.n_features:
        raise InvalidArgumentError(
            "the circuit has features after parameters, so that every sample has generators of its own; "
            "qt.capacity.orbit_dimension(circuit, X=X) takes them"
        )
    found = moved_generators(body).generators
    if not found:
        raise InvalidArgumentError("the circuit has no parameters that move anything; at least one is needed")
    return algebra_of_sums(found, body.n_qubits)


def _frame(sums: Sequence[Rational], single: Sequence[int], n: int) -> Frame | None:
    """Coefficients of all strings that brackets lead to, or of their orbits; None for too many."""
    if n <= _LISTED_QUBITS and len(single) > _FEW_STRINGS:
        return StringFrame(n, np.arange(0 if 0 in single else 1, 4**n))
    if n > _MOST_QUBITS:
        return None
    found = closed(single, n, _MOST_STRINGS)
    if found is None:
        return orbit_frame(sums, n, _MOST_STRINGS)
    return StringFrame(n, np.array(found, dtype=np.int64))


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
