"""What an instruction shows on each of its qubits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..instructions import Instruction, gate_table
from .labels import Namer, cells, shortened

SYMBOL_SIZE, ANGLE_SIZE = 13.0, 10.5
CELL = 0.61
"""The width of a cell in units of the font's size: that of the widest common font with equal cells, rounded up."""
BOX_HEIGHT = 32.0
_PADDING = 7.0
_LONGEST_ANGLE = 16


class Kind(Enum):
    """The shapes of marks."""

    BOX = "box"
    CONTROL = "control"
    PLUS = "plus"
    CROSS = "cross"


@dataclass(frozen=True)
class Mark:
    """One shape on one qubit."""

    qubit: int
    kind: Kind
    symbol: str = ""
    angle: str = ""

    @property
    def width(self) -> float:
        """Pixels that the mark takes from left to right."""
        if self.kind is not Kind.BOX:
            return {Kind.CONTROL: 9.0, Kind.PLUS: 20.0, Kind.CROSS: 12.0}[self.kind]
        text = max(cells(self.symbol) * SYMBOL_SIZE, cells(self.angle) * ANGLE_SIZE) * CELL
        return max(text + 2 * _PADDING, BOX_HEIGHT)

    @property
    def reach(self) -> float:
        """Pixels from its middle up or down to where a line begins that joins it to others."""
        return {Kind.BOX: BOX_HEIGHT / 2, Kind.PLUS: 10.0, Kind.CONTROL: 0.0, Kind.CROSS: 0.0}[self.kind]


def marks(instruction: Instruction, namer: Namer) -> list[Mark]:
    """The marks of an instruction, one a qubit, in the order of its qubits; the angles stand on the first box."""
    angle = shortened(namer.angles(instruction), _LONGEST_ANGLE)
    found: list[Mark] = []
    for qubit, (kind, symbol) in zip(instruction.qubits, _shapes(instruction), strict=True):
        has_angle = kind is Kind.BOX and not any(mark.kind is Kind.BOX for mark in found)
        found.append(Mark(qubit, kind, symbol, angle if has_angle else ""))
    return found


def _shapes(instruction: Instruction) -> list[tuple[Kind, str]]:
    n = len(instruction.qubits)
    if instruction.pauli is not None:
        return [(Kind.BOX, letter) for letter in instruction.pauli]
    if instruction.generator is not None:
        terms = instruction.generator.terms
        alone = len(terms) == 1 and instruction.generator.dense is None
        letters = (terms[0].pauli if alone else None) or "H" * n
        return [(Kind.BOX, f"exp {letters[0]}"), *((Kind.BOX, letter) for letter in letters[1:])]
    if instruction.channel is not None:
        return [
            (Kind.BOX, f"~{shortened(instruction.channel.name, _LONGEST_ANGLE)}"),
            *[(Kind.BOX, "~")] * (n - 1),
        ]
    if instruction.matrix is not None:
        return [(Kind.BOX, "U" if n == 1 else f"U{k}") for k in range(n)]
    row = gate_table()[instruction.name]
    controls, symbol = row["controls"], row["symbol"]
    shape = {"●": Kind.CONTROL, "x": Kind.CROSS, "X": Kind.PLUS if controls else Kind.BOX}
    target = (shape.get(symbol, Kind.BOX), symbol)
    return [(Kind.CONTROL, "")] * controls + [target] * (n - controls)
