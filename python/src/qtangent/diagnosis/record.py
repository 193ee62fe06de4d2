"""What a diagnosis found."""

from __future__ import annotations

from dataclasses import dataclass

from ..convergence.codes import Code
from .finding import Section
from .specimens import Specimen
from .subject import Subject
from .trial import Trial


@dataclass(frozen=True)
class Record:
    """Numbers and words, without the ways to tell them."""

    verdict: Code
    """Code.TRAINS, TOO_SLOW, CANNOT or UNDECIDED; a string too, "trains" and so on."""
    sentence: str
    """The verdict and why."""
    advice: str
    """What to do; empty where nothing is to be changed."""
    rests_on: tuple[str, ...]
    """What decided: "range", "floor", "training", or section and finding, as in "express.kernel_rank"."""
    sections: tuple[Section, ...]
    trial: Trial
    """A short training."""
    specimens: tuple[Specimen, ...]
    """The two samples of different labels that overlap most, and those that the short training leaves wrong."""
    subject: Subject
    """Sizes of model and data, seed and budget."""
    drawing: str
    """The circuit as HTML."""

    def section(self, name: str) -> Section:
        """The section of that name.

        Args:
            name: "express", "start", "speed", "end" or "advice".

        Raises:
            KeyError: There is none; the message names those that there are.
        """
        for one in self.sections:
            if isinstance(name, str) and one.name == name:
                return one
        raise KeyError(f"{name!r}: this diagnosis has {[one.name for one in self.sections]}")

    @property
    def not_computed(self) -> tuple[str, ...]:
        """Names of the sections that the verdict does not rest on, because they cannot be computed here."""
        return tuple(one.name for one in self.sections if one.verdict is Code.NOT_COMPUTED)
