"""What a study found, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .claims.frozen import SAME
from .claims.plateau import ARRIVED

if TYPE_CHECKING:
    from .result import Study

_NOTHING = 1e-24  # of the initial loss: rounding error


def verdict(study: Study) -> str:
    """One sentence: does it train, and how fast."""
    fit, final, floor = study.rates.actual, float(study.actual.loss[-1]), study.floor
    if floor and final < ARRIVED * floor:
        return f"Trains as far as these data allow: the loss {final:.3g} stands on the floor of {floor:.3g}."
    above = f", {final / floor:.2g} times above the floor of the data" if floor else ""
    if fit.law == "plateau":
        return f"Stalls: the loss settles near {final:.3g}{above}{_cause(study)}."
    if fit.law == "power law" and fit.slope.value > -0.5:
        return f"Crawls: the loss falls as t^{fit.slope.value:.2f}, to {final:.3g}{above}."
    if fit.law == "power law":
        return f"Trains ever more slowly: the loss falls as t^{fit.slope.value:.2f}, to {final:.3g}{above}."
    if fit.law == "exponential":
        return f"Trains exponentially: the loss falls as exp(-{fit.rate.value:.3g} t), to {final:.3g}{above}."
    if study.actual.loss[0] < 2 * final:
        return f"Hardly trains: the loss fell from {study.actual.loss[0]:.3g} to {final:.3g}{above}."
    return f"Trains, following no single law yet: the loss stands at {final:.3g}{above}."


def findings(study: Study) -> list[str]:
    """What was found, in plain sentences."""
    return [
        _descent(study),
        *_instability(study),
        *_floor(study),
        _law(study),
        _promise(study),
        *_limit(study),
        _kernel(study),
        *_sharp_law(study),
        *_bound(study),
        *_generalisation(study),
    ]


def _descent(study: Study) -> str:
    loss, settings = study.actual.loss, study.settings
    return (
        f"Training took {settings['steps']} steps of dt = {settings['dt']:.3g} (learning rate "
        f"{settings['learning_rate']:.3g}, critical dt {settings['critical_dt']:.3g}) to normalised time "
        f"{settings['time']:.4g}; the loss went from {loss[0]:.3g} to {loss[-1]:.3g}."
    )


def _instability(study: Study) -> list[str]:
    rises = np.flatnonzero(np.diff(study.actual.loss) > 1e-12 * study.actual.loss[0])
    if not len(rises):
        return []
    first, last = study.actual.time[rises[0]], study.actual.time[rises[-1] + 1]
    return [
        f"Between t = {first:.3g} and {last:.3g} the loss rose {len(rises)} times: descent is at "
        f"the edge of stability there and does not follow the flow; take a smaller dt."
    ]


def _floor(study: Study) -> list[str]:
    if study.floor_reason is not None:
        return [f"No bound from the overlaps of the states: {study.floor_reason}."]
    if not study.floor:
        return ["The overlaps of the training states leave every label within reach: the data set no floor."]
    final, floor = float(study.actual.loss[-1]), study.floor
    pairwise = sum(one.pairwise for one in study.floors)
    closest = max(one.closest_overlap for one in study.floors)
    tight = all(one.tight for one in study.floors)
    what = "the least any circuit can reach" if tight else "a bound no circuit can beat"
    where = (
        "training has arrived there"
        if final < ARRIVED * floor
        else f"training ended {final / floor:.3g} times above it"
    )
    return [
        f"The labels are out of reach at this scale: states with different labels overlap by up to "
        f"{closest:.2g}, which puts a floor of {floor:.3g} under the loss ({what}; pairs alone give "
        f"{pairwise:.2g}), and {where}."
    ]


def _law(study: Study) -> str:
    fit = study.rates.actual
    window = f"From t = {fit.window[0]:.3g} to {fit.window[1]:.3g}"
    numbers = (
        f"log-log slope {fit.slope} with R^2 {fit.slope_r2:.4f}, "
        f"exponential rate {fit.rate} with R^2 {fit.rate_r2:.4f}"
    )
    if fit.law == "too short":
        return "The record is too short to tell a law: fewer than 8 points lie in the late window."
    if fit.law == "plateau" and fit.floor is not None:
        return f"{window} the loss settles on a plateau at {fit.floor}{_cause(study)} ({numbers})."
    if fit.law == "ambiguous":
        return (
            f"{window} neither a power law nor one exponential describes the loss: {numbers}; the local "
            f"slope moves from {fit.slope_drift[0]:.2f} to {fit.slope_drift[1]:.2f}. A longer run may decide."
        )
    laws = ["a power law", "an exponential"]
    law, other = laws if fit.law == "power law" else laws[::-1]
    text = f"{window} the loss follows {law}, not {other}: {numbers}."
    if fit.law == "exponential" and study.rates.promised_at_end > 0:
        text += f" The last kernel promises the rate 2 lambda_min = {study.rates.promised_at_end:.3g}."
    return text


def _cause(study: Study) -> str:
    """Why the loss stands on a plateau above the floor, where that is known."""
    if study.plateau is None or study.plateau.cause != "under-parameterisation":
        return ""
    return " (under-parameterisation: the limit of many parameters goes below)"


def _promise(study: Study) -> str:
    final, promised = float(study.actual.loss[-1]), float(study.kernel_regression.loss[-1])
    if promised < _NOTHING * study.actual.loss[0]:
        return (
            f"The frozen tangent kernel promised a loss of zero to rounding; training stands at {final:.3g}."
        )
    ratio = final / promised
    if 1 / SAME < ratio < SAME:
        return f"The frozen tangent kernel promised {promised:.3g}: it describes this training well."
    verdict = "too optimistic" if ratio > 1 else "too pessimistic"
    factor = f"{max(ratio, 1 / ratio):.2g}"
    return f"The frozen tangent kernel promised a loss of {promised:.3g}, {verdict} by a factor of {factor}."


def _limit(study: Study) -> list[str]:
    if study.asymptotic is None:
        return [f"There is no over-parameterised limit here: {study.asymptotic_reason}."]
    final, limit = float(study.actual.loss[-1]), float(study.asymptotic.loss[-1])
    ratio, p = final / max(limit, 1e-300), study.settings["parameters"]
    if 1 / SAME < ratio < SAME:
        return [
            f"The over-parameterised limit gives {limit:.3g}: with {p} parameters the network is close to it."
        ]
    side = "above" if ratio > 1 else "below"
    return [
        f"The over-parameterised limit gives {limit:.3g}; with {p} parameters training ends a factor of "
        f"{max(ratio, 1 / ratio):.2g} {side} it."
    ]


def _kernel(study: Study) -> str:
    first, last = float(study.lambda_min[0]), float(study.lambda_min[-1])
    text = f"The tangent kernel changed by {100 * study.kernel_change[-1]:.0f} % (Frobenius)"
    if first > 1e-12 and last > 1e-15:
        text += f"; its smallest eigenvalue over z_sum went from {first:.3g} to {last:.3g}"
    return text + "."


def _sharp_law(study: Study) -> list[str]:
    """32 t^2 L -> 1 for orthogonal pure states, m < d, balanced labels at the ends of the spectrum."""
    y, states, limit = study.problem.y, study.problem.states, study.asymptotic
    if y.ndim != 1 or states is None or states.ndim != 2 or limit is None or len(y) >= states.shape[1]:
        return []
    orthogonal = np.allclose(np.abs(states.conj() @ states.T), np.eye(len(y)), rtol=0, atol=1e-9)
    if not orthogonal or study.settings["scale"] != 1 or set(y) != {-1.0, 1.0} or y.sum() != 0:
        return []
    t = limit.time[-1]
    return [
        f"For orthogonal states with labels at the ends of the spectrum the limit obeys 32 t^2 L -> 1 "
        f"(derived in docs/maths.md); at t = {t:.3g} the limit has {32 * t**2 * limit.loss[-1]:.3f}, "
        f"this network {32 * t**2 * study.actual.loss[-1]:.3g}."
    ]


def _bound(study: Study) -> list[str]:
    if study.lower_bound is None:
        return []
    return [f"The sublinear lower bound 1/(c0 + c1 t)^2 stands at {study.lower_bound[-1]:.2g}."]


def _generalisation(study: Study) -> list[str]:
    train, test = study.train_accuracy, study.test_accuracy
    if train is None:
        return []
    text = f"Training accuracy ends at {100 * train[-1]:.1f} %"
    return [
        text + (f", accuracy on held-out samples at {100 * test[-1]:.1f} %." if test is not None else ".")
    ]
