"""The section of the end."""

from __future__ import annotations

from ...convergence.codes import Code
from ...convergence.words import number
from ..case import Case
from ..finding import Finding, Section
from .certified import certified_minima
from .ends import Ends, trained_ends

QUESTION = "Where will it end?"
_SOURCE = "docs/diagnosis.md, Where it ends"
_CAVEAT = "Basins of equal loss, such as those that a symmetry maps to each other, count as one."


def end(case: Case) -> Section:
    """Final losses of several starts, their basins, and the share that reaches the best."""
    ends = trained_ends(case, case.seed)
    found = (_losses(ends), _basins(ends), _share(ends), certified_minima(case))
    return Section("end", QUESTION, *_verdict(found), found)


def _losses(ends: Ends) -> Finding:
    low, high = ends.best, float(ends.loss.max())
    doubt = "" if ends.settled else " They had not stopped falling."
    return Finding(
        "final_loss", low, (low, high), None, Code.UNDECIDED,
        f"{len(ends.loss)} random starts trained together by {ends.steps} steps of L-BFGS end with losses from "
        f"{number(low)} to {number(high)}.{doubt}",
        _SOURCE, "The interval is the range of the ends; other optimisers may end elsewhere.",
    )  # fmt: skip


def _basins(ends: Ends) -> Finding:
    count = ends.levels
    if not ends.settled and count > 1:
        return Finding(
            "basins", count, None, 1, Code.UNDECIDED,
            f"The losses at the end are at {count} levels, but the trainings had not stopped falling, so these need not be "
            "basins.", _SOURCE, _CAVEAT,
        )  # fmt: skip
    verdict = Code.ONE_BASIN if count == 1 else Code.MANY_BASINS
    text = "All starts end at the same loss" if count == 1 else f"The starts end at {count} different losses"
    return Finding(
        "basins", count, None, 1, verdict,
        f"{text}, where losses closer than {number(ends.resolution)} are the same.", _SOURCE, _CAVEAT,
    )  # fmt: skip


def _share(ends: Ends) -> Finding:
    share, interval = ends.share
    verdict = Code.UNDECIDED if not ends.settled else Code.ONE_BASIN if share == 1 else Code.MANY_BASINS
    return Finding(
        "share_of_best", share, interval, None, verdict,
        f"{number(100 * share)} % of the starts reach the best of these losses (95 % interval "
        f"{number(100 * interval[0])} to {number(100 * interval[1])} %).",
        _SOURCE, "The best of these starts need not be the best there is.",
    )  # fmt: skip


def _verdict(found: tuple[Finding, ...]) -> tuple[Code, str]:
    losses, basins, share, certified = found
    if certified.verdict is Code.NOT_COMPUTED or basins.verdict is Code.MANY_BASINS:
        return basins.verdict, f"{losses.sentence} {basins.sentence} {share.sentence}"
    return certified.verdict, f"{certified.sentence} {losses.sentence}"
