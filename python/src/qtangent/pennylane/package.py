"""The package PennyLane, and which of its gates are gates of the table."""

from __future__ import annotations

from typing import Any

from .._extras import require


def load() -> Any:
    """PennyLane, or an ImportError that says how to install it."""
    return require("pennylane", "pennylane", "pennylane", at_least="0.45")


# Gates of the table by the name of their class in PennyLane, and those that are written as the adjoint of such a gate.
GATES = {
    "Hadamard": "h", "PauliX": "x", "PauliY": "y", "PauliZ": "z", "S": "s", "T": "t", "SX": "sx", "CNOT": "cx", "CY": "cy",
    "CZ": "cz", "SWAP": "swap", "ISWAP": "iswap", "Toffoli": "ccx", "RX": "rx", "RY": "ry", "RZ": "rz",
    "PhaseShift": "phase", "CRX": "crx", "CRY": "cry", "CRZ": "crz", "ControlledPhaseShift": "cp", "IsingXX": "rxx",
    "IsingYY": "ryy", "IsingZZ": "rzz", "U3": "u3",
}  # fmt: skip
ADJOINTS = {"S": "sdg", "T": "tdg", "SX": "sxdg", "ISWAP": "iswapdg"}
