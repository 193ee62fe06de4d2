"""The package Qiskit, and which of its gates are gates of the table."""

from __future__ import annotations

from functools import cache
from typing import Any

from .._extras import require


def load() -> Any:
    """Qiskit, or an ImportError that says how to install it."""
    return require("qiskit", "qiskit", "qiskit", at_least="2.2")


def load_machine_learning() -> Any:
    """Qiskit Machine Learning, or an ImportError that says how to install it."""
    return require(
        "qiskit_machine_learning", "qiskit-machine-learning", "qiskit-machine-learning", at_least="0.9"
    )


# Gates of the table by the name and the class in Qiskit, the one that is written first. iswapdg has none.
_CLASSES = {
    "h": "HGate", "x": "XGate", "y": "YGate", "z": "ZGate", "s": "SGate", "sdg": "SdgGate", "t": "TGate", "tdg": "TdgGate",
    "sx": "SXGate", "sxdg": "SXdgGate", "cx": "CXGate", "cy": "CYGate", "cz": "CZGate", "swap": "SwapGate",
    "iswap": "iSwapGate", "ccx": "CCXGate", "rx": "RXGate", "ry": "RYGate", "rz": "RZGate", "p": "PhaseGate",
    "u1": "U1Gate", "crx": "CRXGate", "cry": "CRYGate", "crz": "CRZGate", "cp": "CPhaseGate", "cu1": "CU1Gate",
    "rxx": "RXXGate", "ryy": "RYYGate", "rzz": "RZZGate", "u": "UGate", "u3": "U3Gate",
}  # fmt: skip
_NAMES = {"p": "phase", "u1": "phase", "cu1": "cp", "u": "u3"}


@cache
def gates() -> dict[tuple[str, type], str]:
    """The table's name of a Qiskit gate by its name and class: a class alone does not tell a control on 0 from one on 1,
    and a name alone may be a user's own."""
    from qiskit.circuit import library

    return {(name, getattr(library, kind)): _NAMES.get(name, name) for name, kind in _CLASSES.items()}


@cache
def classes() -> dict[str, type]:
    """The Qiskit class of a gate of the table."""
    found: dict[str, type] = {}
    for (_, kind), name in gates().items():
        found.setdefault(name, kind)
    return found
