"""Random parameters, and what all findings on ranks read there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Real
from ...models import Model
from ...samples import Samples
from ..case import Case
from ..work import drawn_samples, gate_work

DRAWS = 5
"""Parameter vectors: a rank that depends on where one stands is the largest almost everywhere."""
_MOST_RESIDUALS = 1000
"""Of which a kernel is taken, but twice the parameters in any case: fewer would all seem to move."""
_FISHER = {"quick": 4e9, "full": 5e10}
"""Products of amplitudes that Fisher information may take; more samples than that are drawn from."""
_FEWEST_SAMPLES = 4
_ORBITS = {"quick": 8, "full": 100}
"""Samples; where the Lie algebra is unknown, each takes up to a second."""


@dataclass(frozen=True)
class Drawn:
    """A case at `DRAWS` random parameter vectors, uniform over [0, 2 pi)."""

    case: Case

    @cached_property
    def model(self) -> Model:
        """In double precision: a rank is decided far below what single precision resolves."""
        given = self.case.model
        if given.precision == "double":
            return given
        return Model(given.circuit, given.observable, given.scale)

    @cached_property
    def thetas(self) -> Real:
        """(DRAWS, p)."""
        return self.more_thetas(DRAWS)

    def more_thetas(self, count: int) -> Real:
        """(count, p); the first of them are those of every other count."""
        random = np.random.default_rng([self.case.seed, 1])
        return random.uniform(0, 2 * np.pi, (count, self.model.n_params))

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The samples whose residuals are looked at: all, or as many as a kernel can be taken of."""
        most = max(_MOST_RESIDUALS, 2 * self.model.n_params)
        return drawn_samples(self.case, -(-most // self.model.n_outputs))

    @cached_property
    def samples(self) -> Samples:
        """Those of `rows`."""
        return self.case.samples[self.rows]

    @cached_property
    def y(self) -> Real:
        """Labels of `rows`, (rows, k)."""
        return self.case.y.reshape(len(self.case.y), -1)[self.rows]

    @cached_property
    def data_rows(self) -> NDArray[np.int64]:
        """The samples whose data Fisher information is taken: all, or what the work allows."""
        p, n = self.model.n_params, self.model.circuit.n_qubits
        each = DRAWS * p * ((p + gate_work(self.model.circuit)) * 2.0**n + float(p) ** 2)
        return drawn_samples(self.case, max(_FEWEST_SAMPLES, int(_FISHER[self.case.budget] / each)))

    @cached_property
    def orbit_rows(self) -> NDArray[np.int64]:
        """The samples whose own Fisher information is held against the dimension of their orbits."""
        return drawn_samples(self.case, min(len(self.data_rows), _ORBITS[self.case.budget]))

    def jacobian(self, theta: Real) -> Real:
        """d yhat/d theta, (rows k, p)."""
        return self.model.jacobian(theta, self.samples).reshape(self.y.size, self.model.n_params)

    def residual(self, theta: Real) -> Real:
        """yhat - y, (rows k,)."""
        return self.model.predict(theta, self.samples).ravel() - self.y.ravel()
