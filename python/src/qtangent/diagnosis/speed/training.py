"""What a short real training does, how many steps one to the target takes, and by what law."""

from __future__ import annotations

import math

from ...convergence import Forecast
from ...convergence.codes import Code
from ...convergence.words import number
from ..finding import Finding, missing

_SOURCE = "docs/maths.md, Steps to a target"
_LAWS = {"exponential": Code.EXPONENTIAL, "power law": Code.SUBLINEAR, "plateau": Code.FROZEN}


def steps(forecast: Forecast, target_words: str) -> Finding:
    """The interval of the steps to the target."""
    goal = f"{number(forecast.target)} ({target_words})"
    cost = f"{forecast.trained} real steps, {number(forecast.evaluations)} evaluations in all"
    rate = number(forecast.learning_rate)
    if forecast.never:
        return Finding(
            "steps_to_target", None, None, forecast.target, Code.NEVER,
            f"The loss will not reach {goal}: {forecast.reason}.", _SOURCE,
            f"Said of descent at the learning rate {rate} from this start; from {cost}.",
        )  # fmt: skip
    low, high = forecast.interval
    until = f"and {number(high)}" if math.isfinite(high) else "and any number of"
    verdict = _LAWS.get(forecast.law.name, Code.UNDECIDED)
    if verdict is Code.FROZEN:
        verdict = Code.UNDECIDED  # it levels off below the target
    return Finding(
        "steps_to_target", forecast.steps, (low, high), forecast.target, verdict,
        f"Between {number(low)} {until} steps of descent at the learning rate {rate} take the loss to {goal}.",
        _SOURCE, f"95 %, from {cost}; other starts take other numbers.",
    )  # fmt: skip


def law(forecast: Forecast) -> Finding:
    """The law of the last steps that were looked at."""
    found = forecast.law
    if math.isnan(found.growth):
        return missing("decay_growth", "the steps that were looked at are too few to tell a law", _SOURCE)
    verdict = _LAWS.get(found.name, Code.UNDECIDED)
    if verdict is Code.FROZEN and forecast.basis == "extrapolated":
        verdict = Code.UNDECIDED  # a loss that levels off for a while may fall again
    word = {
        Code.EXPONENTIAL: "falls exponentially",
        Code.SUBLINEAR: "falls as a power law of the steps",
        Code.FROZEN: "levels off",
    }.get(verdict, "falls by no law that is decided")
    last = number(float(forecast.step[-1]))
    return Finding(
        "decay_growth", found.growth, found.interval, -0.35 if verdict is Code.EXPONENTIAL else -0.65, verdict,
        f"Up to step {last} the loss {word}: its rate goes with the steps to the power {number(found.growth)} (0 for an "
        f"exponential, -1 for a power law, -1.6 or less towards a level).", _SOURCE,
        "Said of the steps up to there; labels near the edge of the measurement look sublinear first.",
    )  # fmt: skip
