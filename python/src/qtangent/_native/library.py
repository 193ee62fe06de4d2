"""Finds and loads the native library: the only module that does."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

from .. import _signatures as c

# What the CPU must offer for a level; the names are those of /proc/cpuinfo. Best level first.
_LEVELS = {
    "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
    "baseline": set[str](),
}


def _cpu_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def _cpu_level() -> str:
    flags = _cpu_flags()
    forced = os.environ.get("QTANGENT_CPU_LEVEL")
    if forced:
        if forced not in _LEVELS:
            raise ImportError(f"QTANGENT_CPU_LEVEL is {forced!r}; it must be one of {', '.join(_LEVELS)}")
        # Where the flags cannot be read, the user knows better.
        if flags and (lacked := _LEVELS[forced] - flags):
            raise ImportError(
                f"QTANGENT_CPU_LEVEL is {forced!r}, but this CPU lacks {', '.join(sorted(lacked))}; unset it"
            )
        return forced
    if platform.machine() != "x86_64":
        return "baseline"
    return next(level for level, needed in _LEVELS.items() if needed <= flags)


def library_path() -> Path:
    override = os.environ.get("QTANGENT_LIBRARY")
    if override:
        return Path(override)
    return Path(__file__).parents[1] / "lib" / f"libqtangent-{_cpu_level()}.so"


def _load() -> ctypes.CDLL:
    path = library_path()
    if not path.exists():
        raise ImportError(
            f"{path} does not exist; install the package (pip install ./python) or set QTANGENT_LIBRARY"
        )
    library = ctypes.CDLL(str(path))
    try:
        found = library.qtg_abi_version()
    except AttributeError:
        raise ImportError(f"{path} is not a QTangent library") from None
    if found != c.ABI_VERSION:
        raise ImportError(
            f"{path} has ABI version {found}, this Python package needs {c.ABI_VERSION}; "
            "reinstall it (pip install --force-reinstall ./python) or unset QTANGENT_LIBRARY"
        )
    for name, (result, arguments) in c.SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{path} lacks {name}; reinstall the package (pip install ./python)") from None
        function.restype = result
        function.argtypes = arguments
    return library


lib = _load()
