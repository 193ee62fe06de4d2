"""Circuits for Qiskit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..circuits import Circuit
from ..configuration import refuse_configuration
from ..instructions import Instruction
from .angles import write_angle
from .observables import little_endian, pauli_sum
from .package import classes, load

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_ELEMENT = re.compile(r"(.+)\[(\d+)\]")


def to_circuit(circuit: Circuit) -> QuantumCircuit:
    """The circuit for Qiskit, whose qubit k is qubit k there.

    Parameters and features become Qiskit parameters of the same names; names like x[3] become elements of a vector.
    Without names they are the vectors p and x. Rotations about Pauli strings and evolutions become
    `PauliEvolutionGate`, whose synthesis is exact: `MatrixExponential` where terms do not commute.

    Args:
        circuit: any circuit. Generators with a dense part or projectors are expanded in Pauli strings: 4^k for k qubits.

    Returns:
        The QuantumCircuit, equal up to its global phase; `from_circuit` reads it back.

    Raises:
        InvalidArgumentError: for generators with a dense part or projectors on more than 12 qubits, and for configuration
            keys.
        ImportError: if Qiskit is missing or older than 2.2.
    """
    refuse_configuration(circuit, "Qiskit")
    load()
    from qiskit import QuantumCircuit

    parameters = _symbols(circuit.parameter_names, "p")
    features = _symbols(circuit.feature_names, "x")
    result = QuantumCircuit(circuit.n_qubits)
    for instruction in circuit:
        angles = [write_angle(angle, parameters, features) for angle in instruction.angles]
        result.append(*_operation(instruction, angles))
    return result


def _symbols(names: Sequence[str], vector: str) -> list[Any]:
    """A Qiskit parameter a name. Names that nobody gave, p0 and so on, are a vector, which Qiskit sorts by number."""
    from qiskit.circuit import Parameter, ParameterVector

    given = list(names) != [f"{vector}{k}" for k in range(len(names))]
    matches = [_ELEMENT.fullmatch(name if given else f"{vector}[{k}]") for k, name in enumerate(names)]
    sizes: dict[str, int] = {}
    for match in filter(None, matches):
        sizes[match[1]] = max(sizes.get(match[1], 0), int(match[2]) + 1)
    vectors = {name: ParameterVector(name, size) for name, size in sizes.items()}
    return [
        vectors[match[1]][int(match[2])] if match else Parameter(name)
        for name, match in zip(names, matches, strict=True)
    ]


def _operation(instruction: Instruction, angles: list[Any]) -> tuple[Any, list[int]]:
    """A Qiskit operation and the qubits where it acts."""
    from qiskit.circuit import library
    from qiskit.quantum_info import Kraus, SparsePauliOp
    from qiskit.synthesis import MatrixExponential

    where = list(instruction.qubits)
    if instruction.channel is not None:
        return Kraus([little_endian(one) for one in instruction.channel.kraus]).to_instruction(), where
    if instruction.matrix is not None:
        return library.UnitaryGate(little_endian(instruction.matrix)), where
    if instruction.pauli is not None:
        half = SparsePauliOp(instruction.pauli[::-1], coeffs=[0.5])
        return library.PauliEvolutionGate(half, time=angles[0]), where
    if instruction.generator is not None:
        generator = pauli_sum(instruction.generator)
        commuting = len(generator.group_commuting()) == 1
        synthesis = None if commuting else MatrixExponential()
        return library.PauliEvolutionGate(generator, time=angles[0], synthesis=synthesis), where
    if instruction.name == "iswapdg":
        return library.XXPlusYYGate(math.pi), where
    return classes()[instruction.name](*angles), where
