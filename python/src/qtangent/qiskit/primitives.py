"""Qiskit's estimator on this library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from qiskit.primitives import BaseEstimatorV2, DataBin, PrimitiveJob, PrimitiveResult, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub

from .._native.arrays import Real
from ..models import Model
from .batches import Models, Question


class Estimator(BaseEstimatorV2):  # type: ignore[misc]
    """Exact expectation values for Qiskit's algorithms; all values and observables of one circuit are one call.

    Whatever precision is asked for, results are exact and their standard deviations 0. Circuits are those of
    `qtangent.qiskit.from_circuit`, whose angles are affine in Qiskit's parameters, products of two allowed.
    """

    def __init__(self) -> None:
        self._models = Models()

    def run(self, pubs: Iterable[Any], *, precision: float | None = None) -> Any:
        """A job for a list of PUBs: (circuit, observables, parameter values, precision).

        Args:
            pubs: what Qiskit's estimators take; values and observables are broadcast against each other.
            precision: not looked at.

        Returns:
            A `PrimitiveJob` whose result has a `PubResult` a PUB, with `data.evs` and `data.stds`.

        Raises:
            ValueError: for what is no PUB. The job's result raises InvalidArgumentError, a ValueError, for circuits,
                observables and values that cannot be taken.
        """
        job = PrimitiveJob(self._run, [EstimatorPub.coerce(pub, precision) for pub in pubs])
        job._submit()
        return job

    def _run(self, pubs: list[Any]) -> Any:
        questions: list[Question] = []
        shapes = []
        for pub in pubs:
            values = pub.parameter_values.as_array(pub.circuit.parameters)
            numbers = np.arange(int(np.prod(values.shape[:-1]))).reshape(values.shape[:-1])
            rows = np.ascontiguousarray(values.reshape(numbers.size, -1), dtype=np.float64)
            pairs = np.broadcast_arrays(numbers, np.asarray(pub.observables))
            shapes.append(pairs[0].shape)
            questions += [
                Question(pub.circuit, observable, rows[number])
                for number, observable in zip(*(one.ravel() for one in pairs), strict=True)
            ]
        found = np.array(self._models.answers(questions, _predictions), dtype=np.float64)
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        results = []
        for pub, shape, evs in zip(pubs, shapes, np.split(found, ends[:-1]), strict=True):
            data = DataBin(evs=evs.reshape(shape), stds=np.zeros(shape), shape=shape)
            metadata = {"target_precision": 0.0, "circuit_metadata": pub.circuit.metadata}
            results.append(PubResult(data, metadata=metadata))
        return PrimitiveResult(results, metadata={"version": 2})


def _predictions(model: Model, X: Real | None) -> Real:
    return model.predict((), X)
