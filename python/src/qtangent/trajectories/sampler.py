"""What computes trajectories of a model: a circuit without channels by Pauli frames where one exists, else Kraus jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from .. import _native, model_calls
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.inputs import Theta
from ..circuits import Circuit
from ..model_calls import ModelCalls
from ..observables import Observable
from ..samples import Samples
from .frames import Frames
from .jumps import Jumps
from .patterns import Patterns
from .steps import NoFrames, steps

# What the samples and results of one block of trajectories may take, in bytes: as much as stays in a cache. It decides how
# sums are grouped, so it does not depend on the machine.
_BLOCK = 1 << 20


class Simulated(Protocol):
    """A model whose circuit has channels."""

    _circuit: Circuit
    _observables: list[Observable]
    _n_params: int
    _n_features: int
    _n_outputs: int


class Sampler:
    """Draws patterns and evaluates samples under them.

    Attributes:
        patterns: what is drawn.
    """

    patterns: Patterns | Jumps

    def __init__(
        self, model: ModelCalls, given: Simulated, pure: Callable[[Circuit], ModelCalls], has_states: bool
    ) -> None:
        """
        Args:
            model: of method "trajectories", which jumps.
            given: the same model.
            pure: makes one of a circuit without channels.
        """
        self._n_params, self._n_features, self._k = given._n_params, given._n_features, given._n_outputs
        handles = np.array([one._handle for one in given._observables], dtype=np.int64)
        cone = Circuit._adopt(
            _native.create(
                "qtg_circuit_light_cone", given._circuit._handle, _arrays.pointer(handles), len(handles)
            )
        )
        try:
            self._frames: Frames | None = Frames(cone, list(steps(cone)), has_states)
        except NoFrames:
            self._frames = None
            self.patterns, self._model = Jumps(sum(one.channel is not None for one in given._circuit)), model
        else:
            self.patterns, self._model = self._frames.patterns, pure(self._frames.circuit)

    def evaluate(
        self, sets: Theta, samples: Samples, patterns: Real, wants_jacobian: bool
    ) -> Iterator[tuple[slice, Real]]:
        """Slices of patterns and their predictions (u, s, m, k), or Jacobians (u, s, m, k, p)."""
        m, X, states = len(samples), samples.X, samples.states
        width = self._k * (self._n_params if wants_jacobian else 1)
        each = 8 * m * (patterns.shape[1] + sets.sets * width)
        each += 0 if states is None else states.nbytes
        size = max(1, _BLOCK // max(each, 1))
        for start in range(0, len(patterns), size):
            those = slice(start, min(start + size, len(patterns)))
            many = those.stop - those.start
            repeated = self._repeated(patterns[those], m, X, states, many)
            yield those, self._values(sets, repeated, many, m, wants_jacobian)

    def _repeated(self, patterns: Real, m: int, X: Real | None, states: Complex | None, many: int) -> Samples:
        """All samples under the first pattern, then under the next."""
        if self._frames is not None:
            features = self._frames.features(patterns.astype(bool), X, m)
        else:
            assert isinstance(self.patterns, Jumps)
            features = self.patterns.features(patterns, X, self._n_features, m)
        vectors = None if states is None else np.tile(states, (many, *[1] * (states.ndim - 1)))
        if features is None and vectors is None:
            features = np.zeros((many * m, 1))
        samples = Samples.__new__(Samples)
        samples._create(features, vectors)
        return samples

    def _values(self, sets: Theta, samples: Samples, many: int, m: int, wants_jacobian: bool) -> Real:
        shape = (sets.sets, many * m, self._k)
        task = c.QTG_TASK_JACOBIAN if wants_jacobian else c.QTG_TASK_PREDICT
        cost = self._model._costs(task, sets.sets, len(samples), samples._dimension > 0)
        out = np.empty((*shape, self._n_params) if wants_jacobian else shape)
        then = (None, out) if wants_jacobian else (out,)
        name = "qtg_model_jacobian" if wants_jacobian else "qtg_model_predict"
        model_calls.run(self._model, cost, name, sets, samples, 0, then=then)
        return np.moveaxis(out.reshape(sets.sets, many, m, *out.shape[2:]), 1, 0)


def drawn(patterns: Patterns | Jumps, count: int, seed: int) -> tuple[Real, Real]:
    """Distinct patterns (u, b) and how often each came; none where nothing is random."""
    if patterns.weight == 1:
        return patterns.none[:0].astype(float), np.empty(0)
    found, counts = patterns.draw(count, seed)
    return np.asarray(found, dtype=float), counts
