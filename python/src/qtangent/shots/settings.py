"""What detectors have to be set to for an observable: parts of it that are measured together, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .._native.arrays import Real
from ..circuits import Circuit
from ..observables import Observable, Term

# Outcomes that differ by less, relative to the largest, are one.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Setting:
    """One setting of the detectors.

    Attributes:
        part: the sum of terms that it measures.
        change: what turns its eigenbasis into the computational one; None where two outcomes make its expectation enough.
        basis: the letter that is measured on each qubit, I where none is; None for a dense matrix.
        outcomes: (D,), what can come out.
        order: (2^n,), the basis states sorted by their outcomes, where there is a change.
        starts: (D,), where the states of each outcome begin in that order.
    """

    part: Observable
    change: Circuit | None
    basis: str | None
    outcomes: Real
    order: NDArray[np.int64]
    starts: NDArray[np.int64]


def settings(observable: Observable) -> tuple[float, list[Setting]]:
    """What needs no measurement, and the settings: one for a dense matrix with everything beside it, which is measured in
    its eigenbasis; else one for each group of terms that commute qubit by qubit, each term in the first that it fits."""
    n = observable.n_qubits
    if observable.dense is not None:
        values, vectors = np.linalg.eigh(observable.matrix())
        return 0.0, [_setting(observable, Circuit(n).unitary(vectors.conj().T), None, values)]
    constant, groups = 0.0, list[tuple[list[str], list[Term]]]()
    for term in observable.terms:
        letters = term.pauli or "Z" * n
        if set(letters) == {"I"} or term.coefficient == 0:
            constant += term.coefficient
            continue
        for basis, terms in groups:
            if all("I" in (a, b) or a == b for a, b in zip(basis, letters, strict=True)):
                basis[:] = [b if a == "I" else a for a, b in zip(basis, letters, strict=True)]
                terms.append(term)
                break
        else:
            groups.append((list(letters), [term]))
    return constant, [_group(n, basis, terms) for basis, terms in groups]


def _group(n: int, basis: list[str], terms: list[Term]) -> Setting:
    part = Observable.from_terms(n, terms)
    if len(terms) == 1:
        value = terms[0].coefficient
        outcomes = np.array([0.0 if terms[0].pauli is None else -value, value])
        return Setting(part, None, "".join(basis), outcomes, _NONE, _NONE)
    change = Circuit(n)
    for qubit, letter in enumerate(basis):
        if letter == "X":
            change.h(qubit)
        elif letter == "Y":
            change.sdg(qubit).h(qubit)
    values = _native.result("a table of the outcomes of basis states", (2**n,), 0, "qubits")
    values[:] = 0
    for term in terms:
        values += _diagonal(term)
    return _setting(part, change, "".join(basis), values)


_NONE = np.empty(0, dtype=np.int64)


def _diagonal(term: Term) -> Real:
    """What the term adds on each basis state, its letters turned to Z."""
    result = np.array([term.coefficient])
    for letter in term.pauli or term.projector or "":
        factor = {"I": (1.0, 1.0), "0": (1.0, 0.0), "1": (0.0, 1.0)}.get(letter, (1.0, -1.0))
        result = np.multiply.outer(result, factor).ravel()
    return result


def _setting(part: Observable, change: Circuit, basis: str | None, values: Real) -> Setting:
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    gaps = np.diff(ascending) > _ROUNDING * max(np.abs(values).max(), 1e-300)
    starts = np.concatenate([[0], np.flatnonzero(gaps) + 1])
    outcomes = ascending[starts]
    return Setting(part, None if len(outcomes) == 2 else change, basis, outcomes, order, starts)
