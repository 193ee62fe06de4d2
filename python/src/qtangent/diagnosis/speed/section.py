"""The section of speed."""

from __future__ import annotations

from ...convergence import Forecast, Study, fit_rates, steps_to_target, study
from ...convergence.codes import Code
from ...convergence.words import number
from ..case import Case
from ..finding import Finding, Section
from .noisy import noisy_speed
from .phases import phase_growth, phase_margin
from .promises import frozen_kernel, limit
from .restricted import algebra_limit
from .scale import exponential_scale
from .target import evaluations, target_loss
from .training import law, steps

QUESTION = "How fast, and by what law?"
_RECORDS = 30
_FARTHER = 1e-3  # of the target above the floor
_MOST_OF = 0.5
_LAWS = {"power law": Code.SUBLINEAR, "exponential": Code.EXPONENTIAL, "plateau": Code.FROZEN}


def speed(case: Case) -> Section:
    """Frozen kernel, exact limit, a short real training and the steps to a target."""
    allowed = evaluations(case)
    short = study(
        case.model,
        case.y,
        X=case.samples,
        theta=case.theta,
        seed=case.seed,
        records=_RECORDS,
        max_steps=allowed // 4,
    )
    floor = short.floor or 0.0
    target, words = target_loss(case, floor)
    if short.under_noise is not None:
        return noisy_speed(QUESTION, case, short, _short_training(short), target)

    def ahead(goal: float) -> Forecast:
        return steps_to_target(
            case.model, case.y, goal, X=case.samples, theta=case.theta, evaluations=allowed, floor=floor,
            learning_rate=short.settings["learning_rate"],
        )  # fmt: skip

    forecast = ahead(target)
    # Further than the target, so that the law is that of the late steps.
    farther = forecast if forecast.never else ahead(floor + _FARTHER * (target - floor))
    found = (
        steps(forecast, words),
        law(farther),
        _short_training(short),
        frozen_kernel(short, target),
        limit(case, short, target),
        algebra_limit(case, short, target),
        exponential_scale(case, short),
        phase_margin(short),
        phase_growth(short),
    )
    return Section("speed", QUESTION, *_verdict(found, floor, target), found)


def _short_training(short: Study) -> Finding:
    """The loss where the real steps end."""
    first, last = float(short.actual.loss[0]), short.actual.final_loss
    clock = (
        f"a normalised time of {number(short.settings['time'])}"
        if short.problem.z_sum_reason is None
        else f"learning rate times steps of {number(short.settings['time'])}, as {short.problem.z_sum_reason}"
    )
    fit = fit_rates(short.actual.time, short.actual.loss)
    return Finding(
        "short_training_loss", last, None, None, _LAWS.get(fit.law, Code.UNDECIDED),
        f"{short.settings['steps']} real steps take the loss from {number(first)} to {number(last)}, which is {clock}.",
        "convergence.study", "The start of a training tells little of its end.",
    )  # fmt: skip


def _verdict(found: tuple[Finding, ...], floor: float, target: float) -> tuple[Code, str]:
    """Never, if the target is not reached; else the law of the late steps, or where these do not tell, that of the limit and
    of the labels. A loss that levels off is frozen if that is at a floor of the data that leaves most of the target's loss;
    where it goes below the target, the law up to there counts."""
    ahead, late, _, _, promised, own, scale, *_ = found
    if ahead.verdict is Code.NEVER:
        return Code.NEVER, ahead.sentence
    is_frozen = floor > _MOST_OF * target
    for one in (late, ahead, own, promised, scale):
        if one.verdict in (Code.EXPONENTIAL, Code.SUBLINEAR) or (one.verdict is Code.FROZEN and is_frozen):
            text = ahead.sentence if one is ahead else f"{ahead.sentence} {one.sentence}"
            return one.verdict, text
    return Code.UNDECIDED, f"{ahead.sentence} {late.sentence}"
