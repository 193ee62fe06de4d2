"""Instructions as gates that programs have: Pauli rotations, evolutions and one-qubit unitaries written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import atan2

import numpy as np

from .. import pauli_sums
from .._native.arrays import Complex
from .._native.errors import InvalidArgumentError
from ..angles import Angle, AngleLike
from ..instructions import Instruction
from ..observables import Observable
from .operations import Operation

ONE_QUBIT = "U"
"""The name of a unitary on one qubit, up to a phase the table's u3."""
_BEFORE = {"X": ("h",), "Y": ("sdg", "h"), "Z": ()}
_AFTER = {"X": ("h",), "Y": ("h", "s"), "Z": ()}


def gates(instruction: Instruction) -> Iterator[Operation]:
    """The gates of an instruction in time order, up to a phase.

    Raises:
        InvalidArgumentError: for evolutions of operators that do not commute or are dense matrices, and for unitaries on
            several qubits, and for channels.
    """
    if instruction.channel is not None:
        raise InvalidArgumentError(
            f"{instruction.channel.name} on qubits {instruction.qubits} is a channel; OpenQASM has none, take the circuit "
            "without noise"
        )
    if instruction.pauli is not None:
        yield from _rotation(instruction.angles[0], instruction.pauli, instruction.qubits)
    elif instruction.generator is not None:
        for letters, coefficient in _commuting(instruction.generator, instruction.qubits).items():
            yield from _rotation(2 * coefficient * instruction.angles[0], letters, instruction.qubits)
    elif instruction.matrix is not None:
        yield Operation(ONE_QUBIT, instruction.qubits, _euler(instruction.matrix, instruction.qubits))
    else:
        yield Operation(instruction.name, instruction.qubits, instruction.angles)


def _rotation(angle: AngleLike, pauli: str, qubits: Sequence[int]) -> Iterator[Operation]:
    """exp(-i angle P/2): the Paulis turned into Z, their parity on the last qubit, rz there, and all of it undone."""
    letters, where = pauli_sums.acting(pauli, qubits)
    if len(where) <= 2 and len(set(letters)) <= 1:
        if letters:
            yield Operation("r" + letters.lower(), where, (Angle.of(angle),))
        return
    pairs = list(zip(letters, where, strict=True))
    before = [Operation(gate, (qubit,)) for letter, qubit in pairs for gate in _BEFORE[letter]]
    ladder = [Operation("cx", pair) for pair in pairwise(where)]
    yield from (*before, *ladder)
    yield Operation("rz", where[-1:], (Angle.of(angle),))
    yield from reversed(ladder)
    yield from (Operation(gate, (qubit,)) for letter, qubit in pairs for gate in _AFTER[letter])


def _commuting(generator: Observable, qubits: tuple[int, ...]) -> dict[str, float]:
    """The Pauli strings of a generator, all of which commute, with their coefficients."""
    if generator.dense is not None:
        raise InvalidArgumentError(
            f"evolve on qubits {qubits} has a dense matrix; OpenQASM has no gate for it"
        )
    strings: dict[str, float] = {}
    for term in generator.terms:
        # Evolutions have projectors on 10 qubits at most.
        for sign, letters in (
            [(1.0, term.pauli)] if term.pauli else pauli_sums.of_projector(term.projector or "")
        ):
            strings[letters] = strings.get(letters, 0.0) + sign * term.coefficient
    if not pauli_sums.commute(list(strings)):
        raise InvalidArgumentError(
            f"evolve on qubits {qubits} has terms that do not commute; OpenQASM has no gate for it"
        )
    return strings


def _euler(matrix: Complex, qubits: tuple[int, ...]) -> tuple[float, float, float]:
    """a, b, c of the table's u3(a, b, c), which is the matrix up to a phase."""
    if len(matrix) != 2:
        raise InvalidArgumentError(
            f"unitary on qubits {qubits} is a dense matrix; OpenQASM has no gate for it, qt.qiskit.to_circuit keeps it"
        )
    (m00, m01), (m10, m11) = matrix
    a = 2 * atan2(abs(m10), abs(m00))
    b = np.angle(m10) - np.angle(m00)
    # Of two ways to c the one that rests on the larger entries.
    c = np.angle(m11) - np.angle(m10) if abs(m00) > abs(m10) else np.angle(-m01) - np.angle(m00)
    return a, float(b), float(c)
