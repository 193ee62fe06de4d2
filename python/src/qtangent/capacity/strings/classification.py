"""The Lie algebra that Pauli strings generate, from their anticommutation graph and without listing it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .binary import components, swapped

_OTHER_NAMES = {3: "su(2)", 6: "su(4)"}
"""so(k) that are better known as something else."""


@dataclass(frozen=True)
class SimplePart:
    """Copies of one simple Lie algebra that commute with each other."""

    name: str
    """Its compact form: "su(4)", "so(12)" or "sp(8)", where sp(N) has N(2N + 1) dimensions."""
    dimension: int
    """Of one copy."""
    copies: int
    """How many there are."""
    is_free_fermionic: bool
    """Whether its strings are products of two Majorana operators: so(k), su(2) and su(4) among them."""

    def __str__(self) -> str:
        return self.name if self.copies == 1 else f"{self.copies} {self.name}"


@dataclass(frozen=True)
class Classification:
    """A Lie algebra of Pauli strings: centre and simple parts."""

    centre: tuple[int, ...]
    """Generators that commute with all others, as numbers of strings."""
    parts: tuple[SimplePart, ...]
    """By descending dimension."""

    @property
    def dimension(self) -> int:
        return len(self.centre) + sum(part.dimension * part.copies for part in self.parts)


def classify(strings: Iterable[int], n: int) -> Classification:
    """The Lie algebra that strings on n qubits generate.

    Components of the anticommutation graph commute, so their algebras add up. Within one, the strings are a space V over
    two elements with the form f(v, w) = 1 where v and w anticommute; its radical R commutes with all, V/R has
    dimension 2m. Quadratic forms, counting, and the theorem that is used: docs/maths.md, after Aguilar, Cichy, Eisert,
    Bittel, arXiv 2408.00081.
    """
    centre: list[int] = []
    counts: dict[tuple[str, int, bool], int] = {}
    for component in components(strings, n):
        if len(component) == 1:
            centre += component
            continue
        part = _simple_part(component, n)
        key = (part.name, part.dimension, part.is_free_fermionic)
        counts[key] = counts.get(key, 0) + part.copies
    parts = [SimplePart(name, dimension, copies, free) for (name, dimension, free), copies in counts.items()]
    return Classification(
        tuple(sorted(centre)), tuple(sorted(parts, key=lambda one: (-one.dimension, one.name)))
    )


def _simple_part(strings: Sequence[int], n: int) -> SimplePart:
    """Of one component with an edge."""
    pairs, radical = _symplectic_basis(strings, n)
    m = len(pairs)
    fermions = _free_fermions(strings, [one for pair in pairs for one, _ in pair], n)
    if fermions is not None:
        count, copies = fermions
        k = (1 + math.isqrt(1 + 8 * count)) // 2
        return SimplePart(_OTHER_NAMES.get(k, f"so({k})"), count, copies, True)
    independent, is_defined = _independent(radical)
    vanishes = not any(value for _, value in independent)
    copies = 2 ** len(independent)
    if not is_defined or not vanishes:
        return SimplePart(f"su({2**m})", 4**m - 1, copies if not is_defined else copies // 2, False)
    half = 2 ** (m - 1)
    if sum(v * w for (_, v), (_, w) in pairs) % 2:  # the Arf invariant
        return SimplePart(f"sp({half})", half * (2**m + 1), copies, False)
    return SimplePart(f"so({2**m})", half * (2**m - 1), copies, False)


# A sum of generators with the value of the quadratic form that is 1 on each of them.
_Valued = tuple[int, int]


def _symplectic_basis(strings: Sequence[int], n: int) -> tuple[list[tuple[_Valued, _Valued]], list[_Valued]]:
    """Pairs that anticommute with each other and with nothing else, and what commutes with everything.

    Both are sums of the strings; those that commute may be 0 or depend on each other.
    """
    waiting = [(string, 1) for string in strings]
    pairs, radical = [], []
    while waiting:
        v, value_v = waiting.pop()
        other_v = swapped(v, n)
        partner = next((k for k, (w, _) in enumerate(waiting) if (w & other_v).bit_count() & 1), None)
        if partner is None:
            radical.append((v, value_v))
            continue
        w, value_w = waiting.pop(partner)
        other_w = swapped(w, n)
        pairs.append(((v, value_v), (w, value_w)))
        cleared = []
        for u, value in waiting:
            with_v, with_w = (u & other_v).bit_count() & 1, (u & other_w).bit_count() & 1
            # value(u + v) = value(u) + value(v) + f(u, v); what is added second commutes with w by then.
            if with_w:
                u, value = u ^ v, value ^ value_v ^ with_v
            if with_v:
                u, value = u ^ w, value ^ value_w
            cleared.append((u, value))
        waiting = cleared
    return pairs, radical


def _independent(radical: Sequence[_Valued]) -> tuple[list[_Valued], bool]:
    """An independent part of vectors on which the quadratic form is linear, and whether it is one on their span."""
    found: dict[int, _Valued] = {}
    is_defined = True
    for v, value in radical:
        while v and (lead := v.bit_length()) in found:
            v, value = v ^ found[lead][0], value ^ found[lead][1]
        if v:
            found[v.bit_length()] = (v, value)
        elif value:
            is_defined = False
    return list(found.values()), is_defined


def _free_fermions(strings: Sequence[int], frame: Sequence[int], n: int) -> tuple[int, int] | None:
    """Strings modulo the radical and copies, if there are no more than products of two Majorana operators.

    Args:
        frame: 2m strings, with which a string's commutation relations tell it modulo the radical.
    """
    m = len(frame) // 2
    most = (m + 1) * (2 * m + 1)
    others = [swapped(one, n) for one in frame]
    generators = []
    section: dict[int, int] = {}
    defects: set[int] = set()
    for string in strings:
        key = sum(((string & other).bit_count() & 1) << k for k, other in enumerate(others))
        generators.append((string, swapped(string, n), key))
        defects.add(string ^ section.setdefault(key, string))
    if len(section) > most:
        return None
    queue = list(section.items())
    for key, string in queue:
        for one, other, its_key in generators:
            if not (string & other).bit_count() & 1:
                continue
            found, its = string ^ one, key ^ its_key
            if its in section:
                defects.add(found ^ section[its])
            elif len(section) == most:
                return None
            else:
                section[its] = found
                queue.append((its, found))
    independent, _ = _independent([(defect, 0) for defect in defects])
    return len(section), 2 ** len(independent)
