"""What a study found, in plain sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..claims.frozen import SAME
from ..claims.plateau import ARRIVED
from ..words import counted, number
from .phases import phases
from .under_noise import under_noise
from .verdict import MOVES

if TYPE_CHECKING:
    from ..record import Record

_TELLS_NOTHING = 1e-6  # of the loss: a bound further below
_TIMES = {True: "normalised time", False: "time (learning rate times steps)"}
_SHARE = 0.2  # of the fall of ln L: two curves closer than that tell the same story


def findings(study: Record) -> list[str]:
    """What was found, in plain sentences."""
    return [
        _descent(study),
        *_instability(study),
        *_floor(study),
        *_law(study),
        _promise(study),
        *_limit(study),
        *under_noise(study),
        *phases(study),
        _kernel(study),
        *_sharp_law(study),
        *_bound(study),
        *_generalisation(study),
    ]


def headlines(study: Record) -> list[str]:
    """Those of the findings that everybody should read: what bounds the loss, and accuracy."""
    bounds = [*_instability(study), *_floor(study), *_limit(study), *under_noise(study)]
    return [*bounds, *phases(study), *_generalisation(study)]


def _descent(study: Record) -> str:
    loss, settings = study.actual.loss, study.settings
    stable = settings["learning_rate"] * settings["critical_dt"] / settings["dt"]
    moves = study.actual.kernel[0].any()
    limit = f"stable up to {number(stable)}" if moves else "any is stable, as the kernel is 0"
    return (
        f"{settings['steps']} steps of dt = {number(settings['dt'])} led to the "
        f"{_TIMES[study.problem.z_sum_reason is None]} t = {number(settings['time'])} "
        f"(learning rate {number(settings['learning_rate'])}, {limit}). "
        f"The loss went from {number(loss[0])} to {_loss(study.actual.final_loss)}."
    )


def _loss(final: float) -> str:
    return number(final) if final else "zero within numerical accuracy"


def _instability(study: Record) -> list[str]:
    rises = np.flatnonzero(np.diff(study.actual.loss) > 1e-12 * study.actual.loss[0])
    if not len(rises):
        return []
    first, last = study.actual.time[rises[0]], study.actual.time[rises[-1] + 1]
    return [
        f"Between t = {number(first)} and {number(last)} the loss rose over {len(rises)} of the recorded "
        f"intervals: descent is at the edge of stability there and does not follow the flow; take a smaller dt."
    ]


def _floor(study: Record) -> list[str]:
    if study.floor_reason is not None:
        return [f"No floor is known for these data: {study.floor_reason}."]
    if not study.floor:
        return ["The states overlap little enough for every label to be within reach: the data set no floor."]
    final, floor = study.actual.final_loss, study.floor
    pairwise = sum(one.pairwise for one in study.floors)
    closest = max(one.closest_overlap for one in study.floors)
    reached = "some circuit does reach it" if all(one.tight for one in study.floors) else "a lower bound"
    where = "has arrived there" if final < ARRIVED * floor else f"ended at {number(final / floor)} times that"
    return [
        f"The labels are out of reach at this scale: states with different labels overlap by up to "
        f"{number(closest, 2)}, and all overlaps together, with the eigenvalues of the measurement, keep the loss of every "
        f"circuit above a floor of {number(floor)} ({reached}; pairs alone give {number(pairwise, 2)}). Training {where}."
    ]


def _law(study: Record) -> list[str]:
    fit = study.rates.actual
    if fit.law == "too short":
        return ["The record is too short to tell a law: fewer than 8 points lie in the late window."]
    window = f"From t = {number(fit.window[0])} to {number(fit.window[1])}"
    slope, rate = number(fit.slope.value), number(fit.rate.value)
    quality = f"R^2 {fit.slope_r2:.4f} for the power law, {fit.rate_r2:.4f} for the exponential"
    if fit.law == "plateau" and fit.floor is not None:
        return [f"{window} the loss levels off towards {fit.floor}{_cause(study)}.", *_still_falling(study)]
    if fit.law == "power law":
        return [f"{window} the loss follows the power law t^s with s = {fit.slope} ({quality})."]
    if fit.law == "exponential":
        return [
            f"{window} the loss falls exponentially at the rate {fit.rate} ({quality}).{_last_kernel(study)}"
        ]
    return [
        f"{window} neither a power law nor one exponential describes the loss: the log-log slope {slope} "
        f"moves from {fit.slope_drift[0]:.2f} to {fit.slope_drift[1]:.2f}, the exponential rate is {rate} "
        f"({quality}). A longer run may decide."
    ]


def _still_falling(study: Record) -> list[str]:
    """Under the flow dL/dt = -r K r / (m z_sum) <= -2 lambda_min L, so a positive kernel has no plateau."""
    rate = study.rates.promised_at_end
    if rate * study.settings["time"] < MOVES:
        return []
    if (
        study.floor and study.actual.final_loss < math.e * study.floor
    ):  # a factor e would lead below the floor
        return []
    return [
        f"That is no minimum: the last tangent kernel is positive and drives the loss down at a rate of "
        f"2 lambda_min = {number(rate)} or more, a factor e in t = {number(1 / rate, 2)} at most while it stays so."
    ]


def _last_kernel(study: Record) -> str:
    """The late rate of the last kernel, for the flow and for steps of dt, which shrink r by 1 - lambda dt."""
    rate, dt = study.rates.promised_at_end, study.settings["dt"]
    if not 0 < rate * dt < 2:
        return ""
    steps = -2 / dt * float(np.log1p(-rate * dt / 2))
    return (
        f" The last kernel promises the rate 2 lambda_min = {number(rate)} for the flow, and {number(steps)} "
        f"for steps of this size."
    )


def _cause(study: Record) -> str:
    """Why the loss stands on a plateau above the floor, where that is known."""
    if study.plateau is None or study.plateau.cause != "under-parameterisation":
        return ""
    return " (under-parameterisation: the limit of many parameters goes below)"


def _promise(study: Record) -> str:
    final, promised = study.actual.final_loss, study.kernel_regression.final_loss
    parting = _parting(study)
    if parting is None:
        return f"The frozen tangent kernel describes this training throughout, down to {_loss(promised)}."
    text = f"Training keeps to the frozen tangent kernel until t = {number(parting, 2)}"
    if final == promised == 0:
        return f"{text}; both end at zero."
    if promised == 0 or final == 0:
        return f"{text}; at the end the kernel promises {_loss(promised)}, training is at {_loss(final)}."
    ratio = final / promised
    judged = "too optimistic" if ratio > 1 else "too pessimistic"
    return (
        f"{text}; at the end the kernel promises {number(promised)}, {judged} by a factor of "
        f"{number(max(ratio, 1 / ratio), 2)}."
    )


def _parting(study: Record) -> float | None:
    """The first time at which training and frozen kernel tell different stories; None if they never do.

    That is, ln L differs by more than ln 1.5 and by more than a fifth of its fall so far: where both fall
    exponentially, a few per cent between the rates are no different story.
    """
    actual, frozen = study.actual.visible_loss, study.kernel_regression.visible_loss
    seen = np.flatnonzero((actual > 0) & (frozen > 0))
    apart = np.abs(np.log(actual[seen] / frozen[seen]))
    fall = np.abs(np.log(actual[seen] / actual[0]))
    parted = seen[apart > np.maximum(np.log(SAME), _SHARE * fall)]
    return float(study.actual.time[parted[0]]) if len(parted) else None


def _limit(study: Record) -> list[str]:
    if study.asymptotic is None:
        return [f"There is no over-parameterised limit here: {study.asymptotic_reason}."]
    final, limit = study.actual.final_loss, study.asymptotic.final_loss
    parameters = f"with the {counted(int(study.settings['parameters']), 'parameter')} here at"
    noise = "" if study.noise_free is None else ", with the range that noise leaves,"
    text = f"In the limit of infinitely many Haar-random gates{noise} the loss ends at {_loss(limit)}"
    if limit == 0:
        here = "as it does here" if final == 0 else f"{parameters} {number(final)}"
    elif final == 0:
        here = f"{parameters} zero"
    else:
        here = f"{parameters} {number(final / limit)} times that"
    first, ideal = study.actual.kernel[0], study.asymptotic.kernel[0]
    size = float(np.linalg.norm(ideal))
    if size == 0:
        return [f"{text}, {here}."]
    gap = float(np.linalg.norm(first - ideal)) / size
    return [f"{text}, {here}. At the start the two kernels differ by {number(100 * gap, 2)} % (Frobenius)."]


def _kernel(study: Record) -> str:
    first, last = float(study.lambda_min[0]), float(study.lambda_min[-1])
    text = f"The tangent kernel moved by {number(100 * study.kernel_change[-1], 2)} % (Frobenius) in training"
    if first > 1e-12 and last > 1e-15:
        text += f"; its smallest eigenvalue, lambda_min(K)/Z, went from {number(first)} to {number(last)}"
    return text + "."


def _sharp_law(study: Record) -> list[str]:
    """32 t^2 L -> 1 for orthogonal pure states, m < d, balanced labels at the ends of the spectrum."""
    y, states, limit = study.problem.y, study.problem.states, study.asymptotic
    if (
        y.ndim != 1
        or states is None
        or states.ndim != 2
        or limit is None
        or study.under_noise is not None
        or len(y) >= states.shape[1]
    ):
        return []
    orthogonal = np.allclose(np.abs(states.conj() @ states.T), np.eye(len(y)), rtol=0, atol=1e-9)
    if not orthogonal or study.settings["scale"] != 1 or set(y) != {-1.0, 1.0} or y.sum() != 0:
        return []
    t = limit.time[-1]
    return [
        f"For orthogonal states with labels at the ends of the spectrum, 32 t^2 L tends to 1 in the limit "
        f"(derived in docs/maths.md): at t = {number(t)} it is {32 * t**2 * limit.loss[-1]:.3f} there and "
        f"{32 * t**2 * study.actual.loss[-1]:.3f} in this network."
    ]


def _bound(study: Record) -> list[str]:
    if study.lower_bound is None or study.lower_bound[-1] < _TELLS_NOTHING * study.actual.final_loss:
        return []
    return [
        f"The lower bound 1/(c0 + c1 t)^2 on the loss of this circuit stands at {number(study.lower_bound[-1])} "
        f"and rules out that the loss falls exponentially for ever."
    ]


def _generalisation(study: Record) -> list[str]:
    train, test = study.train_accuracy, study.test_accuracy
    if train is None:
        return []
    held_out = "" if test is None else f", {100 * test[-1]:.1f} % on held-out samples"
    return [f"Accuracy at the end: {100 * train[-1]:.1f} % on the training samples{held_out}."]
