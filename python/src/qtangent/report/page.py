"""Filling the page."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ..convergence.laws.rates import RateFit
from ..convergence.telling.findings import findings, headlines
from ..convergence.telling.summary import law_in_short, percent
from ..convergence.words import number
from ..plots import FIGURES
from .entry import Entry
from .filling import fill
from .inline import inline_svg

SHORT = 100
"""Instructions of a circuit whose picture is open at first."""


def render(entries: list[Entry], comparisons: dict[str, bytes], facts: list[tuple[str, str]]) -> str:
    """The report as one HTML text without any link to the network.

    Args:
        entries: Studies in the order of the page; those of one data set must be neighbours.
        comparisons: SVG of the compared losses by data set.
        facts: Names and values for the table of settings and versions.

    Raises:
        ImportError: Jinja2 is missing.
    """
    groups = [
        _group(name, list(members), comparisons[name])
        for name, members in groupby(entries, key=lambda entry: entry.dataset)
    ]
    given = dict(facts)
    return fill(
        "report.html.j2",
        groups=groups,
        facts=facts,
        count=len(entries),
        date=given.get("date"),
        command=given.get("command"),
    )


def _group(name: str, entries: list[Entry], comparison: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "description": entries[0].description,
        "comparison": inline_svg(comparison, f"compare-{name}", f"Losses of all studies of {name}"),
        "entries": [_context(entry) for entry in entries],
    }


def _context(entry: Entry) -> dict[str, Any]:
    study = entry.study
    figures = [
        inline_svg(entry.figures[name], f"{entry.name}-{name}", f"{title}: {entry.title}")
        for name, (title, _) in FIGURES.items()
    ]
    limit, kept = study.asymptotic, headlines(study)
    return {
        "entry": entry,
        "verdict": study.verdict,
        "code": study.code.value,
        "advice": study.advice,
        "headlines": kept,
        "findings": [one for one in findings(study) if one not in kept],
        "figures": figures,
        "picture": entry.drawn._repr_html_(),
        "is_short": len(entry.drawn) <= SHORT,
        "loss": number(study.actual.final_loss),
        "frozen": number(study.kernel_regression.final_loss),
        "limit": "-" if limit is None else number(limit.final_loss),
        "floor": "-" if study.floor is None else number(study.floor) if study.floor else "0 (in reach)",
        "law": law_in_short(study.rates.actual),
        "change": f"{100 * study.kernel_change[-1]:.0f} %",
        "train": percent(study.train_accuracy),
        "test": percent(study.test_accuracy),
        "rates": _rates(entry),
        "settings": _settings(entry),
    }


def _rates(entry: Entry) -> list[tuple[str, ...]]:
    rates = entry.study.rates
    curves = [
        ("training", rates.actual),
        ("frozen kernel", rates.kernel_regression),
        ("limit p → ∞", rates.asymptotic),
    ]
    return [_rate_row(name, fit) for name, fit in curves if fit is not None]


def _rate_row(name: str, fit: RateFit) -> tuple[str, ...]:
    if fit.law == "too short":
        return (name, "-", "-", "-", "-", "-", fit.law)
    return (
        name,
        f"{number(fit.window[0])} to {number(fit.window[1])}",
        str(fit.slope),
        f"{fit.slope_r2:.4f}",
        str(fit.rate),
        f"{fit.rate_r2:.4f}",
        law_in_short(fit) if fit.floor is None else f"plateau {fit.floor}",
    )


def _settings(entry: Entry) -> str:
    s, study = entry.study.settings, entry.study
    generators = f"Z = {number(s['z_sum'], 4)}" if study.problem.z_sum_reason is None else "no Z"
    return (
        f"{entry.circuit}; {s['samples']} training samples, {s['parameters']} parameters, "
        f"{generators}; gradient descent, learning rate {number(s['learning_rate'], 4)} "
        f"(dt {number(s['dt'], 4)}, critical {number(s['critical_dt'], 4)}), {s['steps']} steps, "
        f"{s['records']} of them recorded; seed {s['seed']}; {study.elapsed:.1f} s."
    )
