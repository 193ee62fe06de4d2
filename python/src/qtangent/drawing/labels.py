"""Texts of a drawing: angles under the names of parameters and features, and how wide a text is."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ..angles import Angle
from ..instructions import Instruction

_LONGEST_HOVER = 400


@dataclass(frozen=True)
class Namer:
    """Words for the parts of an instruction."""

    parameters: Sequence[str]
    features: Sequence[str]

    def angle(self, angle: Angle, digits: int = 4) -> str:
        """2*alpha + 0.5 without spaces, numbers with so many digits."""
        pieces = []
        products = [
            ([*(self.parameters[p] for p in params), *(self.features[f] for f in features)], coefficient)
            for (params, features), coefficient in angle.terms.items()
        ]
        products += [([key], coefficient) for key, coefficient in angle.configuration.items()]
        for names, coefficient in products:
            sign = {1.0: "", -1.0: "-"}.get(coefficient, f"{coefficient:.{digits}g}*")
            pieces.append(sign + "*".join(names))
        if angle.constant or not pieces:
            pieces.append(f"{angle.constant:.{digits}g}")
        return "".join(piece if piece[0] == "-" or not k else f"+{piece}" for k, piece in enumerate(pieces))

    def angles(self, instruction: Instruction, digits: int = 4) -> str:
        """All angles of an instruction; empty if it has none."""
        return ", ".join(self.angle(angle, digits) for angle in instruction.angles)

    def hover(self, instruction: Instruction) -> str:
        """Everything that there is to know: rotation XZ(2*alpha+0.5) on qubits 2, 0."""
        what = instruction.name
        if instruction.pauli is not None:
            what += f" {instruction.pauli}"
        if instruction.channel is not None:
            what += f" {instruction.channel.name}"
        if instruction.angles:
            what += f"({self.angles(instruction, digits=12)})"
        if instruction.generator is not None:
            what += (
                f" of {repr(instruction.generator).removeprefix('<qtangent.Observable: ').removesuffix('>')}"
            )
        plural = "s" if len(instruction.qubits) > 1 else ""
        where = f" on qubit{plural} {', '.join(map(str, instruction.qubits))}"
        return shortened(what, _LONGEST_HOVER - len(where)) + where


def cells(text: str) -> int:
    """The width of a text in columns of a font with equal ones."""
    return sum(map(_cells_of, text))


def shortened(text: str, most: int) -> str:
    """The text, or as much of it as leaves room for an ellipsis in so many cells."""
    if cells(text) <= most:
        return text
    kept, used = 0, 1
    while used + _cells_of(text[kept]) <= most:
        used += _cells_of(text[kept])
        kept += 1
    return text[:kept] + "…"


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
