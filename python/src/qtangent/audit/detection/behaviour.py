"""Whether training under a configuration still learns more than the most frequent class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from ...circuits import Circuit
from ...models import Model
from ..classification import checked_labels, classes, fitted
from ..report import INTACT, TAMPERED, Test
from .case import Case, worst
from .segments import bound

MEASURE = "accuracy after training"
_STEPS = 100
_RATE = 0.05


def behaviour_test(case: Case) -> Test:
    """Trains the suspect and the reference alike on the labelled probes. Without the data no training gets beyond the share
    of the most frequent class; the reference must."""
    if case.model is None or case.y is None:
        lacking = "a model" if case.model is None else "labels y"
        return Test.not_run(MEASURE, f"it needs {lacking}")
    if case.reference is None:
        return Test.not_run(MEASURE, "there is neither a golden circuit nor a configuration to compare with")
    if not case.suspect.circuit.n_params:
        return Test.not_run(MEASURE, "the circuit has no weights")
    labels = checked_labels(case.model, case.y)
    share = float(np.bincount(labels).max() / len(labels))
    reference = _accuracy(case.reference.circuit, case, labels)
    # A reference that learns nothing itself says nothing about the suspect.
    needed = binom.isf(case.level_of_one, len(labels), share) / len(labels)
    if reference <= needed:
        return Test.not_run(
            MEASURE,
            f"the reference itself gets to {reference:.3f} in {_STEPS} steps, not clearly above the most frequent class, "
            f"{share:.3f}",
        )

    def judged(name: str, circuit: Circuit) -> Test:
        found = _accuracy(circuit, case, labels)
        learns = found > share
        why = f"{name} training gets {'above' if learns else 'no further than'} the most frequent class"
        return Test(MEASURE, found, reference, share, INTACT if learns else TAMPERED, why)

    return worst([judged(name, bound(case.suspect.circuit, one)) for name, one in case.configurations])


def _accuracy(circuit: Circuit, case: Case, labels: NDArray[np.int64]) -> float:
    assert case.model
    model = Model(circuit, case.model.observable, case.model.scale)
    theta = fitted(model, case.theta, case.X, labels, _STEPS, _RATE)
    return float((classes(model, model.predict(theta, case.X)) == labels).mean())
