"""Several diagnoses in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from .._native import arrays
from .._native.errors import InvalidArgumentError
from ..convergence.words import percent
from .record import Record

_CELL = "text-align:left;padding:0.15em 1.2em 0.15em 0"


@dataclass(frozen=True)
class Comparison:
    """Rows of texts; `print` shows them as a table, a notebook too."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """A row a diagnosis: its name, verdict, sizes, accuracy and share of the loss after the short training, and what each
    section says."""

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)

    def __repr__(self) -> str:
        return f"<qtangent.Comparison: {', '.join(f'{row[0]} {row[1]}' for row in self.rows)}>"

    def to_html(self) -> str:
        """A <table> element, which stands in any page."""
        lines = "".join(f"<tr>{''.join(row)}</tr>" for row in self._cells())
        return f'<table style="border-collapse:collapse">{lines}</table>'

    def _cells(self) -> Iterator[list[str]]:
        for kind, row in [("th", self.columns), *(("td", row) for row in self.rows)]:
            yield [f'<{kind} style="{_CELL}">{escape(cell)}</{kind}>' for cell in row]

    def _repr_html_(self) -> str:
        return self.to_html()


def compared(diagnoses: Sequence[Record], names: Sequence[str] | None = None) -> Comparison:
    """See `Diagnosis.compare`."""
    given = arrays.several("diagnoses", diagnoses, "diagnoses")
    if not given:
        raise InvalidArgumentError("there are no diagnoses to compare; give at least one")
    called = [str(k) for k in range(1, len(given) + 1)] if names is None else _names(names)
    if len(called) != len(given):
        raise InvalidArgumentError(f"{len(called)} names for {len(given)} diagnoses: give one each")
    for k, one in enumerate(given):
        if not isinstance(one, Record):
            raise InvalidArgumentError(f"diagnoses[{k}] is {arrays.shown(one)}; qt.diagnose makes one")
    sections = tuple(
        dict.fromkeys(one.name for diagnosis in given for one in diagnosis.sections if one.name != "advice")
    )
    rows = []
    for name, diagnosis in zip(called, given, strict=True):
        verdicts = {one.name: one.verdict.value for one in diagnosis.sections}
        subject, trial = diagnosis.subject, diagnosis.trial
        sizes = (str(subject.qubits), str(subject.parameters), str(subject.samples), f"{subject.scale:g}")
        right = "-" if trial.accuracy is None else percent(trial.accuracy[-1])
        said = tuple(verdicts.get(one, "-") for one in sections)
        rows.append((name, diagnosis.verdict.value, *sizes, percent(trial.share), right, *said))
    columns = ("", "verdict", "qubits", "parameters", "samples", "scale", "loss left", "right", *sections)
    return Comparison(columns, tuple(rows))


def _names(names: Sequence[str]) -> list[str]:
    return [
        arrays.text(f"names[{k}]", one).decode()
        for k, one in enumerate(arrays.several("names", names, "names"))
    ]
