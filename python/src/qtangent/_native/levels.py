"""The CPU levels a library is built for, which of them this machine has, and where their libraries lie. Needs nothing but
Python: the build reads it too."""

from __future__ import annotations

import os
import platform
import sys

# What the CPU must offer for a level; the names are those of /proc/cpuinfo. Best level first.
_V3 = {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}
LEVELS = {
    "x86-64-v4": _V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "x86-64-v3": _V3,
    "baseline": set[str](),
}


def cpu_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def possible() -> list[str]:
    """The levels that a machine of this kind may have, best first."""
    x86_linux = platform.machine() == "x86_64" and sys.platform.startswith("linux")
    return list(LEVELS) if x86_linux else ["baseline"]


def available() -> list[str]:
    """The levels that run here, best first."""
    flags = cpu_flags()
    return [level for level in possible() if LEVELS[level] <= flags]


def chosen() -> str:
    """The level to load: the best one, or what QTANGENT_CPU_LEVEL asks for."""
    forced = os.environ.get("QTANGENT_CPU_LEVEL")
    if not forced:
        return available()[0]
    if forced not in possible():
        raise ImportError(f"QTANGENT_CPU_LEVEL is {forced!r}; it must be one of {', '.join(possible())}")
    flags = cpu_flags()
    # Where the flags cannot be read, the user knows better.
    if flags and (lacked := LEVELS[forced] - flags):
        raise ImportError(
            f"QTANGENT_CPU_LEVEL is {forced!r}, but this CPU lacks {', '.join(sorted(lacked))}; unset it"
        )
    return forced


def soname(abi: int) -> str:
    """The name by which programs find the library that they were linked with: that of its binary interface."""
    return f"libqtangent.{abi}.dylib" if sys.platform == "darwin" else f"libqtangent.so.{abi}"


def library_file(level: str, abi: int) -> str:
    """Where the library of a level lies in the folder of libraries.

    glibc (2.33 and newer) looks into glibc-hwcaps of every folder by itself: a C program that was linked with the
    baseline takes the best level of the processor it runs on."""
    return soname(abi) if level == "baseline" else f"glibc-hwcaps/{level}/{soname(abi)}"
