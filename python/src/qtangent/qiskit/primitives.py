"""Qiskit's estimator on this library."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from qiskit.primitives import BaseEstimatorV2, DataBin, PrimitiveJob, PrimitiveResult, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub

from .._native.arrays import Real
from ..models import Model
from ..shots.settings import settings
from .batches import Models, Question


class Estimator(BaseEstimatorV2):  # type: ignore[misc]
    """Expectation values for Qiskit's algorithms; all values and observables of one circuit are one call.

    Without a precision they are exact. With one they are measured with so many shots that no standard error exceeds it:
    1/precision^2 for a Pauli string with coefficient 1; for sums the squares of half the range of each setting are added up
    in the place of 1. Circuits are those of `qtangent.qiskit.from_circuit`, whose angles are affine in Qiskit's parameters,
    products of two allowed; channels are simulated by density matrices.

    Args:
        default_precision: for PUBs and runs that name none; 0 for exact values.
        seed: of shots; the same seed gives the same values in the same runs. Without one they differ.

    Raises:
        ValueError: for a precision that is negative or not finite.
    """

    def __init__(self, *, default_precision: float = 0.0, seed: int | None = None) -> None:
        self._models = Models()
        self._default = _checked(default_precision)
        self._random = np.random.default_rng(seed)

    def run(self, pubs: Iterable[Any], *, precision: float | None = None) -> Any:
        """A job for a list of PUBs: (circuit, observables, parameter values, precision).

        Args:
            pubs: what Qiskit's estimators take; values and observables are broadcast against each other.
            precision: the largest standard error, for PUBs without their own; 0 for exact values.

        Returns:
            A `PrimitiveJob` whose result has a `PubResult` a PUB, with `data.evs` and their exact standard errors,
            `data.stds`.

        Raises:
            ValueError: for what is no PUB, and as the class. The job's result raises InvalidArgumentError, a ValueError, for
                circuits, observables and values that cannot be taken.
        """
        wanted = self._default if precision is None else _checked(precision)
        coerced = [EstimatorPub.coerce(pub, wanted) for pub in pubs]
        # Drawn here: jobs run in threads of their own.
        job = PrimitiveJob(self._run, coerced, int(self._random.integers(2**63)))
        job._submit()
        return job

    def _run(self, pubs: list[Any], seed: int) -> Any:
        shapes, questions = [], dict[float, list[Question]]()
        for pub in pubs:
            values = pub.parameter_values.as_array(pub.circuit.parameters)
            numbers = np.arange(int(np.prod(values.shape[:-1]))).reshape(values.shape[:-1])
            rows = np.ascontiguousarray(values.reshape(numbers.size, -1), dtype=np.float64)
            pairs = np.broadcast_arrays(numbers, np.asarray(pub.observables))
            shapes.append(pairs[0].shape)
            questions.setdefault(pub.precision, []).extend(
                Question(pub.circuit, observable, rows[number])
                for number, observable in zip(*(one.ravel() for one in pairs), strict=True)
            )
        found = {precision: iter(self._found(precision, own, seed)) for precision, own in questions.items()}
        results = []
        for pub, shape in zip(pubs, shapes, strict=True):
            own = [next(found[pub.precision]) for _ in range(int(np.prod(shape)))]
            evs, stds = np.array(own, dtype=np.float64).reshape(*shape, 2).transpose(-1, *range(len(shape)))
            data = DataBin(evs=evs.copy(), stds=stds.copy(), shape=shape)
            metadata = {"target_precision": pub.precision, "circuit_metadata": pub.circuit.metadata}
            results.append(PubResult(data, metadata=metadata))
        return PrimitiveResult(results, metadata={"version": 2})

    def _found(self, precision: float, questions: list[Question], seed: int) -> list[Real]:
        """Expectation value and standard error of each question."""
        if precision == 0:
            return self._models.answers(questions, _exact)
        seeds = np.random.default_rng([seed, *np.array([precision]).view(np.uint32).tolist()])

        def measured(model: Model, X: Real | None, rows: int) -> Real:
            # A circuit without features has rows as sets of no parameters.
            sets = np.zeros((1 if X is not None else rows, 0))
            shots = _shots(model, precision)
            means = model.predict(sets, X, shots=shots, seed=int(seeds.integers(2**63)))
            variances = model.prediction_variance(sets, X, shots=shots)
            return np.stack([means, np.sqrt(variances)], axis=-1).reshape(rows, -1, 2)

        return self._models.answers(questions, measured, is_random=True)


def _exact(model: Model, X: Real | None, rows: int) -> Real:
    found = model.predict((), X)
    return np.stack([found, np.zeros_like(found)], axis=-1)


def _shots(model: Model, precision: float) -> int:
    """How many of each setting leave no standard error above the precision: outcomes in a range of r have a variance of at
    most (r/2)^2."""
    observables = model.observable if isinstance(model.observable, list) else [model.observable]
    bounds = [sum(np.ptp(one.outcomes) ** 2 for one in settings(each)[1]) / 4 for each in observables]
    return max(1, math.ceil(max(bounds) / precision**2))


def _checked(precision: float) -> float:
    if not (isinstance(precision, (int, float)) and 0 <= precision < math.inf):
        raise ValueError(f"precision is {precision!r}; a standard error of at least 0 is expected")
    return float(precision)
