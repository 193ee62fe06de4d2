"""What the Lie algebra of a deep circuit says of the variance of its derivatives, exactly."""

from __future__ import annotations

import numpy as np

from ... import capacity
from ...convergence.codes import Code
from ...convergence.words import number
from ..case import Case
from ..finding import Finding, missing
from ..work import drawn_samples, told

_SOURCE = "Fontana et al., Nature Communications 15, 7171 (2024); Ragone et al., Nature Communications 15, 7172 (2024)"
_SAMPLES = 16
_MOST_MOVES = 4_000_000
"""Of one Pauli string to another, by gates that are given as matrices; two seconds."""


def predicted_variance(case: Case) -> Finding:
    """`qtangent.capacity.gradient_variance_prediction`, or why there is none.

    Raises:
        QTangentError: from the simulation.
    """
    circuit = case.model.circuit
    matrices = sum(one.name == "unitary" for one in circuit)
    if matrices * circuit.n_params * 16**circuit.n_qubits > _MOST_MOVES:
        return missing(
            "predicted_variance",
            f"moving {circuit.n_params} generators through {matrices} gates that are given as matrices takes long; "
            "qt.capacity.gradient_variance_prediction does it",
            _SOURCE,
        )
    rows = drawn_samples(case, _SAMPLES)
    found = capacity.gradient_variance_prediction(case.model, X=case.samples[rows])
    if found.variance is None or found.mean is None:
        return missing("predicted_variance", f"no prediction, {found.reason}", _SOURCE)
    known = np.isfinite(found.variance)
    some = f" ({found.reason})" if found.reason else ""
    return Finding(
        "predicted_variance", found.mean, None, None, Code.NOTED,
        f"By the Lie algebra of the generators, of dimension {found.algebra_dimension}, the derivatives have the variance "
        f"{number(found.mean)} where both sides of a gate are deep, {int(known.sum())} of {known.size} derivatives{some}.",
        _SOURCE, told(case, rows),
    )  # fmt: skip
