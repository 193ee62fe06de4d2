"""A diagnosis on one screen: at most 40 lines of 80 columns."""

from __future__ import annotations

import textwrap

from ..convergence.codes import Code
from ..convergence.words import number, percent
from .finding import Finding, Section
from .record import Record

COLUMNS, LINES = 80, 40
_VERDICT_LINES, _ADVICE_LINES = 5, 3


def screen(diagnosis: Record) -> str:
    """See `Diagnosis.summary`."""
    lines = [*_wrapped(diagnosis.sentence, _VERDICT_LINES)]
    if diagnosis.advice:
        lines += _wrapped(f"What to do: {diagnosis.advice}", _ADVICE_LINES)
    rests = ", ".join(diagnosis.rests_on)
    lines += [
        "",
        *_wrapped(f"{diagnosis.subject}, seed {diagnosis.subject.seed}, {diagnosis.subject.budget}", 1),
    ]
    lines += [*_wrapped(f"Short training: {training(diagnosis)}", 2), *_wrapped(f"Rests on: {rests}", 1)]
    missing = diagnosis.not_computed
    if missing:
        lines += _wrapped(f"Not computed: {', '.join(missing)}", 1)
    sections = [one for one in diagnosis.sections if one.name != "advice"]
    # What is left of the screen, but for an empty line and a line of its own for each section.
    left = LINES - len(lines) - 2 * len(sections)
    for section in sections:
        each = max(left // max(len(sections), 1), 0)
        lines += ["", *_section(section, each)]
    return "\n".join(lines)


def training(diagnosis: Record) -> str:
    """Loss and accuracy of the short training from first to last step."""
    trial = diagnosis.trial
    text = f"{trial.step[-1]} steps of {trial.optimizer}: loss {number(trial.loss[0])} to {number(trial.loss[-1])}"
    text += f" ({percent(trial.share)} left)"
    if trial.accuracy is None:
        return text
    return f"{text}, {percent(trial.accuracy[0])} to {percent(trial.accuracy[-1])} right"


def value(finding: Finding) -> str:
    """A finding's number with its interval."""
    if finding.value is None:
        return "-"
    text = number(float(finding.value))
    if finding.interval is None:
        return text
    low, high = finding.interval
    return f"{text} [{number(low)}, {number(high)}]"


def words(name: str) -> str:
    """A name of the list of codes or of a statistic, as people write it."""
    return name.replace("_", " ")


def _section(section: Section, most: int) -> list[str]:
    head = f"{section.question} {words(section.verdict.value)}"
    if section.verdict is Code.NOT_COMPUTED and not section.findings:
        return [_cut(f"{section.question} {section.sentence}")]
    shown = section.findings[:most]
    hidden = len(section.findings) - len(shown)
    lines = [_cut(f"  {words(one.name):<26} {value(one):<28} {words(one.verdict.value)}") for one in shown]
    return [_cut(head + (f" ({hidden} more in the JSON)" if hidden else "")), *lines]


def _wrapped(text: str, most: int) -> list[str]:
    return textwrap.wrap(text, COLUMNS, max_lines=most, placeholder=" ...") or [""]


def _cut(line: str) -> str:
    return line if len(line) <= COLUMNS else f"{line[: COLUMNS - 3]}..."
