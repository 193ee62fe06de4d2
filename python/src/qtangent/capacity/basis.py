"""The dimension of the algebra that some matrices generate, and an orthonormal basis of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from .._native.arrays import Complex, Real
from .._native.errors import NumericalError, QTangentWarning
from .closure import closure
from .coefficients import from_pauli_coefficients
from .exact import ExactSpace
from .spectral import Margin, spectral_closure

_ORTHONORMAL = 1e-11
_CLOSED = 3e-11
_COMBINATIONS = 8


def basis_within_rounding(generators: Complex, exact: int) -> Complex | None:
    """An orthonormal basis (D, d, d) of the algebra of Hermitian generators (g, d, d), none of them zero, if relations that
    hold within rounding make it smaller than in exact arithmetic, where it has `exact` dimensions.

    Warns: see `lie_algebra`.
    """
    unit = _unit(generators)
    basis, margin = spectral_closure(unit)
    smaller = len(basis) < exact and _is_basis(basis, unit)
    _warn_of_doubt(margin, len(basis), smaller, exact)
    return basis if smaller else None


def orthonormal_basis(generators: Complex, space: ExactSpace) -> Complex:
    """An orthonormal basis (D, d, d) of the algebra of Hermitian generators (g, d, d), none of them zero.

    Args:
        space: the algebra in coefficients of Pauli strings; zeros are added around matrices where d is no power of 2.

    Raises: see `LieAlgebra.basis`.
    """
    unit = _unit(generators)
    for candidate in _candidates(unit, space):
        if len(candidate) == space.dimension and _is_basis(candidate, unit):
            return candidate
    raise NumericalError(
        f"the generators' algebra has dimension {space.dimension}, but no orthonormal basis of it can be computed in double "
        "precision; their coefficients differ too much"
    )


def _unit(generators: Complex) -> Complex:
    # A factor does not matter; powers of 2 keep the numbers exact.
    scaled = np.stack([np.ldexp(1.0, -int(np.frexp(np.abs(one).max())[1])) * one for one in generators])
    result: Complex = scaled / np.linalg.norm(scaled, axis=(1, 2))[:, None, None]
    return result


def _warn_of_doubt(margin: Margin, found: int, closed: bool, exact: int) -> None:
    """Says so if the relations that hold within rounding give `found` dimensions, fewer than `exact`, but are not clear,
    or if there are fewer shares than rounding may have left."""
    rounding, share = max(margin.dropped), min(margin.kept)
    remedy = "give decimals or small fractions to have them taken exactly"
    if found < exact and (not closed or rounding > margin.noise):
        message = (
            f"it is {found} if differences of {rounding:.0e} are rounding, and {exact} if they are meant"
        )
    elif share < 100 * margin.noise:
        used = found if closed else exact
        message = f"it is {used} if differences of {share:.0e} are meant, and smaller if they are rounding"
    else:
        return
    warnings.warn(f"the dimension is doubtful: {message}; {remedy}", QTangentWarning, stacklevel=5)


def _candidates(unit: Complex, space: ExactSpace) -> Iterator[Complex]:
    """Bases by descending speed."""
    d = unit.shape[-1]

    def brackets(rows: Real) -> Real:
        return _real(_brackets(unit, _hermitian(rows, d)))

    yield _hermitian(closure(_real(unit), brackets, limit=space.dimension), d)
    rows = space.basis()
    if rows is not None:
        orthonormal = np.linalg.qr((rows / np.linalg.norm(rows, axis=1, keepdims=True)).T)[0].T
        values = np.zeros((len(rows), levels(d) ** 2))
        values[:, space.frame.strings] = orthonormal / np.sqrt(levels(d))
        yield from_pauli_coefficients(values, levels(d))[:, :d, :d]
    yield spectral_closure(unit)[0]


def _is_basis(basis: Complex, unit: Complex) -> bool:
    """Whether the matrices are orthonormal, span the generators and are closed under brackets with them."""
    rows = _real(basis)
    if np.abs(rows @ rows.T - np.eye(len(rows))).max() > _ORTHONORMAL:
        return False

    def outside(matrices: Complex) -> float:
        given = _real(matrices)
        return float(np.linalg.norm(given - (given @ rows.T) @ rows, axis=1).max())

    # Of the brackets a few random combinations: one that lies outside shows in them.
    mixed = np.random.default_rng(0).normal(size=(_COMBINATIONS, len(basis))) / np.sqrt(len(basis))
    some = np.tensordot(mixed, basis, axes=1)
    return outside(np.concatenate([unit, _brackets(unit, some), _brackets(some, some)])) <= _CLOSED


def levels(d: int) -> int:
    """The least power of 2 that holds d."""
    return 1 << (d - 1).bit_length()


def _brackets(unit: Complex, elements: Complex) -> Complex:
    """i[A, B] of every generator with every element: (g k, d, d)."""
    products = unit[:, None] @ elements[None]
    # A B - B A, and B A is the adjoint of A B.
    result: Complex = (1j * (products - products.conj().swapaxes(-1, -2))).reshape(-1, *unit.shape[1:])
    return result


def _real(matrices: Complex) -> Real:
    """Hermitian matrices (k, d, d) as real rows (k, 2 d^2) with the same inner product tr(A B)."""
    flat = matrices.reshape(len(matrices), -1)
    return np.concatenate([flat.real, flat.imag], axis=1)


def _hermitian(rows: Real, d: int) -> Complex:
    matrices = (rows[:, : d * d] + 1j * rows[:, d * d :]).reshape(-1, d, d)
    result: Complex = 0.5 * (matrices + matrices.conj().swapaxes(1, 2))
    return result
