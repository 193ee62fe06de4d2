"""The page of diagnoses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..convergence.words import number, percent
from ..diagnosis.comparison import compared
from ..diagnosis.screen import training, value, words
from ..plots import figure_bytes
from ..plots.trials import trial_figures
from .filling import fill
from .inline import inline_svg
from .page import SHORT
from .pictures import picture

if TYPE_CHECKING:
    from ..datasets.origin import Origin
    from ..diagnosis.finding import Finding, Section
    from ..diagnosis.record import Record
    from ..diagnosis.specimens import Specimen

_OPEN = frozenset({"express", "advice"})
"""Sections that are unfolded at first, beside those that the verdict rests on."""


@dataclass(frozen=True)
class Diagnosed:
    """A diagnosis and the words that a reader needs to know whose."""

    name: str
    """Short, unique on the page: iris-mine-scale1."""
    title: str
    diagnosis: Record
    description: str = ""
    """Of the data set."""
    circuit: str = ""
    """Of the circuit and the observable."""
    notes: tuple[str, ...] = ()
    origin: Origin | None = None
    """Where the samples stand in their file."""


def render_diagnoses(entries: list[Diagnosed], facts: list[tuple[str, str]]) -> str:
    """The page as one HTML text without any link to the network.

    Args:
        entries: in the order of the page.
        facts: names and values for the table of settings and versions; date and command are among them.

    Raises:
        ImportError: Matplotlib or Jinja2 is missing.
    """
    table = compared([one.diagnosis for one in entries], [one.title for one in entries])
    rows = [(entry.name, row[0], row[1], row[2:]) for entry, row in zip(entries, table.rows, strict=True)]
    begun = dict(facts)
    return fill(
        "diagnosis.html.j2",
        entries=[_context(entry) for entry in entries],
        columns=table.columns,
        rows=rows if len(rows) > 1 else [],
        date=begun.get("date"),
        command=begun.get("command"),
        facts=facts,
    )


def _context(entry: Diagnosed) -> dict[str, Any]:
    diagnosis = entry.diagnosis
    figures = []
    for name, (text, figure) in trial_figures(diagnosis).items():
        svg, _ = figure_bytes(figure)
        figures.append((text, inline_svg(svg, f"{entry.name}-{name}", f"{text}: {entry.title}")))
    rests = {one.split(".")[0] for one in diagnosis.rests_on}
    return {
        "entry": entry,
        "diagnosis": diagnosis,
        "reason": _reason(diagnosis),
        "answer": words(diagnosis.verdict.value),
        "training": training(diagnosis),
        "rests_on": ", ".join(words(one).replace(".", ": ") for one in diagnosis.rests_on),
        "not_computed": [one.question for one in diagnosis.sections if one.name in diagnosis.not_computed],
        "figures": figures,
        "sections": [_section(one, one.name in rests | _OPEN) for one in diagnosis.sections],
        "specimens": _specimens(entry),
        "is_short": diagnosis.subject.instructions <= SHORT,
        "has_classes": diagnosis.subject.has_classes,
    }


def _reason(diagnosis: Record) -> str:
    """The sentence without the verdict, which stands above it."""
    text = diagnosis.sentence.partition(": ")[2]
    return text[:1].upper() + text[1:]


def _section(section: Section, is_open: bool) -> dict[str, Any]:
    is_advice = section.name == "advice"
    return {
        "section": section,
        # Advice is a list of sentences, the section's own among them.
        "sentence": "" if is_advice and section.findings else section.sentence,
        "verdict": "" if is_advice else words(section.verdict.value),
        "is_advice": is_advice,
        "is_open": is_open,
        "findings": [_finding(one) for one in section.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding,
        "name": words(finding.name),
        "value": value(finding),
        "threshold": "-" if finding.threshold is None else number(float(finding.threshold)),
        "verdict": words(finding.verdict.value),
    }


def _specimens(entry: Diagnosed) -> list[dict[str, Any]]:
    every = [value for one in entry.diagnosis.specimens for value in one.values]
    ends = (min(0.0, min(every, default=0.0)), max(every, default=1.0))
    return [_specimen(one, entry, *ends) for one in entry.diagnosis.specimens]


def _specimen(one: Specimen, entry: Diagnosed, low: float, high: float) -> dict[str, Any]:
    place = f"sample {one.sample}"
    return {
        "kind": one.kind if one.overlap is None else f"overlap {percent(one.overlap)}",
        "place": place if entry.origin is None else entry.origin.tell(place),
        "label": ", ".join(number(label) for label in one.label),
        "prediction": ", ".join(number(prediction) for prediction in one.prediction),
        "picture": picture(one.values, f"values of {place}", low, high),
        "numbers": ", ".join(number(value) for value in one.values[:8])
        + (", ..." if len(one.values) > 8 else ""),
    }
