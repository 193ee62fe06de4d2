"""One number of a diagnosis, with what it rests on, and the sections that such numbers make up."""

from __future__ import annotations

from dataclasses import dataclass

from .._native.errors import InvalidArgumentError, NumericalError, OutOfMemoryError
from ..convergence.codes import Code

REFUSALS = (InvalidArgumentError, NumericalError, OutOfMemoryError)
"""Errors that say why a number cannot be had here."""


@dataclass(frozen=True)
class Finding:
    """A statistic, its interval, the threshold it is held against, and the verdict."""

    name: str
    """Of the statistic, as in JSON: "kernel_rank"."""
    value: float | int | None
    """None where it could not be computed; `sentence` then says why."""
    interval: tuple[float, float] | None
    """95 %; None for exact numbers."""
    threshold: float | None
    """What the value is compared with, by the decision rule that `sentence` names."""
    verdict: Code
    sentence: str
    source: str
    """Paper and equation, or the heading of docs/maths.md that derives it."""
    caveat: str = ""
    """What the number cannot say."""


def missing(name: str, why: object, source: str = "") -> Finding:
    """What cannot be had here, and why: a reason without a full stop, or the error that says it."""
    return Finding(name, None, None, None, Code.NOT_COMPUTED, f"Not computed: {why}.", source)


@dataclass(frozen=True)
class Section:
    """An answer to one question of the diagnosis."""

    name: str
    """"express", "start", "speed", "end" or "advice"."""
    question: str
    verdict: Code
    sentence: str
    findings: tuple[Finding, ...]

    def finding(self, name: str) -> Finding:
        """The finding of that name.

        Args:
            name: As in JSON: "kernel_rank".

        Raises:
            KeyError: There is none; the message names those that there are.
        """
        for one in self.findings:
            if isinstance(name, str) and one.name == name:
                return one
        raise KeyError(f"{name!r}: this section has {[one.name for one in self.findings]}")
