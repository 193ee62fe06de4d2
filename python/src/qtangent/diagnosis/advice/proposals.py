"""The changes that the numbers of the other sections suggest."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ... import ansatz
from ...convergence import critical_learning_rate
from ...convergence.words import number
from ...models import Model
from ..case import Case
from ..finding import Finding, Section
from .change import Change, with_model

_WELL = 1.2  # times that scale: no change is needed
_INSIDE = 2.0  # times the scale at which labels are on the edge
_SHARE_OF_CRITICAL = 0.5
_SMALL = 0.1  # radians: standard deviation of angles near zero
_DEEPER = 3  # times the parameters, a layer or the labels, whichever are most


def proposals(case: Case, sections: tuple[Section, ...], now: Finding) -> Iterator[Change]:
    """In the order of their worth as a rule; each is tried by its forecast before it is recommended."""
    yield from _scale(case, sections)
    yield from _depth(case, now)
    yield from _learning_rate(case)
    yield from _initialisation(case)


def _scale(case: Case, sections: tuple[Section, ...]) -> Iterator[Change]:
    """A scale that brings the labels well inside, where they are on the edge of the measurement or outside."""
    found = finding_of(sections, "speed", "exponential_scale")
    if found is None or not found.value or abs(case.model.scale) > _WELL * found.value:
        return
    edge = float(found.value)
    scale = math.copysign(_INSIDE * edge, case.model.scale)
    model = case.model
    wider = Model(model.circuit, model.observable, scale, model.precision)
    yield Change(
        "scale", f"Take the scale {number(scale)} of the measurement in the place of {number(model.scale)}",
        with_model(case, wider), None, "docs/maths.md, Phases; arXiv 2311.18144",
    )  # fmt: skip


def _depth(case: Case, now: Finding) -> Iterator[Change]:
    """More layers, where the target is not reached, or not for certain."""
    if now.interval is not None and math.isfinite(now.interval[1]):
        return
    model, n = case.model, case.model.circuit.n_qubits
    wanted = _DEEPER * max(model.n_params, 2 * n, case.y.size)
    layers = max(1, math.ceil((wanted - model.n_params) / (2 * n)))
    deeper = model.circuit + ansatz.hardware_efficient(n, layers)
    fresh = np.random.default_rng([case.seed, 6]).uniform(0, 2 * np.pi, deeper.n_params - model.n_params)
    yield Change(
        "depth",
        f"Append {layers} hardware-efficient layers, {deeper.n_params} parameters in the place of {model.n_params}",
        with_model(
            case, Model(deeper, model.observable, model.scale, model.precision), np.concatenate([case.theta, fresh])
        ),
        None, "Larocca et al., arXiv 2109.11676, for over-parameterisation",
    )  # fmt: skip


def _learning_rate(case: Case) -> Iterator[Change]:
    """Half the critical rate, against the library's default."""
    kernel = case.model.tangent_kernel(case.theta, case.samples)
    rate = _SHARE_OF_CRITICAL * critical_learning_rate(kernel, len(case.y))
    if math.isfinite(rate):
        yield Change(
            "learning_rate", f"Take the learning rate {number(rate)}, half the critical one of this start",
            case, rate, "arXiv 2503.01966",
        )  # fmt: skip


def _initialisation(case: Case) -> Iterator[Change]:
    """Angles near zero, where circuits start close to a simple one."""
    near = np.random.default_rng([case.seed, 7]).normal(0, _SMALL, case.model.n_params)
    yield Change(
        "initialisation", f"Start from angles near zero (standard deviation {_SMALL})", with_model(case, case.model, near),
        None, "Zhang et al., arXiv 2203.09376, for small Gaussian starts",
    )  # fmt: skip


def finding_of(sections: tuple[Section, ...], section: str, finding: str) -> Finding | None:
    """A finding of a section; None where either is missing."""
    for one in sections:
        if one.name == section:
            return next((found for found in one.findings if found.name == finding), None)
    return None
