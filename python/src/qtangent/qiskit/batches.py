"""Many questions about circuits, observables and values, answered with one call a circuit."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._native import arrays
from .._native.arrays import Real
from ..angles import feature
from ..circuits import Circuit
from ..models import Model
from .observables import observable
from .package import gates
from .reading import Reader

_MOST_MODELS = 64


@dataclass(frozen=True)
class Question:
    """An observable after a circuit at values of its parameters."""

    circuit: Any
    observable: Any
    """What `qtangent.qiskit.observable` takes, or Pauli labels with their coefficients."""
    values: Real
    """(f,), in the order of `circuit.parameters`."""


class Models:
    """Answers questions, and keeps the models that it makes for them.

    Qiskit's parameters are features of these models, of which products may be angles, as feature maps have them.
    """

    def __init__(self) -> None:
        self._models: OrderedDict[Hashable, Model] = OrderedDict()

    def answers(
        self,
        questions: Sequence[Question],
        call: Callable[[Model, Real | None, int], Real],
        is_random: bool = False,
    ) -> list[Real]:
        """What a call gives for each question: of the array (m, k, ...) of a model of k observables and m rows of features
        (m, f), or of none where the circuit has no parameters, the entry of the question. Each circuit is asked once for all
        of the observables and values that go together.

        Args:
            questions: any.
            call: of a model, its features, and m.
            is_random: whether equal questions may have different answers.

        Raises:
            InvalidArgumentError: for circuits and observables that cannot be taken over, and values that are not finite.
        """
        circuits = {id(one.circuit): one.circuit for one in questions}
        keys = {number: _circuit_key(circuit) for number, circuit in circuits.items()}
        known: dict[int, Hashable] = {}
        rows: defaultdict[tuple[Hashable, bytes, int], dict[Hashable, list[int]]] = defaultdict(dict)
        asked: Counter[Hashable] = Counter()
        for place, one in enumerate(questions):
            if id(one.observable) not in known:
                known[id(one.observable)] = _observable_key(one.observable)
            key, at, about = keys[id(one.circuit)], one.values.tobytes(), known[id(one.observable)]
            row = rows[key, at, asked[key, at, about] if is_random else 0]
            row.setdefault(about, []).append(place)
            asked[key, at, about] += 1
        groups: defaultdict[Hashable, list[dict[Hashable, list[int]]]] = defaultdict(list)
        for (circuit, *_), row in rows.items():
            groups[circuit, tuple(row)].append(row)
        found: dict[int, Real] = {}
        for key, members in groups.items():
            first = [questions[places[0]] for places in members[0].values()]
            model = self._model(key, first)
            values = np.stack([questions[next(iter(row.values()))[0]].values for row in members])
            arrays.finite("parameter_values", values)
            features = values[:, : model.circuit.n_features] if model.circuit.n_features else None
            result = call(model, features, len(members))
            for number, row in enumerate(members):
                for output, places in enumerate(row.values()):
                    # Exact answers of a circuit without features have one row.
                    found.update(dict.fromkeys(places, result[min(number, len(result) - 1), output]))
        return [found[place] for place in range(len(questions))]

    def _model(self, key: Hashable, questions: list[Question]) -> Model:
        model = self._models.get(key)
        if model is None:
            observables = [observable(_operator(one.observable)) for one in questions]
            model = self._models[key] = Model(_with_features(questions[0].circuit), observables)
            if len(self._models) > _MOST_MODELS:
                self._models.popitem(last=False)
        self._models.move_to_end(key)
        return model


def _with_features(qc: Any) -> Circuit:
    """The circuit with all parameters as features, in the order of `qc.parameters`."""
    leaves = {one: feature(k) for k, one in enumerate(qc.parameters)}
    return Circuit.from_instructions(qc.num_qubits, Reader(leaves).read(qc, range(qc.num_qubits)))


def _circuit_key(qc: Any) -> Hashable:
    """Equal for equal circuits; an operation that is no gate of the table counts as itself."""
    bits = {bit: k for k, bit in enumerate(qc.qubits)}
    return (
        qc.num_qubits,
        tuple(qc.parameters),
        tuple((_operation_key(one.operation), tuple(bits[bit] for bit in one.qubits)) for one in qc.data),
    )


def _operation_key(operation: Any) -> Hashable:
    if (operation.name, getattr(operation, "base_class", type(operation))) in gates():
        return operation.name, tuple(operation.params)
    return _Same(operation)


class _Same:
    """An object that equals itself alone, and lives as long as this."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._value is other._value

    def __hash__(self) -> int:
        return id(self._value)


def _observable_key(given: Any) -> Hashable:
    if isinstance(given, dict):
        return tuple(given.items())
    operator = _operator(given)
    if hasattr(operator, "paulis"):
        return tuple(zip(operator.paulis.to_labels(), operator.coeffs.tolist(), strict=True))
    return _Same(operator)


def _operator(given: Any) -> Any:
    """A dictionary of labels and coefficients as an operator; its labels may have projectors as letters."""
    from qiskit.quantum_info import SparseObservable

    return SparseObservable.from_list(list(given.items())) if isinstance(given, dict) else given
