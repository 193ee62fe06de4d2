"""Steps on their way to a circuit: gates of the table and global phases, under any number of controls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..angles import Angle, AngleLike

PHASE = "gphase"
"""The gate e^(i angle) on no qubit: nothing by itself, a phase gate under a control."""
_INVERSES = {"s": "sdg", "t": "tdg", "sx": "sxdg", "iswap": "iswapdg"}
_INVERSES |= {inverse: name for name, inverse in _INVERSES.items()}


class Operation(NamedTuple):
    """A gate of the table, or a global phase, with controls.

    Attributes:
        gate: its name.
        qubits: where it acts, beside the controls.
        angles: numbers or `qt.Angle`.
        controls: qubits, each with the bit for which the gate acts.
    """

    gate: str
    qubits: tuple[int, ...]
    angles: tuple[AngleLike, ...] = ()
    controls: tuple[tuple[int, int], ...] = ()


def inverse(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that undo these."""
    return [_inverse(one) for one in reversed(operations)]


def _inverse(one: Operation) -> Operation:
    if one.gate == "u3":
        a, b, c = one.angles
        return one._replace(angles=(-a, -c, -b))
    return one._replace(gate=_INVERSES.get(one.gate, one.gate), angles=tuple(-angle for angle in one.angles))


def power(operations: Sequence[Operation], exponent: int) -> list[Operation]:
    """The operations again and again, or those that undo them."""
    if len(operations) == 1 and len(operations[0].angles) == 1:
        (one,) = operations
        return [one._replace(angles=(exponent * one.angles[0],))]
    return list(operations if exponent >= 0 else inverse(operations)) * abs(exponent)


def controlled(operations: Iterable[Operation], controls: tuple[tuple[int, int], ...]) -> list[Operation]:
    """The operations under further controls."""
    return [one._replace(controls=controls + one.controls) for one in operations]


def weight(one: Operation) -> int:
    """How much of a program's steps an operation takes: angles of many terms and generators of many controls take more."""
    terms = sum(
        len(angle.terms) + len(angle.configuration) for angle in one.angles if isinstance(angle, Angle)
    )
    return 1 + terms // 10 + (2 ** len(one.controls) if len(one.controls) > 2 else 0)
