"""Tapes for PennyLane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._native.errors import InvalidArgumentError
from ..angles import Angle
from ..circuits import Circuit
from ..configuration import refuse_configuration
from ..instructions import Instruction
from ..models import Model
from .observables import write_observable
from .package import ADJOINTS, GATES, load

if TYPE_CHECKING:
    from pennylane.tape import QuantumScript

_CLASSES = {ours: theirs for theirs, ours in GATES.items()}
_ADJOINTS = {ours: theirs for theirs, ours in ADJOINTS.items()}


def to_tape(model: Model | Circuit, theta: Any = (), x: Any = ()) -> QuantumScript:
    """The tape of a circuit at given parameters, with a model's observables as expectation values.

    Args:
        model: a model, or a circuit for its operations alone.
        theta: parameters (p,), as an array of any package that PennyLane computes with; angles stay differentiable.
        x: features of one sample (f,), in the same way.

    Returns:
        The tape on wires 0 to n - 1. In a QNode, `for operation in tape.operations: qml.apply(operation)` applies it.

    Raises:
        InvalidArgumentError: for other numbers of parameters or features, for configuration keys, and for generators with
            projectors or a dense part on more than 12 qubits.
        ImportError: if PennyLane is missing or older than 0.45.
    """
    circuit = model.circuit if isinstance(model, Model) else model
    refuse_configuration(circuit, "PennyLane")
    qml = load()
    for name, values, count in (("theta", theta, circuit.n_params), ("x", x, circuit.n_features)):
        if len(values) != count:
            kind = "parameters" if name == "theta" else "features"
            raise InvalidArgumentError(f"{name} has {len(values)} entries, the circuit has {count} {kind}")
    # Where this is called inside a QNode, the QNode applies what it wants to.
    with qml.QueuingManager.stop_recording():
        operations = [
            _operation(instruction, [_value(angle, theta, x) for angle in instruction.angles])
            for instruction in circuit
        ]
        return qml.tape.QuantumScript(operations, _measurements(model) if isinstance(model, Model) else [])


def _measurements(model: Model) -> list[Any]:
    import pennylane as qml

    observables = model.observable if isinstance(model.observable, (list, tuple)) else [model.observable]
    wires = range(model.circuit.n_qubits)
    return [qml.expval(write_observable(one, wires, model.scale)) for one in observables]


def _value(angle: Angle, theta: Any, x: Any) -> Any:
    result: Any = angle.constant
    for (params, features), coefficient in angle.terms.items():
        term: Any = coefficient
        for factor in (*(theta[k] for k in params), *(x[k] for k in features)):
            term = term * factor
        result = result + term
    return result


def _operation(instruction: Instruction, angles: list[Any]) -> Any:
    import pennylane as qml

    wires = list(instruction.qubits)
    if instruction.channel is not None:
        return qml.QubitChannel(list(instruction.channel.kraus), wires=wires)
    if instruction.matrix is not None:
        return qml.QubitUnitary(instruction.matrix, wires=wires)
    if instruction.pauli is not None:
        return qml.PauliRot(angles[0], instruction.pauli, wires=wires)
    if instruction.generator is not None:
        return qml.evolve(write_observable(instruction.generator, wires), angles[0])
    if instruction.name in _ADJOINTS:
        return qml.adjoint(getattr(qml, _ADJOINTS[instruction.name])(wires=wires))
    return getattr(qml, _CLASSES[instruction.name])(*angles, wires=wires)
