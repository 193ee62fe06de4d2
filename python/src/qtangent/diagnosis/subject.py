"""Whose diagnosis it is, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ..convergence.words import counted
from .case import Budget


@dataclass(frozen=True)
class Subject:
    """Sizes of model and data, and how the diagnosis was asked for."""

    qubits: int
    instructions: int
    parameters: int
    features: int
    outputs: int
    scale: float
    samples: int
    has_classes: bool
    """Whether labels are classes, whose accuracy counts."""
    reference: float
    """Loss of the best constant prediction, against which losses are held."""
    seed: int
    budget: Budget
    has_family: bool
    """Whether circuits of other sizes were given, for trends."""
    version: str
    """Of the library."""
    seconds: float

    def __str__(self) -> str:
        outputs = "" if self.outputs == 1 else f", {self.outputs} outputs"
        return (
            f"{counted(self.qubits, 'qubit')}, {counted(self.parameters, 'parameter')}, "
            f"{counted(self.samples, 'sample')}{outputs}, scale {self.scale:g}"
        )
