"""The two parts of a classifier: the encoder, which brings the data in, and the ansatz behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ...circuits import Circuit
from ..trojan.axes import reads_data

Configuration = Mapping[str, float]


@dataclass(frozen=True)
class Segments:
    """A circuit and its parts. `of_encoder` and `of_ansatz` are places in the circuit."""

    circuit: Circuit
    encoder: Circuit
    ansatz: Circuit
    of_encoder: tuple[int, ...]
    of_ansatz: tuple[int, ...]


def segments(circuit: Circuit, beside: Collection[int] = ()) -> Segments:
    """The encoder reaches up to the last gate with a feature. Of the gates at the places `beside` it takes in those that
    follow with nothing else between, qubit by qubit."""
    instructions = list(circuit)
    last = max((k for k, one in enumerate(instructions) if reads_data(one)), default=-1)
    encoder, passed = list(range(last + 1)), set[int]()
    for k in range(last + 1, len(instructions)):
        qubits = set(instructions[k].qubits)
        if last >= 0 and k in beside and not qubits & passed:
            encoder.append(k)
        else:
            passed |= qubits
    ansatz = [k for k in range(last + 1, len(instructions)) if k not in set(encoder)]
    of_parts = (tuple(encoder), tuple(ansatz))
    first, second = (
        Circuit.from_instructions(circuit.n_qubits, [instructions[k] for k in part]) for part in of_parts
    )
    return Segments(circuit, first, second, *of_parts)


def configured(circuit: Circuit) -> tuple[int, ...]:
    """Places of the gates with a configuration key in an angle."""
    return tuple(k for k, one in enumerate(circuit) if any(angle.configuration for angle in one.angles))


def bound(circuit: Circuit, configuration: Mapping[str, Any]) -> Circuit:
    """The circuit with its keys resolved; those that it lacks are passed over, since segments lack some."""
    keys = circuit.config_keys
    return circuit.bind(config={key: value for key, value in configuration.items() if key in keys})
