"""Gradients for Qiskit Machine Learning by the adjoint method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from qiskit_machine_learning.gradients import BaseEstimatorGradient, EstimatorGradientResult

from .._native.arrays import Real
from ..models import Model
from .batches import Models, Question
from .primitives import Estimator


class EstimatorGradient(BaseEstimatorGradient):  # type: ignore[misc]
    """Exact gradients of expectation values, those of one circuit from one call: `EstimatorQNN(..., gradient=...)`.

    Circuits are those of `qtangent.qiskit.Estimator`.
    """

    def __init__(self) -> None:
        super().__init__(Estimator())
        self._models = Models()

    def _run(
        self,
        circuits: Sequence[Any],
        observables: Sequence[Any],
        parameter_values: Sequence[Sequence[float]] | Real,
        parameters: Sequence[Sequence[Any]],
        **options: Any,
    ) -> Any:
        questions = [
            Question(circuit, observable, np.asarray(values, dtype=np.float64))
            for circuit, observable, values in zip(circuits, observables, parameter_values, strict=True)
        ]
        whole = self._models.answers(questions, _derivatives)
        places: dict[int, dict[Any, int]] = {}
        for circuit in circuits:
            if id(circuit) not in places:
                places[id(circuit)] = {one: k for k, one in enumerate(circuit.parameters)}
        gradients = []
        for circuit, gradient, wanted in zip(circuits, whole, parameters, strict=True):
            columns = [places[id(circuit)][one] for one in wanted]
            # A parameter of a global phase alone is behind the last feature.
            padded = np.zeros(len(places[id(circuit)]))
            padded[: len(gradient)] = gradient
            gradients.append(padded[columns])
        metadata = [{"parameters": wanted} for wanted in parameters]
        return EstimatorGradientResult(gradients=gradients, metadata=metadata, options=self._default_options)


def _derivatives(model: Model, X: Real | None, rows: int) -> Real:
    if X is None:
        return np.zeros((1, model.n_outputs, 0))
    return model.jacobian((), X, wrt="X")
