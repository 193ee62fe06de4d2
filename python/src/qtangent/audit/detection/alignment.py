"""Which gates of one circuit another one lacks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ...circuits import Circuit
from ...instructions import Instruction


@dataclass(frozen=True)
class Alignment:
    """Places of gates that only the suspect has, and that only the golden circuit has."""

    inserted: tuple[int, ...]
    deleted: tuple[int, ...]
    moved: int
    """Gates that both have at different places of a qubit."""


def align(golden: Circuit, suspect: Circuit) -> Alignment:
    """Compares the gates qubit by qubit, so that the order of gates on different qubits plays no part.

    Gates are equal by name, qubits and angles, with the source of each angle: data, weights, configuration, numbers.
    """
    numbers: dict[Instruction, int] = {}
    ours, theirs = (
        [numbers.setdefault(one, len(numbers)) for one in circuit] for circuit in (golden, suspect)
    )
    ours_by_wire, theirs_by_wire = _by_wire(golden), _by_wire(suspect)
    deleted, inserted = set(), set()
    for wire in {*ours_by_wire, *theirs_by_wire}:
        here, there = ours_by_wire[wire], theirs_by_wire[wire]
        matcher = SequenceMatcher(None, [ours[k] for k in here], [theirs[k] for k in there], autojunk=False)
        for kind, i, j, k, l in matcher.get_opcodes():
            if kind != "equal":
                deleted.update(here[i:j])
                inserted.update(there[k:l])
    moved = Counter(ours[k] for k in deleted) & Counter(theirs[k] for k in inserted)
    return Alignment(_without(inserted, theirs, moved), _without(deleted, ours, moved), sum(moved.values()))


def _by_wire(circuit: Circuit) -> defaultdict[int, list[int]]:
    places = defaultdict(list)
    for k, instruction in enumerate(circuit):
        for qubit in instruction.qubits:
            places[qubit].append(k)
    return places


def _without(places: set[int], tokens: Sequence[int], moved: Counter[int]) -> tuple[int, ...]:
    left, kept = moved.copy(), []
    for k in sorted(places):
        if left[tokens[k]]:
            left[tokens[k]] -= 1
        else:
            kept.append(k)
    return tuple(kept)
