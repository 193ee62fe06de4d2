"""What noise means for a study, in plain sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...noise import Contraction
from ..under_noise import RESOLVED, UnderNoise
from ..words import counted, number

if TYPE_CHECKING:
    from ..record import Record

_MEANINGS = {
    "exact": "exactly, since all of them depolarise the whole register",
    "limit": "in the limit of many parameters and weak noise",
    "guide": "as a guide only, since the gates are local and the measurement sees few of the channels",
}


def under_noise(study: Record) -> list[str]:
    """What there is to say, in plain sentences; nothing of a circuit without channels."""
    told = study.under_noise
    if told is None:
        return []
    found = told.contraction
    text = (
        f"{counted(len(found.q), 'layer')} of channels leave Q = {number(found.Q)} of what is measured about its mean: "
        f"{_MEANINGS[found.meaning]}. {_depth(found)}"
    )
    return [text, *_limits(study), *_shots(told)]


def _depth(found: Contraction) -> str:
    if found.reach <= 1:
        return "Labels 1 and -1 are at the edge of the measurement without noise already, or beyond."
    if not math.isfinite(found.critical_layers):
        return "Nothing is lost."
    if found.critical_layers >= len(found.q):
        word = "stay within reach up to a critical depth of"
    else:
        word = "are out of reach, however long training goes on; a scale 1/Q times as large restores them, or fewer than"
    return f"Labels 1 and -1 {word} {number(found.critical_layers)} such layers."


def _limits(study: Record) -> list[str]:
    free, limit = study.noise_free, study.asymptotic
    if free is None or limit is None:
        return []
    return [
        f"Without channels the limit of many parameters ends at {number(free.final_loss)}, with the range contracted at "
        f"{number(limit.final_loss)}, and training with the noise at {number(study.actual.final_loss)}."
    ]


def _shots(told: UnderNoise) -> list[str]:
    parts = []
    if told.shots_for_loss is not None:
        count = counted(told.shots_for_loss, "shot")
        parts.append(f"{count} a prediction, descent at this rate would end at twice this loss")
    if told.shots_for_kernel is not None:
        parts.append(
            f"{number(told.shots_for_kernel)} a shifted prediction, the smallest eigenvalue of K(0) stands "
            f"{number(RESOLVED)} standard deviations above zero"
        )
    return [f"With {'; with '.join(parts)}."] if parts else []
