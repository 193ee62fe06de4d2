"""Pauli strings and sums of them on chains and rings, for the tests of Lie algebras."""

from __future__ import annotations

from itertools import combinations, product

import qtangent as qt


def word(n, letters, *qubits):
    """The string with these letters on these qubits."""
    result = ["I"] * n
    for letter, qubit in zip(letters, qubits, strict=True):
        result[qubit] = letter
    return "".join(result)


def on(n, letters, *qubits):
    return qt.pauli(word(n, letters, *qubits))


def sums(n, *kinds, shape="open"):
    """Sums of the bonds and fields of each kind: "XX", or "XX YY" together."""
    edges = {
        "open": [(q, q + 1) for q in range(n - 1)],
        "ring": [(q, (q + 1) % n) for q in range(n)],
        "all": list(combinations(range(n), 2)),
    }[shape]
    terms = {kind: [on(n, kind, *edge) for edge in edges] for kind in ("XX", "YY", "ZZ")}
    terms |= {kind: [on(n, kind, q) for q in range(n)] for kind in "XYZ"}
    return [sum(one for name in kind.split() for one in terms[name]) for kind in kinds]


def total(terms):
    return sum(terms[1:], start=terms[0])


def ising(n: int, ring: bool = False):
    """The bonds and the fields of the transverse-field Ising chain; a ring of two has one bond."""
    bonds = [on(n, "ZZ", q, (q + 1) % n) for q in range(n if ring and n > 2 else n - 1)]
    return bonds, [on(n, "X", q) for q in range(n)]


def ising_sums(n: int, ring: bool = False):
    return [total(terms) for terms in ising(n, ring)]


def singles(n: int, letters: str = "XY"):
    return [on(n, letter, q) for q, letter in product(range(n), letters)]
