"""The minima themselves, where the parameters are few enough to find them all."""

from __future__ import annotations

import numpy as np

from ...convergence.codes import Code
from ...convergence.words import number
from ...landscape import find_minima
from ..case import Case
from ..finding import REFUSALS, Finding, missing
from ..work import jacobian_work

_SOURCE = "docs/landscape.md; You, Wu, arXiv 2110.02479"
_MOST_PARAMETERS = {"quick": 3, "full": 5}
_MOST_WORK = {"quick": 2e9, "full": 4e10}
_BOXES = {"quick": 50_000, "full": 2_000_000}


def certified_minima(case: Case) -> Finding:
    """How many minima the loss has, with certificates, for few parameters."""
    name, p = "certified_minima", case.model.n_params
    most = _MOST_PARAMETERS[case.budget]
    if p > most:
        return missing(
            name, f"with this budget for at most {most} parameters, and the circuit has {p}", _SOURCE
        )
    # A grid of a few points a parameter.
    if jacobian_work(case.model, len(case.samples), case.samples.is_mixed) * 9.0**p > _MOST_WORK[case.budget]:
        return missing(
            name, "the coefficients of the loss would take longer than this budget allows", _SOURCE
        )
    try:
        found = find_minima(
            case.model, case.y, case.samples.X, case.samples.states, seed=case.seed, boxes=_BOXES[case.budget]
        )
    except REFUSALS as error:
        return missing(name, error, _SOURCE)
    count, spurious = len(found), int(np.count_nonzero(found.spurious))
    if not count:
        text = "The loss has no isolated minimum: its lowest values lie along flat directions."
        return Finding(name, 0, None, None, Code.ONE_BASIN, text, _SOURCE)
    certified = int(np.count_nonzero(found.certified))
    complete = "and there are no others" if found.complete else "and there may be others"
    losses = (
        f"{number(float(found.loss[0]))} to {number(float(found.loss[-1]))}"
        if count > 1
        else number(float(found.loss[0]))
    )
    return Finding(
        name, count, None, None, Code.MANY_BASINS if spurious else Code.ONE_BASIN,
        f"The loss has {count} isolated minima in a period, {spurious} of them above the best; {certified} are certified by "
        f"Kantorovich's theorem, {complete}. Their losses: {losses}.", _SOURCE, "Up to rounding.",
    )  # fmt: skip
