"""Models from PennyLane's QNodes, and tapes for PennyLane. PennyLane (extra `pennylane`) is imported when a function is
called. Both count qubits from the most significant one. `qml.device("qtangent.qubit")` runs QNodes on this library.
"""

from __future__ import annotations

from .reading import from_qnode
from .writing import to_tape


def __getattr__(name: str) -> object:
    """The device's class, which needs PennyLane to be defined."""
    if name == "QTangentDevice":
        from .package import load

        load()
        from .device import QTangentDevice

        return QTangentDevice
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["from_qnode", "to_tape"]
