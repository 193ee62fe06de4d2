"""The CPU levels a library is built for, and which of them this machine has. Needs nothing but Python: the build reads
it too."""

from __future__ import annotations

import os
import platform

# What the CPU must offer for a level; the names are those of /proc/cpuinfo. Best level first.
LEVELS = {
    "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
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


def available() -> list[str]:
    """The levels that run here, best first."""
    if platform.machine() != "x86_64":
        return ["baseline"]
    flags = cpu_flags()
    return [level for level, needed in LEVELS.items() if needed <= flags]


def chosen() -> str:
    """The level to load: the best one, or what QTANGENT_CPU_LEVEL asks for."""
    forced = os.environ.get("QTANGENT_CPU_LEVEL")
    if not forced:
        return available()[0]
    if forced not in LEVELS:
        raise ImportError(f"QTANGENT_CPU_LEVEL is {forced!r}; it must be one of {', '.join(LEVELS)}")
    flags = cpu_flags()
    # Where the flags cannot be read, the user knows better.
    if flags and (lacked := LEVELS[forced] - flags):
        raise ImportError(
            f"QTANGENT_CPU_LEVEL is {forced!r}, but this CPU lacks {', '.join(sorted(lacked))}; unset it"
        )
    return forced
