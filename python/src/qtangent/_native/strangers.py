"""Arrays and JSON from files that anyone may have written: no code runs, and sizes are known before memory is taken."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .errors import OutOfMemoryError
from .memory import byte_count, fits, memory_limit, too_large

_OBJECTS = 8
"""Bytes that a byte of text takes as words and numbers of Python."""
_PIECE = 1 << 20


def read_npz(file: IO[bytes], names: Collection[str] | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of an NPZ file by name.

    Args:
        file: opened to be read.
        names: those to be read; None for all.

    Raises:
        ValueError: it is none, is damaged or holds objects.
        OutOfMemoryError: they would take more memory than is allowed.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            held = {one.filename.removesuffix(".npy"): one for one in archive.infolist()}
            wanted = {name: one for name, one in held.items() if names is None or name in names}
            _expect_fitting(sum(one.file_size for one in wanted.values()))
            found = {}
            for name, one in wanted.items():
                with archive.open(one) as member:
                    found[name] = read_npy(member, one.file_size)
            return found
    except (OSError, OutOfMemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # a damaged archive can raise anything: zip, zlib, struct, syntax
        raise ValueError(str(error) or repr(error)) from error


def names_in_npz(file: IO[bytes]) -> list[str]:
    """What an NPZ file calls its arrays.

    Raises:
        ValueError: it is none.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist()]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError) as error:
        raise ValueError(str(error)) from error


def read_npy(file: IO[bytes], size: int) -> NDArray[Any]:
    """The array of an NPY file, which has so many bytes.

    Raises:
        ValueError: it is none, is damaged or holds objects.
        OutOfMemoryError: it would take more memory than is allowed.
        OSError: it cannot be read.
    """
    version = np.lib.format.read_magic(file)
    head = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    if version > (2, 0):
        raise ValueError(f"it is an NPY file of version {version[0]}.{version[1]}; 1.0 and 2.0 are read")
    try:
        shape, fortran, dtype = head(file)
    except OSError:
        raise
    except Exception as error:  # NumPy's reader of headers lets out what Python's parser raises
        raise ValueError(f"its header is damaged: {error}") from error
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which could run code; numbers or words are expected")
    entries: int = math.prod(map(int, shape))
    stored, needed = size - file.tell(), entries * dtype.itemsize
    if min(shape, default=0) < 0 or stored != needed or (not dtype.itemsize and entries > 0):
        raise ValueError(f"an array of shape {shape} takes {needed} bytes, {stored} are there")
    _expect_fitting(needed)
    content = file.read(needed)
    if len(content) != needed:
        raise ValueError(f"an array of shape {shape} takes {needed} bytes, {len(content)} are there")
    flat = np.frombuffer(bytearray(content), dtype=dtype) if needed else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if fortran else "C")


def read_all(path: Path) -> bytes:
    """What a text file holds.

    Raises:
        OutOfMemoryError: it is larger than can be taken apart in the memory that is allowed.
        OSError: it cannot be read.
    """
    most = memory_limit() // _OBJECTS
    pieces, count = [], 0
    with path.open("rb") as file:
        stored = os.fstat(file.fileno()).st_size
        # Pipes and devices do not know their size, and some never end.
        while max(stored, count) <= most and (piece := file.read(_PIECE)):
            pieces.append(piece)
            count += len(piece)
    if max(stored, count) > most:
        raise OutOfMemoryError(
            f"{path} holds more than {byte_count(most)}, which is all that can be taken apart in the memory allowed"
        )
    return b"".join(pieces)


def parse_json(text: str | bytes) -> Any:
    """What a JSON text holds.

    Raises:
        ValueError: it is none, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _expect_fitting(size: int) -> None:
    if not fits(size):
        raise too_large("what it holds", size, "save fewer numbers in a file")
