"""Product states that a trained circuit takes for a class, with as much margin as there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._native.arrays import Real
from ...models import Model

STARTS = 12


@dataclass(frozen=True)
class Reach:
    """The best that was found for a class.

    Attributes:
        angles: of the rotations, in radians.
        margin: by how much the class's output exceeds the largest other; with one output, what it is in the direction of
            the class.
    """

    angles: Real
    margin: float


class Readout:
    """Outputs of a model whose data have no effect any more, as functions of some last parameters.

    Args:
        model: with p + a parameters, the last a of them those of rotations before its trained part.
        theta: (p,), the trained ones.
    """

    def __init__(self, model: Model, theta: Real) -> None:
        self._model, self._theta = model, theta
        self._n = model.n_params - len(theta)
        self._data = np.zeros((1, model.circuit.n_features))
        outputs = self.outputs(np.zeros(self._n))
        self.classes = (-1, 1) if len(outputs) == 1 else tuple(range(len(outputs)))

    def outputs(self, angles: Real) -> Real:
        """(k,), for angles (a,)."""
        return np.atleast_1d(self._model.predict(self._at(angles), self._data)[0])

    def margin(self, target: int, angles: Real) -> float:
        """What `Reach.margin` says, for angles (a,)."""
        return float(min(self._leads(target, self.outputs(angles))))

    def best(self, target: int) -> Reach:
        """The largest margin that ascents from several starts find; always the same."""
        random = np.random.default_rng(0)
        starts = [np.zeros(self._n), *random.uniform(-np.pi, np.pi, (STARTS - 1, self._n))]
        found = [self._ascend(target, start) for start in starts]
        return max(found, key=lambda one: one.margin)

    def _ascend(self, target: int, start: Real) -> Reach:
        """The least of several leads has corners; a bound t below all of them, which goes up instead, has none."""
        from scipy.optimize import NonlinearConstraint, minimize

        upwards = np.append(np.zeros(self._n), -1.0)

        def objective(z: Real) -> tuple[float, Real]:
            return float(-z[-1]), upwards

        def slack(z: Real) -> Real:
            return self._leads(target, self.outputs(z[:-1])) - float(z[-1])

        def slack_slopes(z: Real) -> Real:
            slopes = self._lead_slopes(target, z[:-1])
            return np.column_stack([slopes, -np.ones(len(slopes))])

        result: Any = minimize(
            objective,
            np.append(start, self.margin(target, start)),
            jac=True,
            method="SLSQP",
            constraints=NonlinearConstraint(slack, 0.0, np.inf, jac=slack_slopes),
            tol=1e-10,
            options={"maxiter": 200},
        )
        angles = np.remainder(result.x[:-1] + np.pi, 2 * np.pi) - np.pi
        return Reach(angles, self.margin(target, angles))

    def _at(self, angles: Real) -> Real:
        return np.concatenate([self._theta, angles])

    def _leads(self, target: int, outputs: Real) -> Real:
        """The class's output above each other one; of slopes (k, a) those of the leads."""
        return target * outputs if len(outputs) == 1 else np.delete(outputs[target] - outputs, target, axis=0)

    def _lead_slopes(self, target: int, angles: Real) -> Real:
        jacobian = self._model.jacobian(self._at(angles), self._data)[0]
        return self._leads(target, np.atleast_2d(jacobian)[:, len(self._theta) :])
