"""Circuits and observables from Qiskit and back. Qiskit (extra `qiskit`) is imported when a function is called.

Qubit k of one is qubit k of the other; matrices, bit strings and Pauli labels, which Qiskit writes from the last qubit to
the first, are reversed. Global phases, on which no prediction depends, are dropped. `Estimator` and, for Qiskit Machine
Learning, `EstimatorGradient` run Qiskit's own programs on this library.
"""

from __future__ import annotations

from .channels import noise_model
from .observables import observable
from .package import load, load_machine_learning
from .reading import from_circuit
from .writing import to_circuit


def __getattr__(name: str) -> object:
    """The classes that need Qiskit, or Qiskit Machine Learning, to be defined."""
    if name == "Estimator":
        load()
        from .primitives import Estimator

        return Estimator
    if name == "EstimatorGradient":
        load_machine_learning()
        from .gradients import EstimatorGradient

        return EstimatorGradient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["from_circuit", "noise_model", "observable", "to_circuit"]
