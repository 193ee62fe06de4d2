"""The page of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..convergence.words import counted, number
from ..drawing import Highlight, Namer, circuit_html
from .filling import fill
from .page import SHORT

if TYPE_CHECKING:
    from ..audit import Report
    from ..circuits import Circuit

_TITLES = {
    "intact": "Intact",
    "tampered": "Tampered with",
    "undecided": "Undecided",
}


@dataclass(frozen=True)
class Audited:
    """An audit and what was audited."""

    report: Report
    suspect: Circuit
    suspect_source: str
    """The file, as it was given."""
    golden: Circuit | None = None
    golden_source: str | None = None
    measured: str | None = None
    """The observables."""


def render_audit(audited: Audited, facts: list[tuple[str, str]]) -> str:
    """The page as one HTML text without any link to the network.

    Args:
        audited: what the page shows.
        facts: names and values for the table of settings and versions.

    Raises:
        ImportError: Jinja2 is missing.
    """
    report = audited.report
    return fill(
        "audit.html.j2",
        audited=audited,
        verdict=report.verdict,
        title=_TITLES[report.verdict],
        pictures=_pictures(audited),
        rows=[_row(name, test) for name, test in report.tests.items()],
        reasons=[(name, test.verdict, test.why) for name, test in report.tests.items()],
        facts=facts,
    )


def _pictures(audited: Audited) -> list[dict[str, Any]]:
    """The golden circuit above the suspect, each with what the other lacks in frames."""
    inserted = frozenset(audited.report.inserted)
    found = []
    if audited.golden is not None:
        lost = frozenset(audited.report.tests["structure"].details.get("deleted", ()))
        found.append(
            _picture("Golden", audited.golden_source, audited.golden, Highlight(lost, "not in the suspect"))
        )
    found.append(
        _picture("Suspect", audited.suspect_source, audited.suspect, Highlight(inserted, "suspect gates"))
    )
    return found


def _picture(name: str, source: str | None, circuit: Circuit, highlight: Highlight) -> dict[str, Any]:
    namer = Namer(circuit.parameter_names, circuit.feature_names)
    keys = len(circuit.config_keys)
    return {
        "title": f"{name}: {source}",
        "sizes": f"{counted(circuit.n_qubits, 'qubit')}, {counted(len(circuit), 'instruction')}, "
        f"{counted(circuit.n_params, 'parameter')}, {counted(circuit.n_features, 'feature')}"
        + (f", {counted(keys, 'configuration key')}" if keys else ""),
        "is_short": len(circuit) <= SHORT,
        "svg": circuit_html(circuit.n_qubits, circuit, len(circuit), namer, highlight),
    }


def _row(name: str, test: Any) -> tuple[str, ...]:
    numbers = (test.statistic, test.reference, test.threshold)
    return (name, test.verdict, *("-" if one is None else number(one) for one in numbers), test.measure)
