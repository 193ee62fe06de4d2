"""Tables in text files: header, classes and features."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._native.errors import InvalidArgumentError
from .columns import MISSING, is_value, numbers, recognise_decimal
from .origin import Origin
from .table import Table
from .text import Rows, read_rows


@dataclass(frozen=True)
class Options:
    """How to read a text file; None is recognised from the file."""

    target: str | None = None
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    ignore: tuple[str, ...] = ()
    drop_missing: bool = False


def read_delimited(path: Path, options: Options) -> Table:
    """A table whose labels are words.

    Raises:
        InvalidArgumentError: the content cannot be used; the text names line and column.
        OSError: the file cannot be read.
    """
    if options.decimal not in (None, ".", ","):
        raise InvalidArgumentError(f"decimal is {options.decimal!r}: give . or ,")
    rows = read_rows(path, options.separator, options.encoding)
    header, lines, notes = _header(path, rows, options.target)
    for line, row in lines:
        if len(row) != len(header):
            raise InvalidArgumentError(
                f"{path}: line {line} has {len(row)} cells, the header has {len(header)}"
            )
    if not lines:
        raise InvalidArgumentError(f"{path} has no rows below its header")
    chosen = _columns(path, header, lines, options, notes)
    target = _find(path, header, options.target) if options.target is not None else chosen[-1]
    chosen = [one for one in chosen if one != target]
    if not chosen:
        raise InvalidArgumentError(
            f"{path} has no feature columns besides {header[target]!r}"
            + ("; if it has, name the separator of its cells" if len(header) == 1 else "")
        )
    if options.drop_missing:
        whole = [one for one in lines if not any(one[1][k].lower() in MISSING for k in (*chosen, target))]
        if len(whole) < len(lines):
            notes.append(f"{len(lines) - len(whole)} of {len(lines)} lines dropped, since cells are missing")
        lines = whole
    for line, row in lines:
        if row[target].lower() in ("", "nan"):
            raise InvalidArgumentError(
                f"{path}: line {line}, column {header[target]!r} names no class; name it, drop the line, or drop all lines "
                "with missing cells (drop_missing)"
            )
    decimal = options.decimal or recognise_decimal(path, [row[k] for k in chosen for _, row in lines])
    where = [line for line, _ in lines]
    features = [numbers(path, header[k], where, [row[k] for _, row in lines], decimal) for k in chosen]
    return Table(
        np.array(features, dtype=np.float64).T,
        np.array([row[target] for _, row in lines]),
        [header[k] for k in chosen],
        Origin(path.name, "line", np.array(where, dtype=np.intp)),
        notes,
    )


def _header(
    path: Path, rows: Rows, target: str | None
) -> tuple[list[str], list[tuple[int, list[str]]], list[str]]:
    """Column names, the rows below, and notes."""
    if not rows.lines:
        raise InvalidArgumentError(f"{path} is empty: it has no rows below its header")
    first, below = rows.lines[0][1], rows.lines[1:]
    if _is_data(first, [row for _, row in below], target):
        names = [str(k + 1) for k in range(len(first))]
        return names, rows.lines, [*rows.notes, "no header line, columns numbered from 1"]
    return first, below, list(rows.notes)


def _is_data(first: list[str], below: list[list[str]], target: str | None) -> bool:
    """Whether a file begins without a header: with numbers and one class that occurs again below.

    Numbers that count the columns, or one of which is the target, are names.
    """
    values = [cell for cell in first if is_value(cell)]
    words = [k for k, cell in enumerate(first) if not is_value(cell)]
    if len(first) < 2 or len(words) > 1 or target in values:
        return False
    if any(values == [str(k + start) for k in range(len(values))] for start in (0, 1)):
        return False
    column = words[0] if words else len(first) - 1
    return any(row[column : column + 1] == [first[column]] for row in below)


def _columns(
    path: Path, header: list[str], lines: list[tuple[int, list[str]]], options: Options, notes: list[str]
) -> list[int]:
    """Columns that are not ignored, neither the row numbers that pandas writes nor what follows a last separator."""
    ignored = {_find(path, header, name) for name in options.ignore}
    for k, name in enumerate(header):
        cells = [row[k] for _, row in lines]
        if name == "" and not any(cells):
            ignored.add(k)
        elif (
            k == 0
            and name in ("", "Unnamed: 0")
            and len(set(cells)) == len(cells)
            and all(map(str.isdigit, cells))
        ):
            ignored.add(k)
            notes.append("the first column counts the rows and is left out")
    chosen = [k for k in range(len(header)) if k not in ignored]
    if not chosen:
        raise InvalidArgumentError(f"{path} has no columns left")
    return chosen


def _find(path: Path, header: list[str], name: str) -> int:
    found = [k for k, one in enumerate(header) if one == name]
    if not found:
        raise InvalidArgumentError(f"{path} has no column {name!r}; its columns are {', '.join(header)}")
    if len(found) > 1:
        raise InvalidArgumentError(f"{path} has {len(found)} columns {name!r}: rename all but one")
    return found[0]
