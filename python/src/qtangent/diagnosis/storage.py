"""A diagnosis as JSON, of the form that schema.json describes, without loss."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from .._native.errors import CorruptedFileError, FileError
from .._native.strangers import parse_json, read_all
from ..convergence.codes import Code
from ..drawing import expect_picture
from .finding import Finding, Section
from .kinds import made
from .record import Record
from .specimens import Specimen
from .subject import Subject
from .trial import Trial

D = TypeVar("D", bound=Record)
FORMAT = "qtangent diagnosis 1"
_NAMES = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}


def to_json(diagnosis: Record) -> str:
    """See `Diagnosis.to_json`."""
    content = {"format": FORMAT, **asdict(diagnosis)}
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(kind: type[D], text: str) -> D:
    """See `Diagnosis.from_json`."""
    try:
        content = parse_json(text)
        if content.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT!r}")
        found = made(
            kind,
            {
                **content,
                "verdict": Code(content["verdict"]),
                "rests_on": tuple(content["rests_on"]),
                "sections": tuple(_section(one) for one in content["sections"]),
                "trial": made(Trial, _numbers(content["trial"])),
                "specimens": tuple(made(Specimen, _numbers(one)) for one in content["specimens"]),
                "subject": made(Subject, _numbers(content["subject"])),
            },
        )
        expect_picture(found.drawing)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorruptedFileError(f"this is no saved diagnosis: {error!r:.300}") from error
    return found


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        FileError: it cannot be read.
        CorruptedFileError: it is no text.
    """
    try:
        return read_all(path).decode()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CorruptedFileError(f"{path} is no saved diagnosis: {error}") from error


def _section(content: dict[str, Any]) -> Section:
    found = [
        {**_numbers(one, of_words=_WORDS), "verdict": Code(one["verdict"])} for one in content["findings"]
    ]
    findings = tuple(made(Finding, one) for one in found)
    return made(Section, {**content, "verdict": Code(content["verdict"]), "findings": findings})


_WORDS = frozenset({"name", "verdict", "sentence", "source", "caveat"})


def _numbers(content: dict[str, Any], of_words: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Lists as tuples, and numbers that are not finite back from their names."""
    return {name: value if name in of_words else _number(value) for name, value in content.items()}


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_number(one) for one in value)
    return _NAMES.get(value, value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """What JSON holds: NumPy's numbers as Python's, numbers that are not finite by their names."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Code):
        return value.value
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if hasattr(value, "item"):
        return _plain(value.item())
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
