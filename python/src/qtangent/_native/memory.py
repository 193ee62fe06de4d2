"""What a call may take of the memory, and the error of what takes more."""

from __future__ import annotations

from .build import build_info
from .errors import OutOfMemoryError

UNASKED = 1 << 20
"""Bytes that are taken without asking, for asking takes as long as a small call."""

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


def memory_limit() -> int:
    """Bytes that a call may take now."""
    limit: int = build_info()["memory_limit"]
    return limit


def byte_count(size: float) -> str:
    """As errors word it, those of the native library too: "1.5 GB"."""
    unit = 0
    while size >= 1000 and unit + 1 < len(_UNITS):
        size, unit = size / 1000, unit + 1
    return f"{round(size, 1):.16g} {_UNITS[unit]}"


def fits(needed: int) -> bool:
    """Whether a call may take so many bytes now."""
    return needed <= UNASKED or needed <= memory_limit()


def too_large(what: str, needed: int, remedy: str) -> OutOfMemoryError:
    """The error of what does not fit.

    Args:
        what: what was to be held: "the kernel of shape (3, 3)".
        needed: its bytes.
        remedy: what fits, or what to do.
    """
    return OutOfMemoryError(
        f"{what} would take {byte_count(needed)}, {byte_count(memory_limit())} are allowed; {remedy}"
    )
