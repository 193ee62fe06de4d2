"""What a model of method "trajectories" says, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import Interrupted, InvalidArgumentError
from .._native.inputs import Theta
from ..circuits import Circuit
from ..model_calls import ESTIMATES, TRAJECTORIES, ModelCalls
from ..samples import Samples, samples_for
from ..trajectories.estimate import Estimate, Moments, kernel, trajectory_count
from ..trajectories.sampler import Sampler, drawn

_WHAT = ("predict", "jacobian", "tangent_kernel")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C between two blocks of trajectories is told as within one."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted("the estimate was interrupted") from None


class EstimatedModel(ModelCalls):
    """The methods of a model that estimate by trajectories; docs/noise.md, "Trajectories"."""

    _method: str
    _samplers: dict[bool, Sampler]

    def estimate(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        what: str = "predict",
        *,
        trajectories: int,
        seed: int = 0,
    ) -> Estimate:
        """Predictions, Jacobians or tangent kernels of a model with method="trajectories", with their standard errors.

        All samples and parameter sets go through the same random errors, which do not depend on theta where channels are
        mixtures of Pauli strings: there predictions with one seed are a smooth function of theta, and the Jacobian is its
        derivative. Derived in docs/maths.md, "Trajectories".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            what: "predict", "jacobian" or "tangent_kernel".
            trajectories: T, at least 2, for kernels 3.
            seed: 0 to 2^64 - 1; trajectory t of a seed is the same whatever T, the threads and the samples.

        Returns:
            Mean and standard errors, of the shape that the method of that name gives.

        Raises:
            InvalidArgumentError: for shapes that do not fit, entries that are not finite, too few trajectories, and a model
                of another method.
            OutOfMemoryError: where one trajectory of all samples, or for a kernel the Jacobians of all, do not fit.
        """
        if not _arrays.among(what, _WHAT):
            raise InvalidArgumentError(f"what is {what!r}; it must be one of {', '.join(map(repr, _WHAT))}")
        samples = samples_for(self, X, states)
        least = 3 if what == "tangent_kernel" else 2
        count = self._count(trajectories, None, least, "a standard error")
        if what == "tangent_kernel":
            return self._estimated_kernel(theta, samples, None, False, count, seed)
        return self._estimated(theta, samples, what == "jacobian", count, seed)

    def _count(self, trajectories: int | None, shots: int | None, least: int = 1, what: str = "it") -> int:
        """The number of trajectories of a call; InvalidArgumentError where the model and the call do not fit each other."""
        if self._method != TRAJECTORIES:
            raise InvalidArgumentError(
                f"trajectories is given, but the model's method is {self._method!r}; make it with method='trajectories'"
            )
        if trajectories is None:
            raise InvalidArgumentError(ESTIMATES)
        if shots is not None:
            raise InvalidArgumentError(
                "shots and trajectories are given; take shots of a model with method='density', or trajectories alone"
            )
        return trajectory_count(_arrays.integer("trajectories", trajectories), least, what)

    def _sampler(self, has_states: bool) -> Sampler:
        if has_states not in self._samplers:
            model: Any = self

            def pure(circuit: Circuit) -> ModelCalls:
                made = type(model)(circuit, model._observables, model._scale, model._precision, method="pure")
                return cast(ModelCalls, made)

            self._samplers[has_states] = Sampler(self, model, pure, has_states)
        return self._samplers[has_states]

    def _estimated(
        self, theta: ArrayLike, samples: Samples, wants_jacobian: bool, count: int, seed: int
    ) -> Estimate:
        """Of predictions, or of Jacobians."""
        sets = Theta(theta, self._n_params)
        with _interruptible():
            return self._mean(sets, samples, wants_jacobian, count, seed)

    def _mean(self, sets: Theta, samples: Samples, wants_jacobian: bool, count: int, seed: int) -> Estimate:
        sampler = self._sampler(samples._dimension > 0)
        patterns, counts = drawn(sampler.patterns, count, seed)
        weight = sampler.patterns.weight
        exact = np.zeros(()) if weight == 0 else self._exact(sampler, sets, samples, wants_jacobian)
        moments = Moments()
        for those, values in sampler.evaluate(sets, samples, patterns, wants_jacobian):
            moments.add(values, counts[those])
        mean, error = moments.mean, moments.standard_error
        if not len(counts):
            error = np.zeros_like(exact)
        mean = weight * exact + (1 - weight) * mean
        shape = (*sets.axis, len(samples), *self._outputs, *([self._n_params] if wants_jacobian else []))
        return Estimate(
            mean.reshape(shape), ((1 - weight) * error).reshape(shape), count, len(counts), weight
        )

    def _exact(self, sampler: Sampler, sets: Theta, samples: Samples, wants_jacobian: bool) -> Real:
        """The trajectory without errors."""
        none = sampler.patterns.none.astype(float)
        ((_, values),) = sampler.evaluate(sets, samples, none, wants_jacobian)
        return np.asarray(values[0])

    def _estimated_kernel(
        self,
        theta: ArrayLike,
        samples: Samples,
        second: Samples | None,
        full: bool,
        count: int,
        seed: int,
    ) -> Estimate:
        sets = Theta(theta, self._n_params)
        with _interruptible():
            return self._mean_kernel(sets, samples, second, full, count, seed)

    def _mean_kernel(
        self, sets: Theta, samples: Samples, second: Samples | None, full: bool, count: int, seed: int
    ) -> Estimate:
        sampler = self._sampler(any(one._dimension > 0 for one in (samples, second) if one is not None))
        patterns, counts = drawn(sampler.patterns, count, seed)
        weight = sampler.patterns.weight
        outputs = self._outputs if full else ()

        def jacobians(those: Samples) -> Real:
            """(u, s, rows, entries), each what a draw and the trajectory without errors together give."""
            m, k, p = len(those), self._n_outputs, self._n_params
            rows = (m * k, p) if full else (m, k * p)
            exact = np.zeros(()) if weight == 0 else self._exact(sampler, sets, those, True)
            if not len(counts):
                return np.asarray(exact.reshape(1, sets.sets, *rows))
            every = _native.result(
                "the Jacobians of all trajectories", (len(counts), sets.sets, m, k, p), 0, "trajectories"
            )
            for at, values in sampler.evaluate(sets, those, patterns, True):
                every[at] = weight * exact + (1 - weight) * values
            return np.asarray(every.reshape(len(counts), sets.sets, *rows))

        first = jacobians(samples)
        other = first if second is None else jacobians(second)
        if len(counts):
            mean, error = kernel(first, other, counts)
        else:
            mean = first[0] @ np.swapaxes(other[0], -1, -2)
            error = np.zeros_like(mean)
        m2 = len(samples if second is None else second)
        shape = (*sets.axis, len(samples), *outputs, m2, *outputs)
        return Estimate(mean.reshape(shape), error.reshape(shape), count, len(counts), weight)
