"""The dimension of the algebra that some matrices generate, and an orthonormal basis of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from .._native.arrays import Complex, Real
from .._native.errors import NumericalError, QTangentWarning
from .closure import closure
from .coefficients import from_pauli_coefficients, rational
from .exact import ExactSpace, exact_closure
from .spectral import Margin, spectral_closure

_ORTHONORMAL = 1e-11
_CLOSED = 1e-10
_COMBINATIONS = 8


def orthonormal_basis(generators: Complex) -> tuple[Complex, bool]:
    """An orthonormal basis (D, d, d) of the algebra of Hermitian generators (g, d, d), and whether D is exact.

    Args:
        generators: none of them zero.

    Raises, warns: see `lie_algebra`.
    """
    # A factor does not matter; powers of 2 keep the numbers exact.
    scaled = np.stack([np.ldexp(1.0, -int(np.frexp(np.abs(one).max())[1])) * one for one in generators])
    unit = scaled / np.linalg.norm(scaled, axis=(1, 2))[:, None, None]
    padded = _padded(generators)
    coefficients = [rational(matrix) for matrix in padded]
    space = exact_closure(coefficients, padded.shape[-1])
    if not all(one.recognised for one in coefficients):
        basis, margin = spectral_closure(unit)
        smaller = len(basis) < space.dimension and _is_basis(basis, unit)
        _warn_of_doubt(margin, len(basis) if smaller else None, space.dimension)
        if smaller:
            return basis, False
    for candidate in _candidates(unit, space):
        if len(candidate) == space.dimension and _is_basis(candidate, unit):
            return candidate, True
    raise NumericalError(
        f"the generators' algebra has dimension {space.dimension}, but no orthonormal basis of it can be computed in double "
        "precision; their coefficients differ too much"
    )


def _warn_of_doubt(margin: Margin, found: int | None, exact: int) -> None:
    rounding, share = max(margin.dropped), min(margin.kept)
    if found is not None and rounding > margin.noise:
        warnings.warn(
            f"the dimension is doubtful: it is {found} if differences of {rounding:.0e} are rounding, and {exact} if the "
            "generators are meant as they are; give decimals or small fractions to have them taken exactly",
            QTangentWarning, stacklevel=4,
        )  # fmt: skip
    elif found is None and share < 100 * margin.noise:
        warnings.warn(
            f"the dimension is doubtful: it is {exact} if the generators are meant as they are, and smaller if "
            f"differences of {share:.0e} are rounding; give decimals or small fractions to have them taken exactly",
            QTangentWarning, stacklevel=4,
        )  # fmt: skip


def _candidates(unit: Complex, space: ExactSpace) -> Iterator[Complex]:
    """Bases by descending speed."""
    d = unit.shape[-1]

    def brackets(rows: Real) -> Real:
        return _real(_brackets(unit, _hermitian(rows, d)))

    yield _hermitian(closure(_real(unit), brackets, limit=space.dimension), d)
    rows = space.basis()
    if rows is not None:
        levels = int(np.sqrt(rows.shape[1]))
        orthonormal = np.linalg.qr((rows / np.linalg.norm(rows, axis=1, keepdims=True)).T)[0].T
        yield from_pauli_coefficients(orthonormal / np.sqrt(levels), levels)[:, :d, :d]
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
    return (
        outside(unit) <= _CLOSED and outside(_brackets(unit, np.tensordot(mixed, basis, axes=1))) <= _CLOSED
    )


def _padded(matrices: Complex) -> Complex:
    """Zeros around, up to a power of two: an algebra of the same structure."""
    d = matrices.shape[-1]
    more = (1 << (d - 1).bit_length()) - d
    return np.pad(matrices, ((0, 0), (0, more), (0, more)))


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
