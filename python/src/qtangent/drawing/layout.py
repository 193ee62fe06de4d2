"""Where instructions stand: in columns from left to right, and columns in panels below each other."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from ..instructions import Instruction
from .labels import Namer
from .marks import Mark, marks

COLUMN_GAP = 10.0


@dataclass(frozen=True)
class Step:
    """An instruction and its marks."""

    instruction: Instruction
    marks: list[Mark]
    hover: str
    is_marked: bool = False
    """Whether it stands out."""


@dataclass
class Column:
    """Steps that stand above each other."""

    steps: list[Step] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Pixels of the widest mark."""
        return max(mark.width for step in self.steps for mark in step.marks)


def columns(
    n_qubits: int,
    instructions: Iterable[Instruction],
    namer: Namer,
    most_marks: int,
    marked: Container[int] = (),
) -> tuple[list[Column], int]:
    """Each instruction in the first column after those that touch a line it crosses; those at the places `marked` stand out.

    Returns:
        The columns, and how many instructions they hold: as many as make `most_marks` marks.
    """
    found: list[Column] = []
    depth = [0] * n_qubits
    n_marks = count = 0
    for instruction in instructions:
        n_marks += len(instruction.qubits)
        if n_marks > most_marks:
            break
        crossed = range(min(instruction.qubits), max(instruction.qubits) + 1)
        place = max(depth[qubit] for qubit in crossed)
        if place == len(found):
            found.append(Column())
        for qubit in crossed:
            depth[qubit] = place + 1
        found[place].steps.append(
            Step(instruction, marks(instruction, namer), namer.hover(instruction), count in marked)
        )
        count += 1
    return found, count


def panels(columns: list[Column], width: float) -> list[list[Column]]:
    """The columns folded to rows that are at most so many pixels wide; at least one column in each, none in an empty one."""
    rows: list[list[Column]] = [[]]
    used = 0.0
    for column in columns:
        if rows[-1] and used + column.width + COLUMN_GAP > width:
            rows.append([])
            used = 0.0
        rows[-1].append(column)
        used += column.width + COLUMN_GAP
    return rows
