"""What an audit found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

INTACT, REWRITTEN, TAMPERED, UNDECIDED, NOT_RUN = "intact", "rewritten", "tampered", "undecided", "not run"


@dataclass(frozen=True)
class Test:
    """One test of an audit.

    Attributes:
        measure: what the statistic is, in words.
        statistic: what was measured on the suspect, in the worst configuration; None if the test did not run.
        reference: the same of the golden circuit, or of the suspect without configuration; None without either.
        threshold: where the verdict turns.
        verdict: "intact", "rewritten" (another circuit that does the same), "tampered" or "not run".
        why: what led to the verdict, or why the test did not run.
        details: further numbers by name.
    """

    measure: str
    statistic: float | None
    reference: float | None
    threshold: float | None
    verdict: str
    why: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def not_run(cls, measure: str, why: str) -> Test:
        """A test that did not run.

        Args:
            measure: what would have been measured.
            why: what it lacks.

        Raises:
            TypeError: unless both are given.
        """
        return cls(measure, None, None, None, NOT_RUN, why)


Test.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for tests.


@dataclass(frozen=True)
class Report:
    """What `qt.audit.inspect` found. `print(report)` shows it as a table.

    Attributes:
        verdict: "intact", "tampered" or "undecided".
        explanation: the verdict in plain words.
        tests: by name: "structure", "unitary", "encoder", "kernel", "black box", "configuration scan", "behaviour".
        inserted: places of suspect gates in the suspect circuit, `suspect[k]`.
        level: bound on the probability that an intact circuit is called tampered, over all tests and configurations.
    """

    verdict: str
    explanation: str
    tests: dict[str, Test]
    inserted: tuple[int, ...]
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts, lists, strings and numbers, which JSON can hold."""
        return {**asdict(self), "inserted": list(self.inserted)}

    def __str__(self) -> str:
        rows = [["test", "statistic", "reference", "threshold", "verdict"]]
        for name, test in self.tests.items():
            numbers = (test.statistic, test.reference, test.threshold)
            rows.append([name, *("" if one is None else f"{one:.4g}" for one in numbers), test.verdict])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        reasons = [f"{name}: {test.why}" for name, test in self.tests.items()]
        return "\n".join([f"{self.verdict}: {self.explanation}", "", *lines, "", *reasons])
