"""Tapes of one structure as one model: each angle of the tape is a parameter of the model."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..angles import param
from ..circuits import Circuit
from ..instructions import Instruction
from ..models import Model
from ..observables import pauli
from .observables import read_observable
from .operations import Reader
from .outcomes import Outcome, State, observable_key, outcome_key, read_outcome
from .package import GATES

_STRINGS = {"PauliRot", "MultiRZ"}
_PARTS = {"Rot": ("rz", "ry", "rz")}
"""Gates with several angles that are several gates of the table, one an angle."""


def has_angles(operation: Any) -> bool:
    """Whether the numbers of an operation are angles, which may differ from tape to tape."""
    return (
        operation.name in GATES
        or operation.name in _STRINGS
        or operation.name in _PARTS
        or operation.name == "Evolution"
    )


@dataclass(frozen=True)
class Structure:
    """What tapes have in common that differ in angles and input states alone."""

    model: Model
    outcomes: tuple[Outcome, ...]
    """Of the measurements; none with shots, which draw bits."""
    wires: tuple[Any, ...]
    columns: tuple[int | None, ...]
    """Which parameter of the model each parameter of the tape is; None for those in states, matrices and observables."""

    @property
    def has_derivatives(self) -> bool:
        return not any(isinstance(one, State) for one in self.outcomes)


@dataclass(frozen=True)
class Values:
    """What one tape brings to its structure."""

    angles: Real
    """(b, p), or (1, p) where no angle has one a sample."""
    states: Complex | None
    """(1, 2^n) or (b, 2^n)."""
    batch: int | None
    is_batched: tuple[bool, ...]
    """Of each angle, whether the tape has one a sample."""


def key_of(tape: Any, wires: Sequence[Any]) -> Hashable:
    """Equal for tapes of one structure on these wires, in the order of qubits."""
    return (
        tuple(wires),
        tuple(map(_operation_key, tape.operations)),
        tuple(map(outcome_key, tape.measurements)),
        bool(tape.shots),
    )


def _operation_key(operation: Any) -> Hashable:
    name, wires = operation.name, operation.wires.labels
    if name in GATES or name in _PARTS:
        return name, wires
    if name in _STRINGS:
        return name, wires, operation.hyperparameters.get("pauli_word")
    if name == "Evolution":
        return name, wires, observable_key(operation.base)
    if _is_state(operation):
        return "states", wires
    numbers = tuple(np.asarray(value).tobytes() for value in operation.data)
    return name, wires, numbers, _fixed_settings(operation)


def _fixed_settings(operation: Any) -> Hashable:
    """What of a fixed operation is neither in its name nor among its numbers."""
    return tuple((name, repr(value)) for name, value in operation.hyperparameters.items())


def _is_state(operation: Any) -> bool:
    """Whether an operation prepares a state that is a vector of numbers; basis states are gates."""
    from pennylane import BasisState
    from pennylane.operation import StatePrepBase

    return isinstance(operation, StatePrepBase) and not isinstance(operation, BasisState)


def structure_of(tape: Any, wires: Sequence[Any]) -> Structure:
    """The model of a tape.

    Raises:
        InvalidArgumentError: for observables that are not Hermitian, and what else `Reader` and `read_outcome` refuse.
    """
    qubits = {wire: k for k, wire in enumerate(wires)}
    numbers = count()
    instructions: list[Instruction] = []
    columns: list[int | None] = []
    for operation in tape.operations:
        if has_angles(operation):
            own = [next(numbers) for _ in operation.data]
            columns += own
            instructions += _with_angles(operation, qubits, own)
        else:
            columns += [None] * len(operation.data)
            if not _is_state(operation):
                instructions += Reader(qubits).read([operation])
    columns += [None] * sum(len(one.obs.data) for one in tape.measurements if one.obs is not None)
    if tape.shots:
        # Every measurement is one of the computational basis behind these.
        instructions += Reader(qubits).read(tape.diagonalizing_gates)
        outcomes: tuple[Outcome, ...] = ()
    else:
        outcomes = tuple(read_outcome(one, qubits) for one in tape.measurements)
    observables = [observable for one in outcomes for observable in one.observables]
    circuit = Circuit.from_instructions(len(qubits), instructions)
    model = Model(circuit, observables or [pauli("I" * len(qubits))])
    return Structure(model, outcomes, tuple(wires), tuple(columns))


def _with_angles(operation: Any, qubits: dict[Any, int], own: list[int]) -> Iterator[Instruction]:
    name, where = operation.name, [qubits[wire] for wire in operation.wires]
    if name in _PARTS:
        for part, k in zip(_PARTS[name], own, strict=True):
            yield Instruction(part, where, param(k))
    elif name in _STRINGS:
        letters = operation.hyperparameters.get("pauli_word", "Z" * len(where))
        yield Instruction("rotation", where, param(own[0]), pauli=letters)
    elif name == "Evolution":
        order = {wire: k for k, wire in enumerate(operation.wires)}
        yield Instruction("evolve", where, param(own[0]), generator=read_observable(operation.base, order))
    else:
        yield Instruction(GATES[name], where, [param(k) for k in own])


def values_of(tape: Any, wires: Sequence[Any]) -> Values:
    """The angles and input states of a tape.

    Raises:
        InvalidArgumentError: for an angle that is complex.
    """
    given = [value for one in tape.operations if has_angles(one) for value in one.data]
    batch = tape.batch_size
    if batch is None:
        angles, batched = _real(given)[None], (False,) * len(given)
    else:
        batched = tuple(np.ndim(value) > 0 for value in given)
        rows = [np.broadcast_to(_real(value), (batch if any(batched) else 1,)) for value in given]
        angles = np.stack(rows, axis=1) if rows else np.zeros((1, 0))
    states = None
    if tape.operations and _is_state(tape.operations[0]):
        vector = np.asarray(tape.operations[0].state_vector(wire_order=wires), dtype=complex)
        states = vector.reshape(-1, 2 ** len(wires))
    return Values(np.ascontiguousarray(angles), states, batch, batched)


def _real(values: Any) -> Real:
    array = np.asarray(values)
    if array.dtype.kind == "c":
        raise InvalidArgumentError(f"the angle {array} is complex; real numbers are expected")
    return np.asarray(array, dtype=np.float64)
