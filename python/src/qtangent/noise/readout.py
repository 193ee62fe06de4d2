"""Readout errors: what detectors report in the place of what was there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from .. import pauli_sums
from .._native.errors import InvalidArgumentError
from ..observables import Observable, Term
from .probabilities import different_qubits, probability

# A projector on so many qubits is a sum of a thousand strings.
_MOST_PROJECTED = 10

# Where e0 and e1 differ, a string with so many letters is read as four thousand strings.
_MOST_LETTERS = 12


def readout(
    observable: Observable, e0: float, e1: float, qubits: int | Sequence[int] | None = None
) -> Observable:
    """The observable whose exact expectation is that of `observable` with readout errors, which are independent from
    qubit to qubit: every letter P of a Pauli string becomes (1 - e0 - e1) P + (e1 - e0), since it is measured as Z behind
    a rotation. Derived in docs/maths.md; derivatives need nothing else.

    Args:
        observable: Pauli strings and projectors on basis states.
        e0: P(1|0), the probability that 0 is read as 1.
        e1: P(0|1), the probability that 1 is read as 0.
        qubits: those with errors; all by default.

    Raises:
        InvalidArgumentError: for probabilities outside [0, 1], for qubits that the observable does not have or that are
            named twice, for dense matrices, which nobody measures qubit by qubit, for projectors on more than 10 qubits,
            and where e0 and e1 differ on more than 12 letters of a string.
    """
    _check_observable(observable)
    e0, e1 = probability("e0", e0), probability("e1", e1)
    n = observable.n_qubits
    where = set(different_qubits(range(n) if qubits is None else qubits))
    if bad := sorted(qubit for qubit in where if not 0 <= qubit < n):
        raise InvalidArgumentError(
            f"qubit {bad[0]} has readout errors; the observable has qubits 0 to {n - 1}"
        )
    if observable.dense is not None:
        raise InvalidArgumentError(
            "readout errors are those of qubits, and a dense observable is not measured qubit by qubit; write it as a "
            "sum of qt.pauli"
        )
    sums: dict[str, float] = {}
    for term in observable.terms:
        for letters, coefficient in _strings(term, n):
            for read, factor in _read(letters, where, 1 - e0 - e1, e1 - e0):
                sums[read] = sums.get(read, 0.0) + coefficient * factor
    return Observable.from_terms(n, [Term(value, pauli=letters) for letters, value in sums.items()])


def _check_observable(value: object) -> None:
    if not isinstance(value, Observable):
        raise InvalidArgumentError(
            f"{value!r} is no observable; give one, such as qt.pauli, and several one by one"
        )


def _strings(term: Term, n: int) -> Iterator[tuple[str, float]]:
    if term.pauli is not None:
        yield term.pauli, term.coefficient
        return
    if n > _MOST_PROJECTED:
        raise InvalidArgumentError(
            f"a projector on {n} qubits is a sum of {2**n} Pauli strings; readout errors are for at most "
            f"{_MOST_PROJECTED} qubits, measure Pauli strings instead"
        )
    for share, letters in pauli_sums.of_projector(term.projector or ""):
        yield letters, term.coefficient * share


def _read(letters: str, where: set[int], kept: float, shift: float) -> Iterator[tuple[str, float]]:
    """The product over qubits of kept P + shift."""
    acting = [k for k, letter in enumerate(letters) if letter != "I" and k in where]
    choices = (False, True) if shift else (False,)
    if shift and len(acting) > _MOST_LETTERS:
        raise InvalidArgumentError(
            f"{letters} has {len(acting)} letters with readout errors e0 and e1 that differ, which makes it a sum of "
            f"{2 ** len(acting)} strings; {_MOST_LETTERS} letters are the limit, name fewer qubits or take e0 = e1"
        )
    for lost in product(choices, repeat=len(acting)):
        gone = {k for k, is_lost in zip(acting, lost, strict=True) if is_lost}
        read = "".join("I" if k in gone else letter for k, letter in enumerate(letters))
        yield read, kept ** (len(acting) - len(gone)) * shift ** len(gone)
