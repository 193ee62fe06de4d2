"""Models from QNodes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..angles import feature, param
from ..circuits import Circuit
from ..instructions import Instruction
from ..models import Model
from .observables import read_observable
from .operations import Reader
from .package import load
from .symbols import Residue, Symbol, symbols

if TYPE_CHECKING:
    from pennylane import QNode


def from_qnode(
    qnode: QNode,
    params: str | Iterable[str] = (),
    features: str | Iterable[str] = (),
    example: Mapping[str, Any] | Sequence[Any] = (),
) -> Model:
    """A model of a QNode, which is called once with symbols for its parameters and features.

    The named arguments are flattened in C order, one after the other as they are named: with params=("weights", "bias")
    theta is `np.concatenate([weights.ravel(), bias.ravel()])`. The transforms of the QNode are applied, templates,
    adjoints and controls taken apart; global phases are dropped.

    Args:
        qnode: returns expectation values: of one observable, or a list of them.
        params: names of the arguments that are trained.
        features: names of those that are data; a row of X is one sample, flattened in the same way.
        example: the arguments of one call, by name or in order. Of those named above only the shapes matter; the others
            are passed on as they are.

    Returns:
        The model, of one observable or of a list as the QNode returns them. Qubits are the wires in use, in the order of
        the device, or sorted where the device names none. The circuit's names are weights[0,1], bias and so on.

    Raises:
        InvalidArgumentError: naming the operation, for angles that are not affine in params and features (products with
            features allowed), measurements within the circuit, shots, features as amplitudes, and results that are
            no expectation values; for arguments that do not exist or that no gate depends on, and for what is no QNode.
        ImportError: if PennyLane is missing or older than 0.45.
    """
    qml = load()
    if not isinstance(qnode, qml.QNode):
        raise InvalidArgumentError(f"{qnode!r} is not a QNode")
    names = [[one] if isinstance(one, str) else list(one) for one in (params, features)]
    bound = _bind(qnode, example)
    labels: list[list[str]] = [[], []]
    for group, leaf, label in zip(names, (param, feature), labels, strict=True):
        for name in group:
            if name not in bound.arguments or names[0].count(name) + names[1].count(name) > 1:
                known = ", ".join(bound.arguments) or "none"
                raise InvalidArgumentError(
                    f"{name!r} is to be named once, and among the arguments of example, which are {known}"
                )
            shape = np.shape(bound.arguments[name])
            bound.arguments[name] = symbols(leaf, len(label), shape)
            label += [
                f"{name}[{','.join(map(str, at))}]" if at else name for at in product(*map(range, shape))
            ]
    tape = _tape(qnode, bound)
    qubits = {wire: k for k, wire in enumerate(_ordered_wires(tape, qnode))}
    instructions = list(Reader(qubits).read(tape.operations))
    _expect_all_used(instructions, labels)
    circuit = Circuit.from_instructions(
        len(qubits), instructions, parameter_names=labels[0], feature_names=labels[1]
    )
    observables = [_observable(measurement, qubits) for measurement in tape.measurements]
    return Model(circuit, observables if len(observables) > 1 else observables[0])


def _bind(qnode: Any, example: Any) -> inspect.BoundArguments:
    signature = inspect.signature(qnode.func)
    try:
        by_name = isinstance(example, Mapping)
        bound = signature.bind(**example) if by_name else signature.bind(*example)
    except TypeError as error:
        raise InvalidArgumentError(f"example is no call of {_name(qnode)}{signature}: {error}") from error
    bound.apply_defaults()
    return bound


def _name(qnode: Any) -> str:
    return getattr(qnode.func, "__name__", "the QNode")


def _tape(qnode: Any, bound: inspect.BoundArguments) -> Any:
    """The operations and measurements of a call with symbols, after the transforms of the user."""
    import autoray
    import pennylane as qml

    # PennyLane picks functions by the type of an argument; those for symbols are NumPy's for objects.
    for one in (Symbol, Residue):
        autoray.register_backend(one, "numpy")
    name = _name(qnode)
    try:
        tape = qml.workflow.construct_tape(qnode, level="user")(*bound.args, **bound.kwargs)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"{name}: {error}") from error
    except Exception as error:  # Whatever the user's function or PennyLane raise when they meet a symbol.
        raise InvalidArgumentError(
            f"{name} cannot be called with symbols for its arguments: {type(error).__name__}: {error}"
        ) from error
    if tape.shots:
        raise InvalidArgumentError(
            f"{name} has shots, which a model takes when it is called, model.predict(theta, shots=100); "
            "qml.set_shots(qnode, None) takes them away"
        )
    if tape.batch_size is not None:
        raise InvalidArgumentError(
            f"{name} got {tape.batch_size} samples at once; give the shape of one sample in example"
        )
    return tape


def _ordered_wires(tape: Any, qnode: Any) -> list[Any]:
    used = list(tape.wires)
    if qnode.device.wires is not None:
        return [wire for wire in qnode.device.wires if wire in used]
    return sorted(used) if all(isinstance(wire, int) for wire in used) else used


def _observable(measurement: Any, qubits: Mapping[Any, int]) -> Any:
    from pennylane.measurements import ExpectationMP

    if not isinstance(measurement, ExpectationMP) or measurement.obs is None:
        raise InvalidArgumentError(f"the QNode returns {measurement}; return qml.expval of observables")
    return read_observable(measurement.obs, qubits)


def _expect_all_used(instructions: Sequence[Instruction], labels: Sequence[Sequence[str]]) -> None:
    """Each parameter and feature stands in an angle, so that their numbers are those of the arguments."""
    for side, names in enumerate(labels):
        used = set(_indices(instructions, side))
        unused = [name for k, name in enumerate(names) if k not in used]
        if unused:
            raise InvalidArgumentError(
                f"no gate depends on {', '.join(unused[:5])}{' and others' if len(unused) > 5 else ''}; "
                "leave them out of the QNode's arguments"
            )


def _indices(instructions: Sequence[Instruction], side: int) -> Iterator[int]:
    for instruction in instructions:
        for angle in instruction.angles:
            for factor in angle.terms:
                yield from factor[side]
