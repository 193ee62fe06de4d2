"""The phase of the data and measurement, and the one that the short training shows."""

from __future__ import annotations

import math

from ...convergence.codes import Code
from ...convergence.phases.data import CRITICAL, FROZEN_ERROR, FROZEN_KERNEL
from ...convergence.result import Study
from ..finding import Finding, missing

_SOURCE = "arXiv 2311.18144 for one sample, 2410.01955 for several; docs/maths.md, Phases"
_CODES = {
    FROZEN_KERNEL: Code.EXPONENTIAL,
    CRITICAL: Code.SUBLINEAR,
    FROZEN_ERROR: Code.FROZEN,
}


def phase_margin(study: Study) -> Finding:
    """How far inside what the measurement can attain the labels are, before any training."""
    found = study.phases.before
    if found is None:
        return missing("phase_margin", study.phases.reason, _SOURCE)
    return Finding(
        "phase_margin", found.margin, None, 0.0, _CODES[found.kind],
        f"By data and spectrum the phase is {found.kind}. {found.explanation}", _SOURCE,
        "Of the over-parameterised limit: with few parameters training may be caught elsewhere.",
    )  # fmt: skip


def phase_growth(study: Study) -> Finding:
    """The growth of ln(K/|r|) over the short training, of the mode that is furthest from freezing its kernel."""
    found = study.phases.after
    if found is None:
        return missing("phase_growth", study.phases.reason, _SOURCE)
    known = [float(one) for one in found.statistic if not math.isnan(one)]
    return Finding(
        "phase_growth", min(known) if known else None, None, None, _CODES.get(found.kind, Code.UNDECIDED),
        f"The short training shows the phase {found.kind}. {found.explanation}", _SOURCE,
        "At least 1.5 is a frozen kernel, at most -1.5 a frozen error, within 0.7 critical on this horizon.",
    )  # fmt: skip
