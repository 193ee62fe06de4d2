"""What is measured after a circuit, and the targets that fit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .._native.errors import InvalidArgumentError
from ..convergence.words import number
from ..datasets import Dataset
from ..models import Model
from ..observables import Observable, pauli

_SHOWN = 4


@dataclass(frozen=True)
class Measured:
    """Observables, and how they are called in the report."""

    observables: list[Observable]
    text: str

    @property
    def observable(self) -> Observable | list[Observable]:
        """As a Model takes it: one, or a list of several."""
        return self.observables if len(self.observables) > 1 else self.observables[0]


def of_model(model: Model) -> Measured:
    """Those of a model."""
    found = model.observable
    observables = found if isinstance(found, list) else [found]
    return Measured(observables, ", ".join(map(_described, observables)))


def given_observables(sums: Sequence[str], n_qubits: int) -> Measured:
    """Those of --observable.

    Raises:
        InvalidArgumentError: a sum cannot be read, or is for another number of qubits.
    """
    observables = [pauli(one) for one in sums]
    for text, one in zip(sums, observables, strict=True):
        if one.n_qubits != n_qubits:
            raise InvalidArgumentError(
                f"--observable {text!r} is for {one.n_qubits} qubits, the circuit has {n_qubits}: "
                f"give one letter a qubit, I where nothing is measured"
            )
    return Measured(observables, ", ".join(sums))


def default_observables(outputs: int, n_qubits: int, measured: Sequence[int]) -> Measured:
    """Z on as many qubits as there are outputs: those that the circuit's file measures first, else the first ones.

    Raises:
        InvalidArgumentError: the circuit has too few qubits.
    """
    qubits = list(measured if len(measured) >= outputs else range(n_qubits))[:outputs]
    if len(qubits) < outputs:
        raise InvalidArgumentError(
            f"{outputs} classes need an output each, and the circuit has {n_qubits} qubits to measure Z on: "
            f"name {outputs} sums with --observable, or fewer classes"
        )
    observables = [pauli("I" * one + "Z" + "I" * (n_qubits - one - 1)) for one in qubits]
    where = f"qubit {qubits[0]}" if outputs == 1 else f"qubits {', '.join(map(str, qubits))}"
    return Measured(observables, f"Z on {where}")


def fitted(data: Dataset, outputs: int) -> Dataset:
    """The data set with targets for so many observables: of two classes one for both, or one each.

    Raises:
        InvalidArgumentError: for another number of observables than classes.
    """
    classes = 2 if data.y.ndim == 1 else data.y.shape[1]
    if outputs == (1 if classes == 2 else classes):
        return data
    if outputs != classes:
        wanted = "one for both, or one each" if classes == 2 else "one each"
        raise InvalidArgumentError(
            f"{outputs} observables for {classes} classes of {data.name}: give {wanted}"
        )
    y_test = None if data.y_test is None else np.stack([data.y_test, -data.y_test], axis=1)
    return replace(data, y=np.stack([data.y, -data.y], axis=1), y_test=y_test)


def _described(observable: Observable) -> str:
    """A sum as people write it, of long ones the beginning."""
    terms = [
        (one.coefficient, one.pauli or f"|{one.projector}><{one.projector}|") for one in observable.terms
    ]
    signs = {1.0: "", -1.0: "-"}
    shown = [signs.get(factor, f"{number(factor)} ") + name for factor, name in terms[:_SHOWN]]
    if len(terms) > _SHOWN:
        shown.append(f"... ({len(terms)} terms)")
    if observable.dense is not None:
        shown.append("a dense matrix")
    return " + ".join(shown).replace("+ -", "- ")
