"""Gradient descent as a map, with what each look at the model costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real
from ...models import Model
from ...samples import Samples


@dataclass(frozen=True)
class Point:
    """Where a training is after some steps."""

    step: int
    theta: Real
    residual: Real
    """(yhat - y)/sqrt(m), flat, so that the loss is half its square."""
    jacobian: Real
    """Of the residual, (m k, p)."""

    @property
    def loss(self) -> float:
        return 0.5 * float(self.residual @ self.residual)

    @property
    def gradient(self) -> Real:
        """Of the loss, (p,)."""
        return np.asarray(self.residual @ self.jacobian, dtype=np.float64)


@dataclass
class Descent:
    """A problem, a learning rate, and how many evaluations were made: one is predictions with their Jacobian, which
    takes what a step of the training takes."""

    model: Model
    y: Real
    samples: Samples
    learning_rate: float
    evaluations: float = 0.0

    def at(self, step: int, theta: Real) -> Point:
        """One evaluation."""
        self.evaluations += 1
        predictions, jacobian = self.model._jacobian(theta, self.samples, None, False, True)
        assert predictions is not None
        root = np.sqrt(len(self.y))
        residual = (predictions - self.y).ravel() / root
        return Point(step, theta, residual, jacobian.reshape(len(residual), -1) / root)

    def hessian(self, point: Point) -> Real:
        """Of the loss, (p, p); `hessian_cost` evaluations."""
        self.evaluations += self.hessian_cost
        return self.model.loss_hessian(point.theta, self.y, self.samples)

    @property
    def hessian_cost(self) -> float:
        """Evaluations that the Hessian of the loss is worth: a sweep for four parameters, measured at p from 24 to 160."""
        return 1 + 0.4 * self.model.n_params
