"""What physicists call some sets of generators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..rational import Rational
from .binary import letters

_Graph = frozenset[tuple[int, int]]


def family(sums: Sequence[Rational], n: int) -> str | None:
    """The name of the chain whose bonds and fields the generators are, one by one or in sums; None for others.

    Only patterns that are complete have a name: the same letters on every bond of a chain, a ring or all pairs, and the
    same fields on every qubit. Up to the names of the three letters and of the qubits.
    """
    singles = all(len(one.strings) == 1 for one in sums)
    if not singles and any(
        len({abs(value) for value in one.values}) > 1 or min(one.values) < 0 for one in sums
    ):
        return None
    bonds: dict[str, set[tuple[int, int]]] = {}
    fields: dict[str, set[int]] = {}
    groups: list[set[str]] = []
    for one in sums:
        kinds = set()
        for string in one.strings:
            text = letters(string, n)
            places = [q for q, letter in enumerate(text) if letter != "I"]
            letter = text[places[0]] if places else ""
            if len(places) == 1:
                fields.setdefault(letter, set()).add(places[0])
            elif len(places) == 2 and text[places[1]] == letter:
                bonds.setdefault(letter, set()).add((places[0], places[1]))
            else:
                return None
            kinds.add(letter * len(places))
        groups.append(kinds)
    graphs = {frozenset(found) for found in bonds.values()}
    if len(graphs) != 1 or any(len(found) < n for found in fields.values()):
        return None
    (graph,) = graphs
    model, shape = _model(set(bonds), set(fields)), _shape(graph, n)
    if model is None or shape is None:
        return None
    if singles:
        return f"{model}, {shape}"
    # A sum holds all bonds and fields of its letters.
    whole = sum(len(one.strings) for one in sums) == sum(
        len(graph) * sum(len(kind) == 2 for kind in kinds) + n * sum(len(kind) == 1 for kind in kinds)
        for kinds in groups
    )
    together = sum(map(len, groups)) == len(bonds) + len(fields)
    if not (whole and together):
        return None
    xxz = len(bonds) == 3 and sorted(sum(len(kind) == 2 for kind in kinds) for kinds in groups)[-2:] == [1, 2]
    shape += ", permutation-invariant" if shape == "all pairs" else ""
    return f"{'XXZ' + model.removeprefix('Heisenberg') if xxz else model}, {shape}, in sums"


def _model(bonds: set[str], fields: set[str]) -> str | None:
    if len(bonds) == 1 and len(fields) == 1:
        return None if bonds == fields else "transverse-field Ising"
    if len(bonds) == 1 and len(fields) == 2:
        return "Ising with two fields"
    name = {2: "XY", 3: "Heisenberg"}.get(len(bonds))
    if name is None or len(fields) > 1:
        return None
    if not fields:
        return name
    return f"{name} in a field" if len(bonds) == 3 or not fields & bonds else None


def _shape(graph: _Graph, n: int) -> str | None:
    """Open chain, ring, or all pairs."""
    if len(graph) == n * (n - 1) // 2:
        return "open chain" if n == 2 else "ring" if n == 3 else "all pairs"
    adjacency = np.zeros((n, n), dtype=np.int64)
    for a, b in graph:
        adjacency[a, b] = adjacency[b, a] = 1
    degrees = adjacency.sum(axis=0)
    reached = {0}
    for _ in range(n):
        reached |= {int(q) for p in reached for q in np.flatnonzero(adjacency[p])}
    if len(reached) < n or degrees.max() > 2:
        return None
    return {n - 1: "open chain", n: "ring"}.get(len(graph))
