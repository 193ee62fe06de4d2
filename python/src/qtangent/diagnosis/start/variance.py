"""How far the derivatives of predictions scatter at this size, against circuits drawn at random from all unitaries."""

from __future__ import annotations

import numpy as np

from ... import capacity
from ..._native.errors import InvalidArgumentError
from ...convergence.codes import Code
from ...convergence.words import number
from ...models import Model
from ...observables import Observable
from ..case import Case
from ..finding import Finding
from ..work import some_samples, told

_SOURCE = 'McClean et al., Nature Communications 9, 4812 (2018); docs/maths.md, "Will training start"'
DRAWS = {"quick": 100, "full": 400}
_WORK = {"quick": 4e9, "full": 1e11}
_AS_RANDOM = 2.0
"""Up to this multiple of its mean over Haar-random circuits a variance is as small as theirs."""
_FEWEST_QUBITS = 6
"""Below, random circuits have large derivatives too."""
_MATRIX_QUBITS = 10


def gradient_variance(case: Case) -> Finding:
    """`qtangent.capacity.gradient_variance` at this size.

    Raises:
        QTangentError: from the simulation.
    """
    draws = DRAWS[case.budget]
    rows = some_samples(case, draws, _WORK[case.budget])
    found = capacity.gradient_variance(case.model, X=case.samples[rows], draws=draws, seed=case.seed)
    low, high = found.interval
    haar, why = _haar(case.model)
    begun = (
        f"Over random theta the derivatives of predictions have the variance {number(found.mean)} "
        f"[{number(low)}, {number(high)}]"
    )
    verdict = Code.UNDECIDED
    if found.mean == 0:
        verdict, sentence = Code.PLATEAU, "At random theta no prediction depends on any parameter."
    elif haar is None:
        sentence = f"{begun}; what random circuits have is not known: {why}."
    elif high < _AS_RANDOM * haar and case.model.circuit.n_qubits >= _FEWEST_QUBITS:
        verdict = Code.PLATEAU
        sentence = (
            f"{begun}, as circuits drawn at random from all unitaries have ({number(haar)}), where it halves with each "
            "qubit."
        )
    else:
        sentence = (
            f"{begun}, {number(found.mean / haar)} times that of circuits drawn at random from all unitaries."
        )
    caveat = (
        "One size shows no trend, and random theta say nothing of a start that is chosen. "
        f"{draws} draws. {told(case, rows)}"
    )
    threshold = None if haar is None else _AS_RANDOM * haar
    return Finding(
        "gradient_variance",
        found.mean,
        found.interval,
        threshold,
        verdict,
        sentence,
        _SOURCE,
        caveat.rstrip(),
    )


def _haar(model: Model) -> tuple[float | None, str]:
    """The mean over parameters of E (d yhat/d theta_l)^2 over Haar-random circuits and pure states, and over outputs:
    2 Zsum tr(M - tr M/d)^2/((d + 1) p); or why there is none."""
    try:
        z_sum = model.z_sum
    except InvalidArgumentError as error:
        return None, str(error)
    given = model.observable
    squares = [_square(one) for one in (given if isinstance(given, list) else [given])]
    known = [one for one in squares if one is not None]
    if len(known) < len(squares) or not z_sum:
        return None, f"the observable is no sum of Pauli strings and has more than {_MATRIX_QUBITS} qubits"
    d = 2.0**model.circuit.n_qubits
    return 2 * z_sum * model.scale**2 * float(np.mean(known)) * d / ((d + 1) * model.n_params), ""


def _square(observable: Observable) -> float | None:
    """tr(O - tr O/d)^2/d."""
    if observable.dense is None and all(term.pauli is not None for term in observable.terms):
        return float(sum(term.coefficient**2 for term in observable.terms if (term.pauli or "").strip("I")))
    if observable.n_qubits > _MATRIX_QUBITS:
        return None
    matrix = observable.matrix()
    mean = float(np.trace(matrix).real) / len(matrix)
    return float(np.sum(np.abs(matrix) ** 2)) / len(matrix) - mean**2
