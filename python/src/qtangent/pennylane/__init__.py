"""Models from PennyLane's QNodes, and tapes for PennyLane. PennyLane (extra `pennylane`) is imported when a function is
called. Both count qubits from the most significant one.
"""

from .reading import from_qnode
from .writing import to_tape

__all__ = ["from_qnode", "to_tape"]
