"""The phase of a study in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..record import Record


def phases(study: Record) -> list[str]:
    """What data and spectrum say before training, and what the training shows."""
    found = study.phases
    if found.before is None:
        lines = [f"No phase is told by the data: {found.reason}."]
    else:
        text = found.before.explanation
        lines = [f"Phase by data and spectrum: {found.before.kind}. {text}"]
    if found.after is not None:
        lines.append(f"Phase that training shows: {found.after.kind}. {found.after.explanation}")
    return lines
