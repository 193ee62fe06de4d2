"""The section of advice."""

from __future__ import annotations

from ...convergence.codes import Code
from ...convergence.words import number
from ..case import Case
from ..finding import Finding, Section
from .change import recommended
from .encoding import other_encoding
from .proposals import finding_of, proposals
from .starts import starts

QUESTION = "What should I change?"
MOST = 5


def advice(case: Case, sections: tuple[Section, ...]) -> Section:
    """At most five changes, each with what it is predicted to do; the first is worth most."""
    ahead = finding_of(sections, "speed", "steps_to_target")
    if ahead is None or ahead.threshold is None:
        text = "Not computed: advice rests on the section on speed, which is missing."
        return Section("advice", QUESTION, Code.NOT_COMPUTED, text, ())
    found = _found(case, sections, ahead)
    if not found:
        text = f"None of the changes that were looked at brings a loss of {number(ahead.threshold)} in fewer steps."
        return Section("advice", QUESTION, Code.UNDECIDED, text, ())
    return Section("advice", QUESTION, Code.TRAINS, found[0].sentence, found)


def _found(case: Case, sections: tuple[Section, ...], now: Finding) -> tuple[Finding, ...]:
    told = [recommended(change, now) for change in proposals(case, sections, now)]
    faster = sorted((one for one in told if one is not None), key=lambda one: float(one.value or 0.0))
    others = [one for one in (other_encoding(case, sections), starts(case, sections)) if one is not None]
    return tuple([*faster, *others][:MOST])
