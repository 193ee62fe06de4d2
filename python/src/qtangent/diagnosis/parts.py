"""The questions of a diagnosis, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..convergence.codes import Code
from .advice import advice
from .case import Case
from .end import end
from .express import express
from .finding import REFUSALS, Section
from .speed import speed
from .start import start


@dataclass(frozen=True)
class Part:
    """A question and what answers it."""

    name: str
    question: str
    compute: Callable[[Case], Section]

    def answer(self, case: Case) -> Section:
        """The section; one that cannot be had says why."""
        try:
            return self.compute(case)
        except REFUSALS as error:
            return Section(self.name, self.question, Code.NOT_COMPUTED, f"Not computed: {error}.", ())


def advised(case: Case, sections: tuple[Section, ...]) -> Section:
    """The advice that follows from the other sections."""
    return Part("advice", "What should I change?", lambda asked: advice(asked, sections)).answer(case)


PARTS: tuple[Part, ...] = (
    Part("express", "Can the model express it?", express),
    Part("start", "Will it start?", start),
    Part("speed", "How fast, and by what law?", speed),
    Part("end", "Where will it end?", end),
)
