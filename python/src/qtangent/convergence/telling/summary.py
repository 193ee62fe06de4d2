"""A study in words: one table and the sentences a reader should take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._native.arrays import Real
from ..laws.rates import RateFit
from ..words import number
from .findings import findings

if TYPE_CHECKING:
    from ..record import Record


def summary(study: Record) -> str:
    """The table, an empty line, and one sentence a line."""
    return table([("study", study)]) + "\n\n" + "\n".join(findings(study))


def table(named: list[tuple[str, Record]]) -> str:
    """One row a study, aligned for a terminal."""
    rows = cells(named)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def cells(named: list[tuple[str, Record]]) -> list[tuple[str, ...]]:
    """The names of the columns, and a row of texts a study."""
    rows: list[tuple[str, ...]] = [
        ("", "loss", "frozen K", "limit", "floor", "late law", "K change", "train", "test")
    ]
    for name, study in named:
        limit, floor = study.asymptotic, study.floor
        rows.append(
            (
                name,
                number(study.actual.final_loss),
                number(study.kernel_regression.final_loss),
                "-" if limit is None else number(limit.final_loss),
                "-" if floor is None else number(floor) if floor else "none",
                law_in_short(study.rates.actual),
                f"{100 * study.kernel_change[-1]:.0f} %",
                percent(study.train_accuracy),
                percent(study.test_accuracy),
            )
        )
    return rows


def percent(accuracy: Real | None) -> str:
    """The last accuracy, or a dash."""
    return "-" if accuracy is None else f"{100 * accuracy[-1]:.1f} %"


def law_in_short(fit: RateFit) -> str:
    """The law and its number, for a table."""
    if fit.law == "power law":
        return f"t^{fit.slope.value:.2f}"
    if fit.law == "exponential":
        return f"exp(-{number(fit.rate.value)} t)"
    if fit.law == "plateau" and fit.floor is not None:
        return f"plateau {number(fit.floor.value)}"
    return "no single law" if fit.law == "ambiguous" else fit.law
