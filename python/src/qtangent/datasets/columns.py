"""Cells of a table as numbers."""

from __future__ import annotations

import math
import re
from pathlib import Path

from .._native.errors import InvalidArgumentError

MISSING = ("", "nan", "na", "n/a", "null", "none", "?")
_TRUTH = {"true": 1.0, "false": 0.0}
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def numbers(path: Path, name: str, lines: list[int], cells: list[str], decimal: str) -> list[float]:
    """The numbers of one column; True and False are 1 and 0 where there is nothing else.

    Args:
        lines: where the cells stand.
        decimal: the character before decimals.

    Raises:
        InvalidArgumentError: a cell is no finite number; the line is named.
    """
    if all(cell.lower() in _TRUTH for cell in cells):
        return [_TRUTH[cell.lower()] for cell in cells]
    found = []
    for line, cell in zip(lines, cells, strict=True):
        value = _number(cell, decimal)
        if not math.isfinite(value):
            raise InvalidArgumentError(f"{path}: line {line}, column {name!r} is {cell!r}, {_remedy(cell)}")
        found.append(value)
    return found


def is_value(cell: str) -> bool:
    """Whether a cell looks like data rather than like a name."""
    known = cell.lower() in _TRUTH or cell.lower() in MISSING
    return known or math.isfinite(_number(cell, ".")) or bool(_COMMA.fullmatch(cell))


def _number(cell: str, decimal: str) -> float:
    if decimal == ",":
        cell = "?" if "." in cell else cell.replace(",", ".", 1)
    try:
        # Python would take 1_000.
        return float("?" if "_" in cell else cell)
    except ValueError:
        return math.nan


def recognise_decimal(path: Path, cells: list[str]) -> str:
    """A comma, if some cells have one and none has a point.

    Raises:
        InvalidArgumentError: All commas may group thousands, as in 1,234.
    """
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    if not commas or any("." in cell for cell in cells):
        return "."
    if all(_THOUSANDS.fullmatch(cell) for cell in commas):
        raise InvalidArgumentError(
            f"{path}: {commas[0]!r} may be a thousand or a decimal: give decimal ',' if the comma stands before decimals, "
            "and take it out if it groups thousands"
        )
    return ","


def _remedy(cell: str) -> str:
    if cell.lower() in MISSING:
        return "not a number; fill it, drop the line, or drop all lines with missing cells (drop_missing)"
    if re.match(r"[^\W\d_]", cell) and cell.lower().lstrip("+-") not in ("inf", "infinity"):
        return (
            "not a number; fill it or drop the line. Columns of words are no features: leave them out (ignore), and name "
            "the one with the classes (target)"
        )
    return "not a number; fill it or drop the line"
