"""Circuits and observables from Qiskit and back. Qiskit (extra `qiskit`) is imported when a function is called.

Qubit k of one is qubit k of the other; matrices, bit strings and Pauli labels, which Qiskit writes from the last qubit to
the first, are reversed. Global phases, on which no prediction depends, are dropped.
"""

from .observables import observable
from .reading import from_circuit
from .writing import to_circuit

__all__ = ["from_circuit", "observable", "to_circuit"]
