"""How the variance of derivatives goes with the number of qubits and of layers, where circuits of other sizes are known."""

from __future__ import annotations

import numpy as np

from ... import capacity
from ...capacity.ensemble.gradient_variance import GradientVariance
from ...convergence.codes import Code
from ...convergence.words import number
from ...models import Model
from ...samples import Samples
from ..case import Case
from ..family import Family
from ..finding import Finding, missing
from ..work import jacobian_work
from .rule import FEWEST_SIZES, HALVING, decide
from .variance import DRAWS

_SOURCE = 'McClean et al., Nature Communications 9, 4812 (2018); rule in docs/maths.md, "Will training start"'
_WORK = {"quick": 2e9, "full": 1e11}
"""Of all sizes together, up to `_SMALL` qubits; `_LARGER` times as much beyond."""
_SMALL, _LARGER = 8, 5.0
_SIZES = range(2, 17)
_MOST_SIZES = 7
_FROM = 4
"""Smaller circuits bend every trend, and are left out where there are enough others."""


def qubit_trend(case: Case, family: Family) -> Finding:
    """The slope of log2 variance per qubit, and whether that is a plateau.

    Raises:
        QTangentError: from the simulation.
    """
    members, reasons = _members(case, family)
    if len(members) < FEWEST_SIZES:
        why = f"; {reasons[0]}" if reasons else ""
        return missing(
            "qubit_trend",
            f"{len(members)} sizes of the family can be had, {FEWEST_SIZES} are needed{why}",
            _SOURCE,
        )
    found = [_variance(case, *member) for member in members]
    sizes = [model.circuit.n_qubits for model, _ in members]
    if min(one.mean for one in found) <= 0:
        still = sizes[int(np.argmin([one.mean for one in found]))]
        return missing("qubit_trend", f"on {still} qubits no prediction depends on a parameter", _SOURCE)
    trend = decide(sizes, np.array([one.mean for one in found]), np.array([one.interval for one in found]))
    low, high = trend.interval
    told = {
        Code.PLATEAU: "falls exponentially with the number of qubits: a barren plateau",
        Code.NO_PLATEAU: "does not fall as on a barren plateau",
    }.get(trend.verdict, "falls in a way that these sizes do not decide")
    law = "an exponential" if trend.evidence > 0 else f"a power n^{number(trend.power, 2)}"
    return Finding(
        "qubit_trend",
        trend.slope,
        trend.interval,
        HALVING,
        trend.verdict,
        f"With {family.layers} layers on {sizes[0]} to {sizes[-1]} qubits the variance of derivatives {told}: log2 of it "
        f"changes by {number(trend.slope)} [{number(low)}, {number(high)}] a qubit, and {law} fits better.",
        _SOURCE,
        f"Of {len(sizes)} sizes, {family.inputs}; larger circuits may go another way. {DRAWS[case.budget]} draws each.",
    )


def depth_trend(case: Case, family: Family) -> Finding:
    """What half and twice the layers do to the variance.

    Raises:
        QTangentError: from the simulation.
    """
    n = case.model.circuit.n_qubits
    layers = sorted({max(1, family.layers // 2), family.layers, 2 * family.layers})
    members = [family.member(n, one) for one in layers]
    built = [one for one in members if not isinstance(one, str)]
    work = sum(_work(case, *one) for one in built)
    if len(built) < len(layers) or work > _most(case):
        return missing("depth_trend", "circuits of twice the layers cannot be had, or take too long", _SOURCE)
    found = [_variance(case, *one) for one in built]
    if min(one.mean for one in found) <= 0:
        return missing("depth_trend", "without a derivative that moves there is no trend", _SOURCE)
    at = layers.index(family.layers)
    told = ", ".join(f"{number(one.mean)} at {depth}" for depth, one in zip(layers, found, strict=True))
    before, after = found[at], found[at + 1]
    ratio = after.mean / before.mean if before.mean > 0 else float("nan")
    spread = np.hypot(
        *(np.log(one.interval[1] / one.interval[0]) / 2 for one in (before, after) if one.mean > 0)
    )
    low, high = (ratio * float(np.exp(sign * spread)) for sign in (-1, 1))
    falls = "has settled" if low <= 1 <= high else "falls on with depth" if ratio < 1 else "rises with depth"
    return Finding(
        "depth_trend", ratio, (low, high), None, Code.NOTED,
        f"Twice the layers change the variance of derivatives by a factor of {number(ratio)} "
        f"[{number(low)}, {number(high)}]: it {falls} ({told} layers).",
        _SOURCE, f"{family.inputs[0].upper()}{family.inputs[1:]}.",
    )  # fmt: skip


def _members(case: Case, family: Family) -> tuple[list[tuple[Model, Samples]], list[str]]:
    """As many sizes as the work allows, the largest among them."""
    found: list[tuple[Model, Samples]] = []
    reasons = []
    left = _most(case)
    for n in _SIZES:
        made = family.member(n, family.layers)
        if isinstance(made, str):
            reasons.append(made)
            continue
        left -= _work(case, *made)
        if left < 0:
            break
        found.append(made)
    enough = [one for one in found if one[0].circuit.n_qubits >= _FROM]
    chosen = enough if len(enough) >= FEWEST_SIZES else found
    if len(chosen) > _MOST_SIZES:
        chosen = [chosen[k] for k in np.linspace(0, len(chosen) - 1, _MOST_SIZES).round().astype(int)]
    return chosen, reasons


def _most(case: Case) -> float:
    return _WORK[case.budget] * (1.0 if case.model.circuit.n_qubits <= _SMALL else _LARGER)


def _work(case: Case, model: Model, samples: Samples) -> float:
    return DRAWS[case.budget] * jacobian_work(model, len(samples))


def _variance(case: Case, model: Model, samples: Samples) -> GradientVariance:
    return capacity.gradient_variance(model, X=samples, draws=DRAWS[case.budget], seed=case.seed)
