"""The section of speed for a circuit with channels, whose training is not continued by its second derivatives."""

from __future__ import annotations

import math

from ...convergence import Study
from ...convergence.codes import Code
from ...convergence.telling.under_noise import under_noise
from ...convergence.under_noise import RESOLVED
from ...convergence.words import counted, number
from ..case import Case
from ..finding import Finding, Section, missing
from .phases import phase_growth, phase_margin
from .promises import frozen_kernel, limit

_SOURCE = "docs/maths.md, Contraction by noise"
_LAWS = (Code.EXPONENTIAL, Code.SUBLINEAR, Code.FROZEN)


def noisy_speed(question: str, case: Case, short: Study, training: Finding, target: float) -> Section:
    """The short training, what kernel and contracted limit promise, the critical depth and numbers of shots."""
    promised = limit(case, short, target)
    found = (
        missing(
            "steps_to_target",
            "steps are forecast for circuits without channels; take the model without noise, or train for longer",
            "docs/maths.md, Steps to a target",
        ),
        training,
        frozen_kernel(short, target),
        promised,
        phase_margin(short),
        phase_growth(short),
        _depth(short),
        *_shots(short),
    )
    law = next((one for one in (promised, training) if one.verdict in _LAWS), None)
    told = " ".join(under_noise(short))
    if law is None:
        return Section("speed", question, Code.UNDECIDED, f"{training.sentence} {told}", found)
    return Section("speed", question, law.verdict, f"{law.sentence} {told}", found)


def _depth(short: Study) -> Finding:
    told = short.under_noise
    assert told is not None
    depth = told.contraction.critical_layers
    return Finding(
        "critical_layers",
        depth if math.isfinite(depth) else None,
        None,
        float(len(told.contraction.q)),
        Code.NOTED,
        under_noise(short)[0],
        _SOURCE,
        "Said of labels 1 and -1, and of layers like those that the circuit has.",
    )


def _shots(short: Study) -> tuple[Finding, Finding]:
    told = short.under_noise
    assert told is not None
    names = "shots_for_loss", "shots_for_kernel"
    counts = told.shots_for_loss, told.shots_for_kernel
    words = (
        "a prediction, descent at its rate would end at twice the loss of the short training",
        f"a shifted prediction, the smallest eigenvalue of K(0) stands {number(RESOLVED)} standard deviations above 0",
    )
    reasons = (
        "the short training ended at zero, or at a rate that is not stable",
        "the tangent kernel at the start is singular, or no rule of two shifts measures the derivatives",
    )
    first, second = (
        missing(name, reason, "docs/maths.md, Shots")
        if count is None
        else Finding(
            name,
            count,
            None,
            None,
            Code.NOTED,
            f"With {counted(count, 'shot')} {text}.",
            "docs/maths.md, Shots",
        )
        for name, count, text, reason in zip(names, counts, words, reasons, strict=True)
    )
    return first, second
