"""The dimension of a Lie algebra and a basis of it, in exact arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .coefficients import bit_count
from .maxvol import well_conditioned
from .rational import Rational

Integers = NDArray[np.int64]

_BLOCK = 32
_EXACT = 2**53
"""Sums of products up to here are exact in floating point, so the fast matrix product may be used."""
_PRIMES = 48
_LARGEST_PRIME = 2**22
_WORK = 3e9


@dataclass(frozen=True)
class ExactSpace:
    """A space of rational vectors, as its reduced row echelon form modulo primes."""

    pivots: Integers
    residues: tuple[tuple[int, Integers], ...]
    """Primes, each with the echelon form (D, N) modulo it."""
    more: Callable[[int], tuple[Integers, Integers]]
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
            pivots, residue = self.more(prime)
            if np.array_equal(pivots, self.pivots):  # else the prime divides a minor
                yield prime, residue


def exact_closure(generators: Sequence[Rational], d: int) -> ExactSpace:
    """The smallest space that holds the generators and is closed under i[A, B], in coefficients of Pauli strings.

    The dimension modulo a prime is at most the true one, and less only if the prime divides a certain minor; so two
    primes are used, and the larger dimension counts.

    Args:
        generators: none of them zero.
        d: 2^n.
    """

    traceless = all(0 not in one.strings for one in generators)
    limit = d * d - 1 if traceless else d * d

    def modulo(prime: int) -> tuple[Integers, Integers]:
        return _closure_modulo(generators, d, limit, prime)

    best: list[tuple[int, tuple[Integers, Integers]]] = []
    for prime in primes():
        best.append((prime, modulo(prime)))
        found = [len(pivots) for _, (pivots, _) in best]
        if found[-1] == limit or found.count(max(found)) == 2:
            break
    best = [one for one in best if len(one[1][0]) == max(found)]
    # Of two echelon forms of one dimension, the one with the earlier pivots is right.
    pivots = min((one[1][0] for one in best), key=lambda found: found.tolist())
    residues = tuple((prime, rows) for prime, (found, rows) in best if np.array_equal(found, pivots))
    return ExactSpace(pivots, residues, modulo)


def primes() -> Iterator[int]:
    """The primes below _LARGEST_PRIME, downwards."""
    for one in range(_LARGEST_PRIME - 1, 2, -2):
        if all(one % factor for factor in range(3, math.isqrt(one) + 1, 2)):
            yield one


def _closure_modulo(
    generators: Sequence[Rational], d: int, limit: int, prime: int
) -> tuple[Integers, Integers]:
    random = np.random.default_rng(0)
    rows = np.zeros((len(generators), d * d), dtype=np.int64)
    for row, generator in zip(rows, generators, strict=True):
        denominator = math.lcm(*(value.denominator for value in generator.values))
        whole = [int(value * denominator) for value in generator.values]
        shared = math.gcd(*whole)
        row[list(generator.strings)] = [one // shared % prime for one in whole]
    maps = [_bracket(row, prime, d) for row in rows]
    basis, pivots = np.zeros((0, d * d), dtype=np.int64), np.zeros(0, dtype=np.int64)
    fresh = rows
    while True:
        fresh = (fresh - _product(fresh[:, pivots], basis, prime)) % prime
        fresh, found = _echelon(fresh, prime)
        if not len(found):
            break
        basis = (basis - _product(basis[:, found], fresh, prime)) % prime
        basis, pivots = np.concatenate([basis, fresh]), np.concatenate([pivots, found])
        if len(pivots) == limit:
            break
        # Random combinations of all brackets: if some bracket lies outside, one of these does, but for p^-_BLOCK.
        fresh = np.zeros((_BLOCK, d * d), dtype=np.int64)
        for one in maps:
            mixed = _product(random.integers(prime, size=(_BLOCK, len(basis))), basis, prime)
            fresh += np.asarray((one @ mixed.T).T) % prime
        fresh %= prime
    order = np.argsort(pivots)
    return pivots[order], basis[order]


def _bracket(generator: Integers, prime: int, d: int) -> Any:
    """The sparse matrix of i[A, .]/2 in coefficients of Pauli strings."""
    import scipy.sparse

    strings = np.flatnonzero(generator)
    every = np.arange(d * d)
    x1, z1 = strings[:, None] // d, strings[:, None] % d
    x2, z2 = every[None, :] // d, every[None, :] % d
    crossing = bit_count(z1 & x2)
    which, columns = np.nonzero((crossing + bit_count(x1 & z2)) % 2)
    # P_a P_b = i^e (-1)^crossing P_ab, and e is odd where they anticommute.
    power = 1 + bit_count(x1 & z1) + bit_count(x2 & z2) - bit_count((x1 ^ x2) & (z1 ^ z2)) + 2 * crossing
    sign = 1 - power[which, columns] % 4
    values = generator[strings[which]] * sign % prime
    return scipy.sparse.csr_array((values, (strings[which] ^ columns, columns)), shape=(d * d, d * d))


def _product(a: Integers, b: Integers, prime: int) -> Integers:
    """a b modulo the prime, by exact floating-point products of pieces."""
    piece = _EXACT // prime**2
    result = np.zeros((len(a), b.shape[1]), dtype=np.int64)
    for start in range(0, a.shape[1], piece):
        part = slice(start, start + piece)
        result += (a[:, part].astype(np.float64) @ b[part].astype(np.float64)).astype(np.int64) % prime
    return result % prime


def _echelon(rows: Integers, prime: int) -> tuple[Integers, Integers]:
    """The reduced row echelon form of a few rows, without zero rows, and its pivots."""
    rows, kept, pivots = rows.copy(), [], []
    for index in range(len(rows)):
        nonzero = np.flatnonzero(rows[index])
        if not len(nonzero):
            continue
        pivot = int(nonzero[0])
        row = rows[index] * pow(int(rows[index, pivot]), -1, prime) % prime
        factors = rows[:, pivot].copy()
        factors[index] = 0
        changed = np.flatnonzero(factors)
        rows[changed] = (rows[changed] - factors[changed, None] * row) % prime
        rows[index] = row
        kept.append(index)
        pivots.append(pivot)
    return rows[kept], np.array(pivots, dtype=np.int64)


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
