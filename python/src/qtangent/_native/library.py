"""Finds and loads the native library: the only module that does."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from .. import _signatures as c
from . import levels

_FOLDER = Path(__file__).parents[1] / "lib"
_INSTALL = "pip install ./python in a clone of QTangent, or the file of its wheel"


def library_path() -> Path:
    override = os.environ.get("QTANGENT_LIBRARY")
    if override:
        return Path(override)
    return _FOLDER / levels.library_file(levels.chosen(), c.ABI_VERSION)


def _remedy(folder: Path) -> str:
    built = [
        level for level in levels.LEVELS if (folder / levels.library_file(level, c.ABI_VERSION)).exists()
    ]
    if built and not os.environ.get("QTANGENT_LIBRARY"):
        return f"only {', '.join(built)} was built; pip install ./python builds every level"
    return f"install the package ({_INSTALL}) or set QTANGENT_LIBRARY"


def _load() -> ctypes.CDLL:
    path = library_path()
    if not path.exists():
        raise ImportError(f"{path} does not exist; {_remedy(_FOLDER)}")
    # The library itself takes what it can read and says nothing.
    threads = os.environ.get("QTANGENT_NUM_THREADS", "")
    if threads and not (threads.isdecimal() and 1 <= int(threads) <= 256):
        raise ImportError(
            f"QTANGENT_NUM_THREADS is {threads!r}; an integer from 1 to 256 is expected, or unset it"
        )
    checks = os.environ.get("QTANGENT_CHECK", "")
    if checks not in ("", "0", "1"):
        raise ImportError(f"QTANGENT_CHECK is {checks!r}; 1 or 0 is expected, or unset it")
    library = ctypes.CDLL(str(path))
    try:
        found = library.qtg_abi_version()
    except AttributeError:
        raise ImportError(f"{path} is not a QTangent library") from None
    if found != c.ABI_VERSION:
        raise ImportError(
            f"{path} has ABI version {found}, this Python package needs {c.ABI_VERSION}; "
            f"reinstall it ({_INSTALL}) or unset QTANGENT_LIBRARY"
        )
    for name, (result, arguments) in c.SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{path} lacks {name}; reinstall the package ({_INSTALL})") from None
        function.restype = result
        function.argtypes = arguments
    return library


lib = _load()
