"""The samples that matter: the two of different labels that overlap most, and those that training leaves wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..convergence.task import LEFT, Task
from ..convergence.theory import data_floors
from ..runs import Run
from .case import Case

_MOST_WRONG = 8
_DISTINCT = 1e-9
_MOST_VALUES = 256


@dataclass(frozen=True)
class Specimen:
    """One sample."""

    kind: Literal["overlap", "misclassified", "far"]
    """"overlap" comes in pairs; "far" has the largest residuals where labels are no classes."""
    sample: int
    label: tuple[float, ...]
    """One an output."""
    prediction: tuple[float, ...]
    """After the short training."""
    overlap: float | None
    """|<a|b>|^2 of a pair's encoded states."""
    values: tuple[float, ...]
    """Its features, or without features its state's amplitudes, the moduli of complex ones; none where too many."""


def specimens(case: Case, run: Run, task: Task) -> tuple[Specimen, ...]:
    """The pair first, then the worst of what is wrong after the training."""
    predictions = np.asarray(run.predictions)[-1]
    X, states = case.samples.X, case.samples.states

    def one(
        kind: Literal["overlap", "misclassified", "far"], sample: int, overlap: float | None = None
    ) -> Specimen:
        values = np.zeros(0)
        if X is not None:
            values = X[sample]
        elif states is not None and states.ndim == 2:
            values = np.abs(states[sample]) if states.imag.any() else states[sample].real
        return Specimen(
            kind,
            sample,
            tuple(np.ravel(case.y[sample]).tolist()),
            tuple(np.ravel(predictions[sample]).tolist()),
            overlap,
            tuple(values.tolist()) if len(values) <= _MOST_VALUES else (),
        )

    found = [one("overlap", sample, overlap) for sample, overlap in _closest(run)]
    residuals = np.abs(predictions - case.y).reshape(len(case.y), -1).max(axis=1)
    if task.has_classes:
        wrong = np.flatnonzero(~task.right(predictions))
        kind: Literal["misclassified", "far"] = "misclassified"
    else:
        wrong, kind = np.flatnonzero(residuals**2 / 2 > LEFT * task.reference), "far"
    worst = wrong[np.argsort(-residuals[wrong], kind="stable")][:_MOST_WRONG]
    return (*found, *(one(kind, int(sample)) for sample in worst))


def _closest(run: Run) -> list[tuple[int, float]]:
    """The pair of differently labelled samples whose states overlap most, over all outputs; none where no pair is known."""
    floors, _ = data_floors(run)
    pairs = [one for one in floors if one.closest_pair is not None]
    if not pairs:
        return []
    closest = max(pairs, key=lambda one: one.closest_overlap)
    if closest.closest_pair is None or closest.closest_overlap < _DISTINCT:
        return []
    return [(sample, closest.closest_overlap) for sample in closest.closest_pair]
