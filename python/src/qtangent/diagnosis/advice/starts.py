"""How many starts to train, where they end differently."""

from __future__ import annotations

import math

from ...convergence.codes import Code
from ...convergence.words import number
from ..case import Case
from ..end.ends import trained_ends
from ..finding import Finding, Section
from .proposals import finding_of

_SURE = 0.95
_OTHER_SEED = 1_000_003


def starts(case: Case, sections: tuple[Section, ...]) -> Finding | None:
    """Several starts, of which the best is taken, where a share of them only reaches the best loss."""
    share = finding_of(sections, "end", "share_of_best")
    if (
        share is None
        or share.value is None
        or share.interval is None
        or share.verdict is not Code.MANY_BASINS
    ):
        return None
    count = math.ceil(math.log(1 - _SURE) / math.log(1 - float(share.value)))
    text = (
        f"Train {count} random starts and take the best: {number(100 * share.value)} % of them are predicted to reach "
        f"the best loss, so that one does with a probability of {number(100 * _SURE)} %"
    )
    if case.budget == "full":
        again, _ = trained_ends(case, case.seed + _OTHER_SEED).share
        text += f"; tried out on other starts: {number(100 * again)} %"
    return Finding(
        "starts", float(share.value), share.interval, None, Code.TRAINS, f"{text}.", "docs/diagnosis.md, Where it ends",
        "The best of the starts that were tried need not be the best there is.",
    )  # fmt: skip
