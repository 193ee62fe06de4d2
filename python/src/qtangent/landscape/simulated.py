"""A loss whose coefficients do not fit into memory, by the simulator."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..models import Model
from ..observables import Observable, value_range
from ..samples import Samples
from .chosen import Chosen

# Parameter sets whose Hessians are held at a time.
_CHUNK = 64
_PRECISION = {"double": 2.0**-52, "single": 2.0**-23}


class SimulatedLoss:
    """The loss 1/(2m) sum (yhat - y)^2 of chosen parameters, in the angles phi = base theta.

    With c_a the middle of observable a's range, R_a its half-width and b_ja = y_ja - c_a, twice a sample's loss is
    (g - b)^2 for a g of modulus at most R; g^2 - R^2/2 has modulus at most R^2/2 and twice g's degrees. Bernstein's
    inequality bounds all derivatives from that (docs/landscape.md).

    Attributes:
        lipschitz: the Hessian in phi changes by at most so much a radian.
        scale: how far the loss can be from the middle of its range.
        rounding: of the gradient's length, about.
    """

    def __init__(
        self,
        model: Model,
        y: ArrayLike,
        X: ArrayLike | Samples | None,
        states: ArrayLike | None,
        chosen: Chosen,
    ) -> None:
        labels = arrays.real("y", y)
        data = X if isinstance(X, Samples) or (X is None and states is None) else Samples(X, states)
        shape = np.shape(model.predict(chosen.rest, data))
        if labels.shape != shape:
            raise InvalidArgumentError(f"y has shape {labels.shape}, the predictions need {shape}")
        arrays.finite("y", labels)
        self._model, self._y, self._data, self._chosen = model, labels, data, chosen
        observables: list[Observable] = (
            model.observable if isinstance(model.observable, list) else [model.observable]
        )
        ends = model.scale * np.array([value_range(one) for one in observables])
        middle, reach = ends.mean(axis=1), np.abs(ends[:, 1] - ends[:, 0]) / 2
        if not reach.any():
            raise InvalidArgumentError(
                "the loss does not depend on the parameters, so it has no isolated minima"
            )
        off = np.abs(labels.reshape(len(labels), -1) - middle)
        length = float(np.linalg.norm(chosen.degrees))
        self.lipschitz = length**3 * float(np.mean(np.sum(reach * (2 * reach + off), axis=1)))
        self.scale = float(np.mean(np.sum(reach * (reach / 4 + off), axis=1)))
        largest = length * float(np.mean(np.sum(reach * (reach / 2 + off), axis=1)))
        # Errors of the gates add up as random steps do.
        self.rounding = _PRECISION[model.precision] * math.sqrt(len(model.circuit)) * largest

    def values(self, phi: Real) -> Real:
        """The loss at phi (s, p): (s,)."""
        return np.concatenate(
            [self._model.loss(theta, self._y, X=self._data) for theta in self._sets(phi)] or [np.zeros(0)]
        )

    def gradients(self, phi: Real) -> Real:
        """Its derivatives with respect to phi (s, p): (s, p)."""
        return self._values_and_gradients(phi)[1]

    def hessians(self, phi: Real) -> Real:
        """Its second derivatives with respect to phi (s, p): (s, p, p)."""
        numbers, base = list(self._chosen.numbers), self._chosen.base
        result = np.empty((len(phi), len(base), len(base)))
        for place, theta in enumerate(self._sets(phi)):
            found = self._model.loss_hessian(theta, self._y, self._data)
            result[_CHUNK * place :][: len(theta)] = found[:, numbers][:, :, numbers]
        return result / (base[:, None] * base)

    def jets(self, phi: Real) -> tuple[Real, Real, Real]:
        """Values (s,), gradients (s, p) and Hessians (s, p, p) at phi (s, p)."""
        return *self._values_and_gradients(phi), self.hessians(phi)

    def _values_and_gradients(self, phi: Real) -> tuple[Real, Real]:
        values, gradients = np.empty(len(phi)), np.empty(phi.shape)
        for place, theta in enumerate(self._sets(phi)):
            part = slice(_CHUNK * place, _CHUNK * place + len(theta))
            values[part], found = self._model.loss_and_gradient(theta, self._y, X=self._data)
            gradients[part] = found[:, list(self._chosen.numbers)]
        return values, gradients / self._chosen.base

    def _sets(self, phi: Real) -> Iterator[Real]:
        for begin in range(0, len(phi), _CHUNK):
            yield self._chosen.theta(phi[begin : begin + _CHUNK])
