"""What noise means for a study: by how much it contracts, the limit without it, and how many shots it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, OutOfMemoryError
from ..dynamics import asymptotic, shots_to_reach, shots_to_resolve
from ..dynamics.curves import Curve
from ..noise import Contraction
from .problem import Problem
from .words import counted, number

if TYPE_CHECKING:
    from .record import Record

RESOLVED = 3.0
"""Standard deviations at which an eigenvalue counts as resolved."""
_MEANINGS = {
    "exact": "exactly, since all of them depolarise the whole register",
    "limit": "in the limit of many parameters and weak noise",
    "guide": "as a guide only, since the gates are local and the measurement sees few of the channels",
}


@dataclass(frozen=True)
class UnderNoise:
    """Numbers of a study of a circuit with channels."""

    contraction: Contraction
    shots_for_loss: int | None
    """A prediction, with which the shots' noise adds as much to the final loss as it is; None where it is zero."""
    shots_for_kernel: int | None
    """A shifted prediction, with which the smallest eigenvalue of K(0) is resolved; None for a singular kernel."""

    @classmethod
    def loaded(cls, problem: Problem, stored: dict[str, Any] | None) -> UnderNoise | None:
        """What `as_dict` gave."""
        if stored is None:
            return None
        return cls(problem.model.contraction, stored["shots_for_loss"], stored["shots_for_kernel"])

    def as_dict(self) -> dict[str, Any]:
        """For JSON; an infinite depth is null."""
        found, depth = self.contraction, self.contraction.critical_layers
        return {
            "contraction": found.Q,
            "layers": len(found.q),
            "meaning": found.meaning,
            "critical_layers": depth if math.isfinite(depth) else None,
            "shots_for_loss": self.shots_for_loss,
            "shots_for_kernel": self.shots_for_kernel,
        }

    @classmethod
    def of(cls, problem: Problem, actual: Curve, theta: Real, learning_rate: float) -> UnderNoise | None:
        """Of a training that ended at theta; None for a circuit without channels."""
        contraction = problem.model.contraction
        if not len(contraction.q):
            return None
        return cls(
            contraction, _for_loss(problem, actual.final_loss, theta, learning_rate), _for_kernel(problem)
        )


def noise_free_curve(problem: Problem, time: Real) -> Curve | None:
    """The over-parameterised limit of the circuit without its channels; None where it has none, and where there is no
    limit."""
    model = problem.model
    if not len(model.contraction.q):
        return None
    try:
        return asymptotic(
            model._without_channels(), problem.theta, problem.y, time, X=problem.X, states=problem.states
        )
    except InvalidArgumentError:
        return None


def under_noise(study: Record) -> list[str]:
    """What there is to say, in plain sentences; nothing of a circuit without channels."""
    told = study.under_noise
    if told is None:
        return []
    found = told.contraction
    text = (
        f"{counted(len(found.q), 'layer')} of channels leave Q = {number(found.Q)} of what is measured about its mean: "
        f"{_MEANINGS[found.meaning]}. {_depth(found)}"
    )
    return [text, *_limits(study), *_shots(told)]


def _depth(found: Contraction) -> str:
    if found.reach <= 1:
        return "Labels 1 and -1 are at the edge of the measurement without noise already, or beyond."
    if not math.isfinite(found.critical_layers):
        return "Nothing is lost."
    if found.critical_layers >= len(found.q):
        word = "stay within reach up to a critical depth of"
    else:
        word = "are out of reach, however long training goes on; a scale 1/Q times as large restores them, or fewer than"
    return f"Labels 1 and -1 {word} {number(found.critical_layers)} such layers."


def _limits(study: Record) -> list[str]:
    free, limit = study.noise_free, study.asymptotic
    if free is None or limit is None:
        return []
    return [
        f"Without channels the limit of many parameters ends at {number(free.final_loss)}, with the range contracted at "
        f"{number(limit.final_loss)}, and training with the noise at {number(study.actual.final_loss)}."
    ]


def _shots(told: UnderNoise) -> list[str]:
    parts = []
    if told.shots_for_loss is not None:
        count = counted(told.shots_for_loss, "shot")
        parts.append(f"{count} a prediction, descent at this rate would end at twice this loss")
    if told.shots_for_kernel is not None:
        parts.append(
            f"{number(told.shots_for_kernel)} a shifted prediction, the smallest eigenvalue of K(0) stands "
            f"{number(RESOLVED)} standard deviations above zero"
        )
    return [f"With {'; with '.join(parts)}."] if parts else []


def _for_loss(problem: Problem, loss: float, theta: Real, learning_rate: float) -> int | None:
    model, X, states = problem.model, problem.X, problem.states
    if loss == 0:
        return None
    try:
        kernel = model.tangent_kernel(theta, X, states=states, full=True)
        variance = model.prediction_variance(theta, X, states, shots=1)
        size = problem.y.size
        return shots_to_reach(
            loss, kernel.reshape(size, size), variance.ravel(), learning_rate, len(problem.y)
        )
    except (InvalidArgumentError, OutOfMemoryError):
        return None


def _for_kernel(problem: Problem) -> int | None:
    model, X, states = problem.model, problem.X, problem.states
    try:
        jacobian = model.jacobian(problem.theta, X, states).reshape(problem.y.size, -1)
        variance = model.jacobian_variance(problem.theta, X, states, shots=1)
        return shots_to_resolve(jacobian, np.reshape(variance, jacobian.shape), RESOLVED)
    except (InvalidArgumentError, OutOfMemoryError):
        return None
