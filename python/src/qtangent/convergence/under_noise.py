"""What noise means for a study: by how much it contracts, the limit without it, and how many shots it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, OutOfMemoryError
from ..dynamics import asymptotic, shots_to_reach, shots_to_resolve
from ..dynamics.curves import Curve
from ..noise import Contraction
from .problem import Problem

RESOLVED = 3.0
"""Standard deviations at which an eigenvalue counts as resolved."""


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
