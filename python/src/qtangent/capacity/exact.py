"""The dimension of a Lie algebra and a basis of it, in exact arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .maxvol import well_conditioned
from .rational import Rational
from .strings.frames import StringFrame
from .strings.symmetry import OrbitFrame

Integers = NDArray[np.int64]
Frame = StringFrame | OrbitFrame

_BLOCK = 128
_WINDOW = 512
_EXACT = 2**52
"""Sums of products up to here are exact in floating point, and rounding down their quotients is: the fast matrix product
may be used."""
_PRIMES = 48
_LARGEST_PRIME = 2**22
_WORK = 3e9


@dataclass(frozen=True)
class ExactSpace:
    """A space of rational vectors, as its reduced row echelon form modulo primes."""

    frame: Frame
    """In what coefficients."""
    pivots: Integers
    residues: tuple[tuple[int, Integers], ...]
    """Primes, each with the echelon form (D, N) modulo it."""
    more: Callable[[int], tuple[Integers, Integers] | None]
    """Pivots and echelon form modulo a further prime."""

    @property
    def dimension(self) -> int:
        return len(self.pivots)

    def basis(self) -> Real | None:
        """Rows (D, N) that span the space, well conditioned, each correctly rounded; None if their numerators and
        denominators are too long to be found."""
        every = self._all_residues()
        modulus, first = next(every)
        combined = first.astype(object)
        for prime, residue in every:
            found = _fractions(combined, modulus)
            if found is not None and _agrees(found, prime, residue):
                return well_conditioned(found)
            # The Chinese remainder theorem.
            inverse = pow(modulus, -1, prime)
            combined = combined + modulus * ((residue.astype(object) - combined) * inverse % prime)
            modulus *= prime
        return None

    def _all_residues(self) -> Iterator[tuple[int, Integers]]:
        yield from self.residues
        used = dict(self.residues)
        allowed = min(_PRIMES, int(_WORK / self.residues[0][1].size / self.dimension))
        for prime in islice((one for one in primes() if one not in used), allowed):
            found = self.more(prime)
            if found is not None and np.array_equal(found[0], self.pivots):  # else the prime divides a minor
                yield prime, found[1]


def exact_closure(generators: Sequence[Rational], frame: Frame, most: int | None = None) -> ExactSpace | None:
    """The smallest space that holds the generators and is closed under i[A, B], in coefficients of the frame.

    The dimension modulo a prime is at most the true one, and less only if the prime divides a certain minor; so two
    primes are used, and the larger dimension counts.

    Args:
        generators: none of them zero.
        most: beyond this dimension the search ends.

    Returns:
        The space, None if it has more than `most` dimensions.
    """
    modulo = partial(_closure_modulo, tuple(generators), frame, most)
    best: list[tuple[int, tuple[Integers, Integers]]] = []
    for prime in primes():
        one = modulo(prime)
        if one is None:
            return None
        best.append((prime, one))
        found = [len(pivots) for _, (pivots, _) in best]
        if found[-1] == len(frame) or found.count(max(found)) == 2:
            break
    best = [one for one in best if len(one[1][0]) == max(found)]
    # Of two echelon forms of one dimension, the one with the earlier pivots is right.
    pivots = min((one[1][0] for one in best), key=lambda found: found.tolist())
    residues = tuple((prime, rows) for prime, (found, rows) in best if np.array_equal(found, pivots))
    return ExactSpace(frame, pivots, residues, modulo)


def primes() -> Iterator[int]:
    """The primes below _LARGEST_PRIME, downwards."""
    for one in range(_LARGEST_PRIME - 1, 2, -2):
        if all(one % factor for factor in range(3, math.isqrt(one) + 1, 2)):
            yield one


def _closure_modulo(
    generators: Sequence[Rational], frame: Frame, most: int | None, prime: int
) -> tuple[Integers, Integers] | None:
    random = np.random.default_rng(0)
    size = len(frame)
    values = [_residues(one, prime) for one in generators]
    rows = np.stack([frame.row(one.strings, own) for one, own in zip(generators, values, strict=True)])
    maps = [frame.brackets(one.strings, own) for one, own in zip(generators, values, strict=True)]
    limit = size if most is None else min(size, most)
    basis, pivots = np.empty((limit, size)), np.zeros(0, dtype=np.int64)
    fresh = rows.astype(float)
    while True:
        known = basis[: len(pivots)]
        fresh = _difference(fresh, _product(fresh[:, pivots], known, prime), prime)
        fresh, found = _echelon(fresh, prime)
        if not len(found):
            break
        count = len(pivots) + len(found)
        if count > limit:
            return None
        known[:] = _difference(known, _product(known[:, found], fresh, prime), prime)
        basis[len(pivots) : count] = fresh
        pivots = np.concatenate([pivots, found])
        if count == size:
            break
        # Random combinations of all brackets: if some bracket lies outside, one of these does, but for p^-_BLOCK.
        total = np.zeros((size, _BLOCK), dtype=np.int64)
        for one in maps:
            mixed = _product(random.integers(prime, size=(_BLOCK, count)).astype(float), basis[:count], prime)
            total += one @ mixed.T.astype(np.int64) % prime
        fresh = np.ascontiguousarray((total % prime).T, dtype=float)
    order = np.argsort(pivots)
    return pivots[order], basis[order].astype(np.int64)


def _residues(generator: Rational, prime: int) -> Integers:
    """The coefficients modulo a prime, up to a factor."""
    denominator = math.lcm(*(value.denominator for value in generator.values))
    whole = [int(value * denominator) for value in generator.values]
    shared = math.gcd(*whole)
    return np.array([one // shared % prime for one in whole], dtype=np.int64)


def _product(a: Real, b: Real, prime: int) -> Real:
    """a b modulo the prime, by exact floating-point products of pieces."""
    piece = _EXACT // prime**2
    result = np.zeros((len(a), b.shape[1]))
    for start in range(0, a.shape[1], piece):
        part = slice(start, start + piece)
        result += _reduced(a[:, part] @ b[part], prime)
    return _reduced(result, prime)


def _reduced(values: Real, prime: int) -> Real:
    """Whole numbers from 0 to _EXACT modulo the prime, in place; their quotients are exact enough to be rounded down."""
    quotient = values / prime
    np.floor(quotient, out=quotient)
    quotient *= prime
    values -= quotient
    return values


def _difference(a: Real, b: Real, prime: int) -> Real:
    """a - b modulo the prime, for residues."""
    result: Real = a - b
    np.add(result, prime, out=result, where=result < 0)
    return result


def _echelon(rows: Real, prime: int) -> tuple[Real, Integers]:
    """The reduced row echelon form of a few rows, without zero rows, and its pivots.

    Elimination looks at a window of columns and notes what it does; the product of that with whole rows is fast.
    """
    done, pivots = rows[:0], np.zeros(0, dtype=np.int64)
    while len(rows):
        window = np.flatnonzero(rows.any(axis=0))[:_WINDOW]
        if not len(window):
            break
        turn, found = _eliminated(rows[:, window], prime)
        rows = _product(turn, rows, prime)
        top, rows = rows[: len(found)], rows[len(found) :]
        places = window[found]
        done = _difference(done, _product(done[:, places], top, prime), prime)
        done, pivots = np.concatenate([done, top]), np.concatenate([pivots, places])
    return done, pivots


def _eliminated(rows: Real, prime: int) -> tuple[Real, Integers]:
    """The square matrix that brings a few rows into reduced echelon form, those of zeros last, and the pivots."""
    count, width = rows.shape
    rows = np.concatenate([rows, np.eye(count)], axis=1)
    kept: list[int] = []
    pivots: list[int] = []
    for index in range(count):
        nonzero = np.flatnonzero(rows[index, :width])
        if not len(nonzero):
            continue
        pivot = int(nonzero[0])
        row = _reduced(rows[index] * pow(int(rows[index, pivot]), -1, prime), prime)
        factors = rows[:, pivot].copy()
        factors[index] = 0
        changed = np.flatnonzero(factors)
        rows[changed] = _difference(rows[changed], _reduced(factors[changed, None] * row, prime), prime)
        rows[index] = row
        kept.append(index)
        pivots.append(pivot)
    order = [*kept, *(k for k in range(count) if k not in kept)]
    return rows[order, width:], np.array(pivots, dtype=np.int64)


def _fractions(residues: NDArray[Any], modulus: int) -> NDArray[Any] | None:
    """The fractions of numerator and denominator below sqrt(modulus/2) with these residues."""
    bound = math.isqrt(modulus // 2)
    known: dict[int, Fraction] = {0: Fraction(0), 1: Fraction(1)}
    for residue in set(residues.ravel().tolist()) - known.keys():
        # The Euclidean algorithm, stopped at the first small remainder.
        r0, r1, t0, t1 = modulus, residue, 0, 1
        while r1 > bound:
            quotient = r0 // r1
            r0, r1, t0, t1 = r1, r0 - quotient * r1, t1, t0 - quotient * t1
        if not 0 < abs(t1) <= bound:
            return None
        known[residue] = Fraction(r1, t1)
    result = np.empty(residues.shape, dtype=object)
    result.ravel()[:] = [known[one] for one in residues.ravel().tolist()]
    return result


def _agrees(found: NDArray[Any], prime: int, residue: Integers) -> bool:
    values: dict[Fraction, int | None] = {}
    for one in set(found.ravel().tolist()):
        small = one.denominator % prime
        values[one] = one.numerator * pow(small, -1, prime) % prime if small else None
    return all(
        values[one] == other
        for one, other in zip(found.ravel().tolist(), residue.ravel().tolist(), strict=True)
    )
