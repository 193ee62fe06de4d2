"""PennyLane's operations as instructions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..angles import Angle, AngleLike
from ..circuits import Circuit
from ..instructions import Instruction
from ..observables import hermitian
from .channels import is_channel, read_channel
from .observables import read_observable
from .package import GATES
from .symbols import Symbol, is_symbolic, read_angle

# Without effect on a state, up to a global phase.
_IDLE = {"Identity", "Barrier", "GlobalPhase", "Snapshot", "WireCut"}
_MAXIMUM_DEPTH = 100


class Reader:
    """Takes operations apart until each is a gate of the table or one of the general ones; wire w is qubit `qubits[w]`."""

    def __init__(self, qubits: Mapping[Any, int]) -> None:
        self._qubits = qubits

    def read(self, operations: Iterable[Any], path: tuple[str, ...] = ()) -> Iterator[Instruction]:
        """The instructions of PennyLane operations.

        Args:
            operations: in time order.
            path: the operations whose decomposition this is, the outermost first.

        Raises:
            InvalidArgumentError: naming the operation, for what is neither a unitary nor a channel, or has no affine angles.
        """
        for operation in operations:
            here = (*path, operation.name)
            try:
                yield from self._step(operation, here)
            except InvalidArgumentError as error:
                if path:
                    raise
                raise InvalidArgumentError(
                    f"{operation.name} on wires {operation.wires.tolist()}: {error}"
                ) from error

    def _step(self, operation: Any, path: tuple[str, ...]) -> Iterator[Instruction]:
        import pennylane as qml
        from pennylane.ops import Adjoint, Controlled, Evolution, Exp

        name = operation.name
        where = [self._qubits[wire] for wire in operation.wires]
        if len(path) > _MAXIMUM_DEPTH:
            raise InvalidArgumentError(f"decompositions are nested more than {_MAXIMUM_DEPTH} deep")
        if _is(operation, name, _IDLE):
            return
        if _is(operation, name, GATES):
            yield Instruction(GATES[name], where, [read_angle(value) for value in operation.data])
        elif isinstance(operation, Adjoint):
            base = self.read([operation.base], path)
            yield from Circuit.from_instructions(len(self._qubits), base).inverse()
        elif _is(operation, name, {"PauliRot", "MultiRZ"}):
            letters = operation.hyperparameters.get("pauli_word", "Z" * len(where))
            yield Instruction("rotation", where, read_angle(operation.data[0]), pauli=letters)
        elif isinstance(operation, qml.QubitUnitary):
            yield Instruction("unitary", where, matrix=np.asarray(operation.matrix()))
        elif isinstance(operation, (Exp, Evolution)):
            order = {wire: k for k, wire in enumerate(operation.wires)}
            generator = read_observable(operation.base, order)
            yield Instruction("evolve", where, _time(operation), generator=generator)
        elif is_channel(operation):
            yield Instruction("channel", where, channel=read_channel(operation))
        elif isinstance(operation, Controlled) and is_symbolic(operation.data):
            yield from self._controlled(operation, path)
        else:
            yield from self._apart(operation, where, path)

    def _controlled(self, operation: Any, path: tuple[str, ...]) -> Iterator[Instruction]:
        """A controlled gate with a free angle: evolution under the projector on the controls times the gate's generator.
        A gate with several angles is taken apart, and its parts are controlled."""
        import pennylane as qml

        base = operation.base
        if (exponent := _exponent(base)) is not None:
            angle, generator = exponent
            controls = np.zeros((2 ** len(operation.control_wires),) * 2)
            on = int("".join(str(int(value)) for value in operation.control_values), 2)
            controls[on, on] = 1.0
            where = [self._qubits[wire] for wire in (*operation.control_wires, *base.wires)]
            matrix = np.asarray(qml.matrix(generator, wire_order=base.wires))
            yield Instruction("evolve", where, angle, generator=hermitian(np.kron(controls, matrix)))
            return
        parts = _decomposition(base)
        yield from self.read(
            [qml.ctrl(part, operation.control_wires, operation.control_values) for part in parts], path
        )

    def _apart(self, operation: Any, where: list[int], path: tuple[str, ...]) -> Iterator[Instruction]:
        """The instructions of an operation's decomposition, and where it has none of its matrix."""
        from pennylane.measurements import MeasurementProcess
        from pennylane.operation import StatePrepBase
        from pennylane.ops import Conditional, MidMeasure

        if isinstance(operation, (MeasurementProcess, MidMeasure, Conditional)):
            raise InvalidArgumentError(
                "measurements within a circuit, and what depends on them, are not unitary"
            )
        symbolic = is_symbolic(operation.data)
        if symbolic and isinstance(operation, StatePrepBase):
            raise InvalidArgumentError(
                "parameters and features are angles, not amplitudes; leave it out of the QNode and give the states "
                "to the model: qt.encoding.amplitude(X, n_qubits)"
            )
        if not symbolic and not operation.has_decomposition and operation.has_matrix:
            yield Instruction("unitary", where, matrix=np.asarray(operation.matrix()))
            return
        yield from self.read(_decomposition(operation), path)


def _is(operation: Any, name: str, names: Any) -> bool:
    """Whether an operation is PennyLane's own of one of these names, and no user's class with the same name."""
    return name in names and type(operation).__module__.partition(".")[0] == "pennylane"


def _time(exponential: Any) -> Angle:
    """t of exp(-i t H)."""
    time: Symbol = Symbol.of(exponential.coeff) * 1j
    return time.angle()


def _exponent(operation: Any) -> tuple[AngleLike, Any] | None:
    """angle and H of an operation that is exp(-i angle H), if it is one with one angle."""
    from pennylane.ops import Evolution, Exp

    if isinstance(operation, (Exp, Evolution)):
        return _time(operation), operation.base
    if len(operation.data) == 1 and operation.has_generator:
        # PennyLane's generators have the other sign.
        return read_angle(operation.data[0]), -1.0 * operation.generator()
    return None


def _decomposition(operation: Any) -> list[Any]:
    try:
        parts = operation.decomposition()
    except InvalidArgumentError:
        raise
    except (
        Exception
    ) as error:  # PennyLane raises many kinds here, those of a symbol's unexpected use among them.
        raise InvalidArgumentError(
            f"{operation.name} cannot be taken apart with symbols as angles: {type(error).__name__}: {error}"
        ) from error
    return list(parts) if isinstance(parts, (list, tuple)) else [parts]
