"""Circuits from Qiskit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .._native.errors import InvalidArgumentError
from ..angles import Angle, feature, param
from ..circuits import Circuit
from ..instructions import Instruction
from .angles import read_angle
from .channels import read_channel
from .observables import little_endian, observable
from .package import gates, load

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter, ParameterVector

# Without effect on a state.
_IDLE = {"barrier", "id", "delay", "global_phase"}
_MAXIMUM_DEPTH = 100


def from_circuit(
    qc: QuantumCircuit,
    params: Iterable[Parameter | ParameterVector | str] | None = None,
    features: Iterable[Parameter | ParameterVector | str] = (),
) -> Circuit:
    """A circuit from Qiskit, whose qubit k is qubit k here.

    Gates of docs/gates.md stay what they are, others are taken apart by their definition, or become their matrix. A
    `PauliEvolutionGate` becomes `evolve`, the exact exponential that Qiskit's own simulators take it for; decompose the
    circuit first to get the product formula of its synthesis. `Kraus` and errors of Qiskit Aer
    become channels. Measurements at the end, barriers, delays and global phases are dropped.

    Args:
        qc: no measurement before a gate on the same qubit, no reset, no control flow.
        params: the Qiskit parameters that are trained, theta[0] first: parameters, vectors of them, or names of either;
            by default all that are not features, in the order of `qc.parameters`.
        features: those that are data, X[:, 0] first, in the same forms.

    Returns:
        The circuit, with the names of Qiskit's parameters as `parameter_names` and `feature_names`.

    Raises:
        InvalidArgumentError: naming the gate, for an angle that is not affine in params and features (products with
            features allowed), for measurements before the end, reset and control flow; and for parameters that are in
            neither list, in both, or not in the circuit, and for what is no QuantumCircuit.
        ImportError: if Qiskit is missing or older than 2.2.
    """
    load()
    from qiskit import QuantumCircuit

    if not isinstance(qc, QuantumCircuit):
        raise InvalidArgumentError(f"{qc!r} is not a QuantumCircuit")
    data = _chosen("features", features, qc)
    trained = (
        [one for one in qc.parameters if one not in data] if params is None else _chosen("params", params, qc)
    )
    for one in qc.parameters:
        if (one in trained) == (one in data):
            where = "both params and features" if one in data else "neither params nor features"
            raise InvalidArgumentError(f"the parameter {one.name} is in {where}; it belongs in one of them")
    leaves = {one: param(k) for k, one in enumerate(trained)} | {
        one: feature(k) for k, one in enumerate(data)
    }
    instructions = list(Reader(leaves).read(qc, range(qc.num_qubits)))
    _expect_all_used(leaves, instructions)
    return Circuit.from_instructions(
        qc.num_qubits,
        instructions,
        parameter_names=[one.name for one in trained],
        feature_names=[one.name for one in data],
    )


def _chosen(argument: str, wanted: Iterable[Any], qc: Any) -> list[Any]:
    """The parameters of a circuit that a list of parameters, vectors and names means."""
    from qiskit.circuit import Parameter, ParameterVector

    found: list[Any] = []
    for one in [wanted] if isinstance(wanted, (str, Parameter, ParameterVector)) else wanted:
        if isinstance(one, str):
            meant = [symbol for symbol in qc.parameters if one in _names(symbol)]
        else:
            meant = list(one) if isinstance(one, ParameterVector) else [one]
        for symbol in meant or [one]:
            if symbol not in qc.parameters:
                known = ", ".join(dict.fromkeys(_names(known)[-1] for known in qc.parameters)) or "none"
                raise InvalidArgumentError(
                    f"{argument}: {symbol!r} is no parameter of the circuit, which has {known}"
                )
            if symbol in found:
                raise InvalidArgumentError(f"{argument}: {symbol.name} stands there twice")
            found.append(symbol)
    return found


def _names(symbol: Any) -> list[str]:
    """The name of a parameter, and that of the vector it is an element of."""
    return [symbol.name, *([symbol.vector.name] if hasattr(symbol, "vector") else [])]


def _expect_all_used(leaves: dict[Any, Angle], instructions: Sequence[Instruction]) -> None:
    used = {factor for one in instructions for angle in one.angles for factor in angle.terms}
    indices = {(0, k) for params, _ in used for k in params} | {(1, k) for _, data in used for k in data}
    for symbol, leaf in leaves.items():
        ((params, data),) = leaf.terms
        if not {*((0, k) for k in params), *((1, k) for k in data)} <= indices:
            raise InvalidArgumentError(
                f"the parameter {symbol.name} has no effect on any prediction: it stands in a global phase alone; "
                "assign it a number"
            )


class Reader:
    """Walks through a circuit and the definitions of its gates."""

    def __init__(self, leaves: dict[Any, Angle]) -> None:
        self._leaves = leaves
        self._measured: set[int] = set()

    def read(self, circuit: Any, qubits: Sequence[int], path: tuple[str, ...] = ()) -> Iterator[Instruction]:
        """The instructions of a Qiskit circuit whose qubit k is `qubits[k]`.

        Args:
            circuit: a QuantumCircuit.
            qubits: where its qubits lie.
            path: the gates whose definition this is, the outermost first.

        Raises:
            InvalidArgumentError: for what `from_circuit` refuses.
        """
        for number, item in enumerate(circuit.data):
            operation = _plain(item.operation)
            where = tuple(qubits[circuit.find_bit(bit).index] for bit in item.qubits)
            here = path or (f"instruction {number}, {operation.name} on qubits {list(where)}",)
            if operation.name == "measure":
                self._measured.update(where)
            elif operation.name not in _IDLE:
                yield from self._step(operation, where, (*here, operation.name) if path else here)

    def _step(self, operation: Any, where: tuple[int, ...], path: tuple[str, ...]) -> Iterator[Instruction]:
        from qiskit.circuit import ControlFlowOp
        from qiskit.circuit.library import PauliEvolutionGate, UnitaryGate

        place = path[0] if len(path) == 1 else f"{path[0]} (in it {path[-1]})"
        if isinstance(operation, ControlFlowOp) or operation.name == "reset":
            raise InvalidArgumentError(f"{place}: {operation.name} is not unitary, and a circuit here is")
        if early := self._measured.intersection(where):
            raise InvalidArgumentError(
                f"{place}: qubit {min(early)} was measured before; measurements are possible at the end"
            )
        if len(path) > _MAXIMUM_DEPTH:
            raise InvalidArgumentError(f"{path[0]}: definitions are nested more than {_MAXIMUM_DEPTH} deep")
        gate = gates().get((operation.name, getattr(operation, "base_class", type(operation))))
        if gate is not None:
            yield Instruction(gate, where, [self._angle(one, place) for one in operation.params])
        elif (channel := read_channel(operation)) is not None:
            yield Instruction("channel", where, channel=channel)
        elif isinstance(operation, UnitaryGate):
            yield Instruction("unitary", where, matrix=little_endian(operation.to_matrix()))
        elif isinstance(operation, PauliEvolutionGate):
            yield self._evolution(operation, where, place)
        else:
            yield from self._apart(operation, where, path, place)

    def _apart(
        self, operation: Any, where: tuple[int, ...], path: tuple[str, ...], place: str
    ) -> Iterator[Instruction]:
        """The instructions of an operation's definition, and where it has none of its matrix."""
        from qiskit.exceptions import QiskitError

        definition = getattr(operation, "definition", None)
        if definition is not None:
            yield from self.read(definition, where, path)
            return
        try:
            matrix = operation.to_matrix()
        except (AttributeError, QiskitError, TypeError) as error:
            raise InvalidArgumentError(
                f"{place}: this operation has neither a definition nor a fixed matrix; decompose it first"
            ) from error
        yield Instruction("unitary", where, matrix=little_endian(matrix))

    def _evolution(self, gate: Any, where: tuple[int, ...], place: str) -> Instruction:
        operators = gate.operator if isinstance(gate.operator, list) else [gate.operator]
        angle = self._angle(gate.time, place)
        try:
            generator = sum(map(observable, operators))
            return Instruction("evolve", where, angle, generator=generator)
        except InvalidArgumentError as error:
            raise InvalidArgumentError(
                f"{place}: {error}; qc.decompose('PauliEvolution') gives the product formula of its synthesis"
            ) from error

    def _angle(self, expression: Any, place: str) -> Angle:
        try:
            return read_angle(expression, self._leaves)
        except InvalidArgumentError as error:
            raise InvalidArgumentError(f"{place}: {error}") from error


def _plain(operation: Any) -> Any:
    """An operation with its modifiers carried out."""
    from qiskit.circuit import AnnotatedOperation, ControlModifier, InverseModifier

    if not isinstance(operation, AnnotatedOperation):
        return operation
    plain = _plain(operation.base_op)
    for modifier in operation.modifiers:
        if isinstance(modifier, InverseModifier):
            plain = plain.inverse(annotated=False)
        elif isinstance(modifier, ControlModifier):
            plain = plain.control(modifier.num_ctrl_qubits, ctrl_state=modifier.ctrl_state, annotated=False)
        else:
            plain = plain.power(modifier.power, annotated=False)
    return plain
