"""The limit of many gates within the algebra that the circuit's own gates generate."""

from __future__ import annotations

import numpy as np

from ...capacity import lie_algebra
from ...capacity.strings.binary import letters
from ...capacity.strings.moved import encoding_and_body, moved_generators
from ...circuits import Circuit
from ...convergence.result import Study
from ...dynamics import asymptotic_in_algebra
from ...models import Model
from ...observables import Observable, Term
from ...samples import Samples
from ..case import Case
from ..finding import REFUSALS, Finding, missing
from .promises import curve_finding, limit_times, not_followed

_MOST_QUBITS = 4
_MOST_STRINGS = 300
_MOST_MOVES = 8000  # of generators through gates
_SOURCE = "docs/maths.md, Dynamical Lie algebras"
NAME = "algebra_limit_steps"


def algebra_limit(case: Case, study: Study, target: float) -> Finding:
    """Steps to the target in the limit of many gates of the circuit's own algebra, where that is not all of su(2^n)."""
    circuit = case.model.circuit
    n = circuit.n_qubits
    reason = not_followed(case, study)
    if reason is not None:
        return missing(NAME, reason, _SOURCE)
    if n > _MOST_QUBITS:
        return missing(NAME, f"it is followed on at most {_MOST_QUBITS} qubits, the circuit has {n}", _SOURCE)
    before, body = encoding_and_body(circuit)
    if len(body) * circuit.n_params > _MOST_MOVES:
        return missing(NAME, "the gates are too many to move all generators through them", _SOURCE)
    if any(one.name == "unitary" for one in body):
        return missing(
            NAME, "gates given as matrices have too many Pauli strings; give them by name", _SOURCE
        )
    try:
        generators = body_generators(body)
        if sum(len(one.terms) for one in generators) > _MOST_STRINGS:
            return missing(NAME, f"the generators have more than {_MOST_STRINGS} Pauli strings", _SOURCE)
        algebra = lie_algebra(generators)
        if algebra.dimension >= 4**n - 1:
            return missing(
                NAME,
                "the gates generate all unitaries, so that it is the limit of Haar-random gates",
                _SOURCE,
            )
        # The fewer directions, the faster they go.
        time = limit_times(study) * algebra.dimension / (4**n - 1)
        curve = asymptotic_in_algebra(
            algebra, generators, measurement(case, body), case.y, entering(case, before), time
        )
    except REFUSALS as error:
        return missing(NAME, error, _SOURCE)
    return curve_finding(
        NAME, curve, study, target,
        f"In the limit of many gates of the circuit's own algebra, of dimension {algebra.dimension},", _SOURCE,
        "A circuit follows this if it is deep and its fixed gates and other angles mix over the group.",
    )  # fmt: skip


def body_generators(body: Circuit) -> list[Observable]:
    """The generators of the parameters, moved through the fixed gates before them."""
    n = body.n_qubits
    return [
        Observable.from_terms(n, [Term(value, letters(string, n)) for string, value in one.items()])
        for one in moved_generators(body).generators
    ]


def measurement(case: Case, body: Circuit) -> np.ndarray:
    """scale U^+ O U at the start, (d, d)."""
    observable = case.model.observable
    assert isinstance(observable, Observable)
    unitary = body.matrix(case.theta)
    return np.asarray(case.model.scale * unitary.conj().T @ observable.matrix() @ unitary)


def entering(case: Case, before: Circuit) -> np.ndarray:
    """The states that enter the part with parameters, (m, d) or (m, d, d)."""
    given = case.samples
    features = given.X
    outside = None if features is None else features[:, : before.n_features]
    states = given.states
    if states is None:
        states = np.zeros((len(given), 2**before.n_qubits), dtype=np.complex128)
        states[:, 0] = 1
    observable = case.model.observable
    assert isinstance(observable, Observable)
    return Model(before, observable).output_states(np.zeros(0), Samples(outside, states))
