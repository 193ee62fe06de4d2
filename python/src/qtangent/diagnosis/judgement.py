"""From a short training and the sections' codes to one judgement, by a written rule (docs/diagnosis.md)."""

from __future__ import annotations

from dataclasses import dataclass

from ..convergence.codes import Code
from ..convergence.task import LEFT, RIGHT
from ..convergence.words import percent
from .finding import Finding, Section

FLOOR_OF_CLASSES = 0.9
"""Share of the reference loss from which a floor decides for classes, whose loss may stay high where all are right."""
_ON_THE_FLOOR = 1.1


@dataclass(frozen=True)
class Standing:
    """Where the short training stands. Losses are shares of the reference, that of the best constant prediction."""

    share: float
    """The last loss."""
    accuracy: float | None
    """Share of right samples, None for labels that are numbers."""
    out_of_range: float
    """What the measurement's range alone leaves."""
    floor: float | None
    """What no circuit gets below on these encoded states; None where no floor is known."""
    steps: int
    reference: float = 1.0
    """The loss of the best constant prediction itself, against which sections' losses are held."""

    @property
    def has_arrived(self) -> bool:
        return self.share <= LEFT or (self.accuracy is not None and self.accuracy >= RIGHT)

    @property
    def is_floor_decisive(self) -> bool:
        """Whether the floor alone, or the training's standing on it, rules out to arrive."""
        if self.floor is None or self.floor <= 0:
            return False
        if self.share < _ON_THE_FLOOR * self.floor and self.floor > LEFT:
            return True
        return self.floor > (LEFT if self.accuracy is None else FLOOR_OF_CLASSES)

    def __str__(self) -> str:
        left = f"{percent(self.share)} of the best constant prediction's loss"
        right = "" if self.accuracy is None else f" and {percent(self.accuracy)} of the samples right"
        return f"{self.steps} steps end with {left}{right}"


@dataclass(frozen=True)
class Judgement:
    """One verdict and why."""

    verdict: Code
    sentence: str
    rests_on: tuple[str, ...]
    """Of what follows: "range", "floor", "training", or section and finding, as in "express.kernel_rank"."""


_BETTER = 0.99
"""Of the short training's loss: an end above it is no better."""

# (section, its code, verdict), in the order in which they are looked at.
RULES: tuple[tuple[str, Code, Code], ...] = (
    ("express", Code.KERNEL_RANK_DEFICIENT, Code.CANNOT),
    ("end", Code.NEVER, Code.CANNOT),
    ("end", Code.TRAINS, Code.TRAINS),
    ("speed", Code.NEVER, Code.CANNOT),
    ("start", Code.PLATEAU, Code.TOO_SLOW),
    ("speed", Code.FROZEN, Code.TOO_SLOW),
    ("speed", Code.SUBLINEAR, Code.TOO_SLOW),
    ("speed", Code.EXPONENTIAL, Code.TRAINS),
)
_BEST_END = "final_loss"
_WORDS = {
    Code.TRAINS: "Trains",
    Code.TOO_SLOW: "Too slow",
    Code.CANNOT: "Cannot",
    Code.UNDECIDED: "Undecided",
}


def judge(standing: Standing, sections: tuple[Section, ...]) -> Judgement:
    """The first of these that applies:

    1. cannot, where the labels lie so far outside the measurement's range that more than 5 % of the reference loss is left;
    2. trains, where the short training arrived: 95 % of the samples of classes right, or at most 5 % of the loss left;
    3. cannot, where the floor of the encoded states is above 5 % of the reference loss (above 90 % for classes, whose loss
       may stay high where all samples are right), or the training stands on a floor above 5 %;
    4. the first of `RULES` whose section says so: "express" that residuals which matter cannot move; "end" that the best of
       several starts arrived by its loss, or that all came to rest and none did (of classes also: none is better than the
       short training); "speed" that labels that are numbers are never reached; "start" that there is a plateau; "speed" its
       law;
    5. undecided.
    """
    if standing.out_of_range > LEFT:
        left = percent(standing.out_of_range)
        return _judgement(
            Code.CANNOT,
            f"the labels lie outside what is measured, which alone leaves {left} of the best constant prediction's loss",
            "range",
        )
    if standing.has_arrived:
        return _judgement(Code.TRAINS, f"{standing}", "training")
    if standing.is_floor_decisive:
        assert standing.floor is not None
        left = percent(standing.floor)
        return _judgement(
            Code.CANNOT,
            f"no circuit gets below {left} of the loss on these encoded states; {standing}",
            "floor",
        )
    for name, code, verdict in RULES:
        section = next((one for one in sections if one.name == name), None)
        if section is not None and _says(section, code, standing):
            found = _decisive(section, code)
            sentence = section.sentence if found is None else found.sentence
            where = name if found is None else f"{name}.{found.name}"
            return _judgement(verdict, f"{_begun(sentence)} {standing}", where, "training")
    return _judgement(Code.UNDECIDED, f"{standing}, and no section decides", "training")


def _says(section: Section, code: Code, standing: Standing) -> bool:
    if section.name == "end":
        return _of_end(section, standing) is code
    if section.name == "express":
        # A floor that does not decide may stand before the rank in the section's verdict.
        return any(one.verdict is code for one in section.findings) or section.verdict is code
    if section.name == "speed" and code is Code.NEVER and standing.accuracy is not None:
        # It speaks of the loss, which may stay high where all samples are right.
        return False
    return section.verdict is code


def _of_end(section: Section, standing: Standing) -> Code:
    """TRAINS where the best of several starts arrived by its loss; NEVER where all came to rest and none did."""
    best = next((one.value for one in section.findings if one.name == _BEST_END), None)
    if best is None:
        return Code.UNDECIDED
    share = float(best) / standing.reference
    if share <= LEFT:
        return Code.TRAINS
    rested = section.verdict in (Code.ONE_BASIN, Code.MANY_BASINS)
    better = standing.accuracy is not None and share < _BETTER * standing.share
    return Code.NEVER if rested and not better else Code.UNDECIDED


def _decisive(section: Section, code: Code) -> Finding | None:
    if section.name == "end":
        return section.finding(_BEST_END)
    return next((one for one in section.findings if one.verdict is code), None)


def _judgement(verdict: Code, why: str, *rests_on: str) -> Judgement:
    return Judgement(verdict, f"{_WORDS[verdict]}: {why}.", rests_on)


def _begun(sentence: str) -> str:
    """A finding's sentence inside another one, before what follows."""
    text = sentence.rstrip(".")
    begin = text[:1]
    # Names and symbols keep their capital.
    first = text.split(" ", 1)[0]
    return (begin.lower() + text[1:] if first[1:].islower() or len(first) == 1 else text) + ";"
