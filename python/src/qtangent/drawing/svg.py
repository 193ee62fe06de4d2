"""A circuit as SVG: lines, marks and words in the colour of the text around them, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

from ..instructions import Instruction
from .labels import Namer, cells
from .layout import COLUMN_GAP, Column, Step, columns, panels
from .marks import ANGLE_SIZE, BOX_HEIGHT, CELL, SYMBOL_SIZE, Kind, Mark

_WIDTH = 900.0
_MOST_MARKS = 3000
_PITCH, _PANEL_GAP, _EDGE = 44.0, 26.0, 8.0
_FONT = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
# Colours that stand out on light and on dark paper, by what the angle depends on.
_TINTS = {
    "trainable": "#2563eb", "data": "#d97706", "trainable and data": "#9333ea", "configuration": "#0d9488",
}  # fmt: skip
# Frames around instructions that stand out, and pixels between a frame and what is in it.
_RED, _HALO = "#dc2626", 3.5
_STYLE = (
    ".qtangent-circuit{color:#1f2328;color-scheme:light dark}"
    "@media (prefers-color-scheme:dark){.qtangent-circuit{color:#e6e8eb}}"
)
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


@dataclass(frozen=True)
class Highlight:
    """Instructions that stand out in a picture, by their places, and the word that its legend has for them."""

    places: Container[int] = ()
    word: str = ""


def circuit_svg(
    n_qubits: int,
    instructions: Iterable[Instruction],
    n_instructions: int,
    namer: Namer,
    highlight: Highlight = Highlight(),
) -> str:
    """A picture that stands alone, and is light or dark as its reader prefers."""
    root = _picture(n_qubits, instructions, n_instructions, namer, highlight)
    style = Element("style")
    style.text = _STYLE
    root.insert(0, style)
    return ElementTree.tostring(root, encoding="unicode")


def circuit_html(
    n_qubits: int,
    instructions: Iterable[Instruction],
    n_instructions: int,
    namer: Namer,
    highlight: Highlight = Highlight(),
) -> str:
    """The picture inside a page, in the colour of its text; a narrow page scrolls it."""
    root = _picture(n_qubits, instructions, n_instructions, namer, highlight)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<div style="max-width:100%;overflow-x:auto">{text}</div>'


def _picture(
    n_qubits: int,
    instructions: Iterable[Instruction],
    n_instructions: int,
    namer: Namer,
    highlight: Highlight,
) -> Element:
    found, count = columns(n_qubits, instructions, namer, _MOST_MARKS, highlight.places)
    margin = _EDGE + cells(f"q{n_qubits - 1}") * CELL * SYMBOL_SIZE + _EDGE
    rows = panels(found, _WIDTH - margin - COLUMN_GAP)
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "qtangent-circuit", "role": "img"})
    plural = "" if n_qubits == 1 else "s"
    root.set("aria-label", f"Circuit of {n_instructions} instructions on {n_qubits} qubit{plural}")
    body = _add(
        root, "g", stroke="currentColor", fill="currentColor", font_family=_FONT, text_anchor="middle"
    )
    height, width = _EDGE, 0.0
    for row in rows:
        width = max(width, _panel(body, row, n_qubits, margin, height))
        height += n_qubits * _PITCH + _PANEL_GAP
    height -= _PANEL_GAP
    if count < n_instructions:
        height += 18
        note = f"The first {count} of {n_instructions} instructions are drawn."
        width = max(width, _note(body, note, _EDGE, height))
        height += 8
    if legend := _legend(found, highlight.word):
        height += 18
        width = max(width, _swatches(body, legend, height))
        height += 8
    width, height = width + _EDGE, height + _EDGE
    root.set("viewBox", f"0 0 {_number(width)} {_number(height)}")
    root.set("width", _number(width))
    root.set("height", _number(height))
    # The page's rules for pictures must not shrink the words.
    root.set("style", f"width:{_number(width)}px;height:{_number(height)}px;max-width:none")
    return root


def _panel(parent: Element, row: list[Column], n_qubits: int, left: float, top: float) -> float:
    """One row of columns with the lines of all qubits. Returns where it ends on the right."""
    middles = [top + _PITCH * (qubit + 0.5) for qubit in range(n_qubits)]
    gaps: list[list[tuple[float, float]]] = [[] for _ in range(n_qubits)]
    x = left + COLUMN_GAP
    places = []
    for column in row:
        places.append(x + column.width / 2)
        x += column.width + COLUMN_GAP
    right = max(x, left + 60)
    for column, centre in zip(row, places, strict=True):
        for step in column.steps:
            for mark in step.marks:
                if mark.kind in (Kind.BOX, Kind.PLUS):
                    gaps[mark.qubit].append((centre - mark.width / 2, centre + mark.width / 2))
    for qubit, y in enumerate(middles):
        name = f"q{qubit}"
        _text(parent, name, left - _EDGE - cells(name) * CELL * SYMBOL_SIZE / 2, y + 4.5, SYMBOL_SIZE)
        path, start = "", left
        for begin, end in gaps[qubit]:
            path += f"M{_number(start)} {_number(y)}H{_number(begin)}"
            start = end
        path += f"M{_number(start)} {_number(y)}H{_number(right)}"
        _add(parent, "path", d=path, fill="none", stroke_opacity="0.55")
    for column, centre in zip(row, places, strict=True):
        for step in column.steps:
            _step(parent, step, centre, middles)
    return right


def _step(parent: Element, step: Step, x: float, middles: list[float]) -> None:
    group = _add(parent, "g")
    _add(group, "title").text = _clean(step.hover)
    ordered = sorted(step.marks, key=lambda mark: mark.qubit)
    if step.is_marked:
        _halo(group, ordered, x, middles)
    path = ""
    for upper, lower in pairwise(ordered):
        begin, end = middles[upper.qubit] + upper.reach, middles[lower.qubit] - lower.reach
        path += f"M{_number(x)} {_number(begin)}V{_number(end)}"
    if path:
        _add(group, "path", d=path, fill="none")
    tint = _TINTS.get(_dependence(step), "currentColor")
    for mark in step.marks:
        _mark(group, mark, x, middles[mark.qubit], tint)


def _halo(group: Element, ordered: list[Mark], x: float, middles: list[float]) -> None:
    """A frame around all that an instruction shows."""
    width = max(mark.width for mark in ordered) + 2 * _HALO
    top = middles[ordered[0].qubit] - BOX_HEIGHT / 2 - _HALO
    height = middles[ordered[-1].qubit] + BOX_HEIGHT / 2 + _HALO - top
    _add(
        group, "rect", x=_number(x - width / 2), y=_number(top), width=_number(width), height=_number(height), rx="6",
        fill="none", stroke=_RED, stroke_width="2", stroke_dasharray="4 3",
    )  # fmt: skip


def _mark(group: Element, mark: Mark, x: float, y: float, tint: str) -> None:
    if mark.kind is Kind.CONTROL:
        _add(group, "circle", cx=_number(x), cy=_number(y), r="4.5", stroke="none")
    elif mark.kind is Kind.CROSS:
        x1, x2, y1, y2 = (_number(value) for value in (x - 6, x + 6, y - 6, y + 6))
        _add(group, "path", d=f"M{x1} {y1}L{x2} {y2}M{x1} {y2}L{x2} {y1}", stroke_width="1.6")
    elif mark.kind is Kind.PLUS:
        _add(group, "circle", cx=_number(x), cy=_number(y), r="10", fill_opacity="0.06")
        cross = f"M{_number(x - 10)} {_number(y)}H{_number(x + 10)}M{_number(x)} {_number(y - 10)}V{_number(y + 10)}"
        _add(group, "path", d=cross)
    else:
        left, top = x - mark.width / 2, y - BOX_HEIGHT / 2
        opacity = "0.06" if tint == "currentColor" else "0.2"
        _add(
            group, "rect", x=_number(left), y=_number(top), width=_number(mark.width), height=_number(BOX_HEIGHT),
            rx="4", fill=tint, fill_opacity=opacity,
        )  # fmt: skip
        _text(group, mark.symbol, x, y - 2 if mark.angle else y + 4.5, SYMBOL_SIZE)
        if mark.angle:
            _text(group, mark.angle, x, y + 11, ANGLE_SIZE)


def _dependence(step: Step) -> str:
    if any(angle.configuration for angle in step.instruction.angles):
        return "configuration"
    factors = [factor for angle in step.instruction.angles for factor in angle.terms]
    words = {"trainable": any(params for params, _ in factors), "data": any(used for _, used in factors)}
    return " and ".join(word for word, does in words.items() if does)


def _legend(columns: list[Column], highlight: str) -> list[tuple[str, str]]:
    """Words and their colours."""
    steps = [step for column in columns for step in column.steps]
    present = {_dependence(step) for step in steps}
    found = [(word, tint) for word, tint in _TINTS.items() if word in present]
    return [*found, (highlight, _RED)] if any(step.is_marked for step in steps) else found


def _swatches(parent: Element, words: list[tuple[str, str]], y: float) -> float:
    x = _EDGE
    for word, tint in words:
        _add(
            parent, "rect", x=_number(x), y=_number(y - 9), width="11", height="11", rx="2", fill=tint,
            fill_opacity="0.2",
        )  # fmt: skip
        x = _note(parent, word, x + 17, y) + 16
    return x


def _note(parent: Element, text: str, x: float, y: float) -> float:
    """A line of small words that begins at x. Returns where it ends."""
    length = cells(text) * CELL * ANGLE_SIZE
    _text(parent, text, x + length / 2, y, ANGLE_SIZE)
    return x + length


def _text(parent: Element, text: str, x: float, y: float, size: float) -> None:
    element = _add(parent, "text", x=_number(x), y=_number(y), font_size=_number(size), stroke="none")
    element.text = _clean(text)


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return ElementTree.SubElement(parent, tag, named)


def _clean(text: str) -> str:
    """Without what XML does not allow in any form."""
    return _NOT_XML.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
