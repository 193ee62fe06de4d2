"""Text files from anywhere: their encoding, what separates cells, and their rows."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .._native.errors import InvalidArgumentError
from .._native.strangers import read_all

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = (";", "\t", "|", ",")  # a comma that splits as well as another may stand before decimals
_NAMED = {"tab": "\t", "\\t": "\t", "space": " "}
_LOOKED_AT = 200


@dataclass(frozen=True)
class Rows:
    lines: list[tuple[int, list[str]]]
    """Line number and stripped cells of every row that is neither empty nor a comment."""
    separator: str
    notes: list[str]
    """What was recognised rather than known, for the data set's description."""


def read_rows(path: Path, separator: str | None, encoding: str | None) -> Rows:
    """All rows of a text file.

    Raises:
        InvalidArgumentError: it is no text in its encoding, or a cell does not end.
        OSError: it cannot be read.
    """
    content = read_all(path)
    text, notes = _decode(path, content, encoding)
    if "\0" in text:
        raise InvalidArgumentError(f"{path} is not a text file: save it as CSV")
    if not isinstance(separator, (str, type(None))):
        raise InvalidArgumentError(f"the separator is {separator!r}: give one character, such as ; or a tab")
    separator = _NAMED.get(separator or "", separator)
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise InvalidArgumentError(f"the separator is {separator!r}: give one character, such as ; or a tab")
    try:
        if separator is None:
            separator = "\t" if path.suffix.lower() == ".tsv" else _recognise_separator(text)
        lines = list(_rows(text, separator))
    except csv.Error as error:
        raise InvalidArgumentError(f"{path}: {error}; is there a quotation mark that is left open?") from None
    return Rows(lines, separator, notes)


def _decode(path: Path, content: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if not isinstance(encoding, (str, type(None))):
        raise InvalidArgumentError(f"encoding is {encoding!r}; a name such as utf-8 or latin-1 is expected")
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if encoding is None and marked is None:
        # UTF-16 without a mark: every other byte of digits and separators is zero.
        zeros = content[1:1000:2].count(0), content[0:1000:2].count(0)
        if max(zeros) > 0.8 * len(content[1:1000:2]) and min(zeros) == 0:
            marked = "utf-16-le" if zeros[0] else "utf-16-be"
    try:
        return content.decode(encoding or marked or "utf-8"), []
    except LookupError:
        raise InvalidArgumentError(
            f"there is no encoding {encoding!r}: try utf-8, latin-1 or utf-16"
        ) from None
    except UnicodeError as error:
        if encoding is not None or marked is not None or b"\0" in content:
            raise InvalidArgumentError(
                f"{path} is not {encoding or marked or 'a text file'}: {error}"
            ) from None
    # Numbers read alike in all of these; names may not.
    name = "cp1252" if any(0x80 <= byte < 0xA0 for byte in content) else "latin-1"
    return content.decode(name, errors="replace"), [f"read as {name}, since it is not UTF-8"]


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Rows with their last line's number; comments are lines that begin with # above the header, and such below it
    that do not have its number of cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    for row in reader:
        cells = [cell.strip() for cell in row]
        comment = cells and cells[0].startswith("#") and (not rows or len(cells) != len(rows[0][1]))
        if any(cells) and not comment:
            rows.append((reader.line_num, cells))
    return rows


def _recognise_separator(text: str) -> str:
    """The one that splits the header and the rows after it alike, into the most cells."""

    def fit(separator: str) -> tuple[bool, int]:
        counts = [len(row) for _, row in islice(_rows(text, separator), _LOOKED_AT)]
        return len(set(counts)) == 1 and counts[0] > 1, counts[0] if counts else 0

    return max(_SEPARATORS, key=fit)
