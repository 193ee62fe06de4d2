"""Initial parameters from a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import FileError, InvalidArgumentError
from .._native.strangers import parse_json, read_all, read_npy
from ..circuits import Circuit


def read_theta(path: Path, circuit: Circuit) -> Real:
    """Parameters (p,): a .npy file of one array, a .json file of a list or of numbers by the parameters' names, or text
    with numbers between spaces, commas or line ends, where # begins a comment.

    Raises:
        InvalidArgumentError: the content is no list of so many finite numbers, or misses a name.
        FileError: the file cannot be read.
    """
    try:
        content = read_all(path)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        parsed = _parsed(path, content)
        found = _arrays.real(
            str(path), _by_name(path, parsed, circuit.parameter_names) if isinstance(parsed, dict) else parsed
        )
    except InvalidArgumentError:
        raise
    except (ValueError, EOFError) as error:
        raise InvalidArgumentError(f"{path} holds no list of numbers: {error}") from error
    if found.shape != (circuit.n_params,):
        entries = f"{len(found)} entries" if found.ndim == 1 else f"shape {found.shape}"
        raise InvalidArgumentError(f"{path} has {entries}, the circuit has {circuit.n_params} parameters")
    _arrays.finite(str(path), found)
    return found


def _by_name(path: Path, values: dict[str, Any], names: Sequence[str]) -> list[Any]:
    missing = [name for name in names if name not in values]
    if missing:
        raise InvalidArgumentError(f"{path} has no {missing[0]!r}: give each parameter a number")
    unknown = [name for name in values if name not in names]
    if unknown:
        raise InvalidArgumentError(f"{path} has {unknown[0]!r}; the parameters are {', '.join(names)}")
    return [values[name] for name in names]


def _parsed(path: Path, content: bytes) -> Any:
    if path.suffix.lower() == ".npy":
        return read_npy(io.BytesIO(content), len(content))
    if path.suffix.lower() == ".json":
        return parse_json(content)
    numbers = []
    for number, line in enumerate(content.decode("utf-8-sig").splitlines(), start=1):
        for word in line.partition("#")[0].replace(",", " ").split():
            try:
                numbers.append(float(word))
            except ValueError:
                raise ValueError(f"line {number} has {word!r}") from None
    return numbers
