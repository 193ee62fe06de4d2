"""OpenQASM 2 and 3: programs read as circuits, and circuits written as programs.

docs/qasm.md says what is read, written and refused. Reading needs the package openqasm3, which is imported when it is used.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from .._extras import install_line
from .._native.errors import FileError, InvalidArgumentError
from .._native.strangers import read_all
from .errors import QasmError
from .writer import write

if TYPE_CHECKING:
    from .reader import Reading

__all__ = ["QasmError", "read", "write"]


def read(
    text_or_path: str | os.PathLike[str],
    features: Collection[str] = ("x",),
    free: str | None = None,
    config: Collection[str] = (),
) -> Reading:
    """What a program holds, for `Circuit.from_qasm`, which says more.

    Args:
        text_or_path: a program, or the path of a file; text has a semicolon.
        features: names of inputs that are features.
        free: "rotations" makes parameters of literal angles.
        config: names of inputs that are configuration keys.

    Raises:
        QasmError: for what is broken or not read, with its place.
        FileError: for a file that cannot be read.
        InvalidArgumentError: for other arguments.
        ImportError: without the package openqasm3.
    """
    if free is not None and (not isinstance(free, str) or free != "rotations"):
        raise InvalidArgumentError(f'free is {free!r}; None and "rotations" are possible')
    for what, names in (("features", features), ("config", config)):
        if (
            not isinstance(names, Collection)
            or isinstance(names, str)
            or not all(isinstance(name, str) for name in names)
        ):
            raise InvalidArgumentError(f'{what} is {names!r}; a list of names such as ("x",) is expected')
    if not isinstance(text_or_path, (str, os.PathLike)):
        raise InvalidArgumentError(f"{text_or_path!r:.80} is neither a program nor a path")
    read_text = _reader()
    if isinstance(text_or_path, str) and (";" in text_or_path or "\n" in text_or_path or not text_or_path):
        return read_text(text_or_path, features, free is not None, config)
    path = os.path.expanduser(text_or_path)
    try:
        return read_text(_content(path), features, free is not None, config)
    except QasmError as error:
        raise QasmError(error.reason, error.line, error.column, path) from None


def _content(path: str) -> str:
    try:
        text = read_all(Path(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QasmError(f"the file is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(
            f"{path!r:.200} cannot be read as a file ({reason}), and is no program: it has no ;"
        ) from None
    return io.StringIO(text, newline=None).read()


def _reader() -> Callable[[str, Collection[str], bool, Collection[str]], Reading]:
    try:
        from .reader import read_text
    except ImportError as error:
        if (error.name or "").split(".")[0].startswith("qtangent"):
            raise
        raise ImportError(
            f"reading OpenQASM needs the package openqasm3 with its parser: {install_line('qasm')}"
        ) from None
    return read_text
