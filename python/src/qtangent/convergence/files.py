"""Writing files so that a reader, or a run killed meanwhile, never sees half of one."""

from __future__ import annotations

import json
import math
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from .._native.errors import FileError


def to_json(content: Any) -> bytes:
    """JSON without NaN and infinity, which it does not know: they become null."""
    return (json.dumps(_finite(content), indent=2) + "\n").encode()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def ensure_folder(folder: Path) -> None:
    """Make the folder and prove that it can be written.

    Raises:
        FileError: It cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FileError(f"cannot write into {folder}: {error.strerror or error}") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, flush to disk, rename: a reader sees the old file or the new one. A symbolic link stays, and what it
    leads to is replaced.

    Raises:
        FileError: The folder cannot be written, or no file but a device or a folder stands there.
    """
    if path.exists() and not path.is_file():
        raise FileError(f"cannot write {path}: it exists and is not a regular file")
    path = Path(os.path.realpath(path))
    try:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        # Not `tempfile`, whose files only their owner reads: here the user's mask decides, as for every new file.
        with open(temporary, "xb") as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.replace(temporary, path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
