"""The gates that a program knows without defining them: those of the language and of the two standard includes.

`u3` and `u2` of stdgates.inc, and `U` of OpenQASM 3, differ from the gate `u3` of the table by phases, which show under a
control: U(a, b, c) = e^(ia/2) u3(a, b, c), and the include's u3 has determinant 1
(https://openqasm.com/language/gates.html and standard_library.html). `cu` and `cu3` are what Qiskit means by them: the
table's u3 under a control.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi
from typing import TypeAlias

from ..angles import AngleLike
from .operations import PHASE, Operation, controlled

Angles: TypeAlias = Sequence[AngleLike]
Qubits: TypeAlias = Sequence[int]


@dataclass(frozen=True)
class Gate:
    """A gate by its name.

    Attributes:
        name: as it is called.
        n_angles, n_qubits: how many it takes.
        expand: the operations of the gate for angles and qubits; with `exact` its global phase counts.
        size: how many operations there are.
        depth: how many definitions stand above each other in it.
    """

    name: str
    n_angles: int
    n_qubits: int
    expand: Callable[[Angles, Qubits, bool], list[Operation]]
    size: int = 1
    depth: int = 0


def _table(name: str, n_angles: int, n_qubits: int, gate: str | None = None) -> Gate:
    def expand(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        return [Operation(gate or name, tuple(qubits), tuple(angles))]

    return Gate(name, n_angles, n_qubits, expand)


def _under_controls(name: str, n_angles: int, n_qubits: int, gate: str, n_controls: int) -> Gate:
    def expand(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        controls = tuple((qubit, 1) for qubit in qubits[:n_controls])
        return controlled([Operation(gate, tuple(qubits[n_controls:]), tuple(angles))], controls)

    return Gate(name, n_angles, n_qubits, expand)


def _fixed(name: str, n_qubits: int, steps: str) -> Gate:
    """A gate written out: "h3 t3 cx23" is h on qubit 3, t on qubit 3, cx on qubits 2 and 3."""
    written = [(step.rstrip("0123456789"), [int(c) for c in step if c.isdigit()]) for step in steps.split()]

    def expand(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        return [Operation(gate, tuple(qubits[k] for k in where)) for gate, where in written]

    return Gate(name, 0, n_qubits, expand, size=len(written))


def _identity(name: str, n_angles: int) -> Gate:
    return Gate(name, n_angles, 1, lambda angles, qubits, exact: [])


def _u(name: str, phase: Callable[..., AngleLike]) -> Gate:
    """u3 with a phase of its angles."""

    def expand(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        u3 = Operation("u3", tuple(qubits), tuple(angles))
        return [Operation(PHASE, (), (phase(*angles),)), u3] if exact else [u3]

    return Gate(name, 3, 1, expand)


def _u2(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
    return _U3.expand((pi / 2, *angles), qubits, exact)


def _cu(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
    control, target = qubits
    u3 = Operation("u3", (target,), tuple(angles[:3]), ((control, 1),))
    return [Operation("phase", (control,), (angles[3],)), u3]


def _by_name(*gates: Gate) -> dict[str, Gate]:
    return {gate.name: gate for gate in gates}


_U = _u("U", lambda a, b, c: 0.5 * a)
_U3 = _u("u3", lambda a, b, c: -0.5 * (b + c))
_CX = _table("CX", 0, 2, "cx")

# Both includes have these.
_COMMON = _by_name(
    *(_table(name, 0, 1) for name in ("x", "y", "z", "h", "s", "sdg", "t", "tdg")),
    *(_table(name, 1, 1) for name in ("rx", "ry", "rz")),
    *(_table(name, 0, 2) for name in ("cx", "cy", "cz")),
    _table("ccx", 0, 3),
    _table("crz", 1, 2),
    _under_controls("ch", 0, 2, "h", 1),
    _identity("id", 0),
    _table("u1", 1, 1, "phase"),
    Gate("u2", 2, 1, _u2),
    _U3,
    _table("p", 1, 1, "phase"),
    _table("sx", 0, 1),
    _table("cp", 1, 2),
    *(_table(name, 1, 2) for name in ("crx", "cry")),
    _table("swap", 0, 2),
    _under_controls("cswap", 0, 3, "swap", 1),
    Gate("cu", 4, 2, _cu, size=2),
)

LANGUAGE = {2: _by_name(_table("U", 3, 1, "u3"), _CX), 3: _by_name(_U)}
"""Gates that are known before anything is included, by the version of the language."""

STDGATES = _COMMON | _by_name(_CX, _table("phase", 1, 1), _table("cphase", 1, 2, "cp"))
"""stdgates.inc of OpenQASM 3."""

QELIB1 = _COMMON | _by_name(
    _table("cu1", 1, 2, "cp"),
    _under_controls("cu3", 3, 2, "u3", 1),
    _table("u", 3, 1, "u3"),
    _identity("u0", 1),
    _table("sxdg", 0, 1),
    _under_controls("csx", 0, 2, "sx", 1),
    *(_table(name, 1, 2) for name in ("rxx", "rzz")),
    _fixed("rccx", 3, "h2 t2 cx12 tdg2 cx02 t2 cx12 tdg2 h2"),
    _fixed("rc3x", 4, "h3 t3 cx23 tdg3 h3 cx03 t3 cx13 tdg3 cx03 t3 cx13 tdg3 h3 t3 cx23 tdg3 h3"),
    _under_controls("c3x", 0, 4, "x", 3),
    _under_controls("c3sqrtx", 0, 4, "sx", 3),
    _under_controls("c4x", 0, 5, "x", 4),
)
"""qelib1.inc of OpenQASM 2, as Qiskit has extended it."""

STANDARD = {2: QELIB1, 3: STDGATES}
"""The standard include of each version."""

INCLUDES = {"stdgates.inc": STDGATES, "qelib1.inc": QELIB1}

KNOWN = {
    **QELIB1,
    **STDGATES,
    **_by_name(
        *(_table(name, 0, 2) for name in ("iswap", "iswapdg")),
        _table("iswap_dg", 0, 2, "iswapdg"),
        _table("ryy", 1, 2),
    ),
}
"""Gates that a definition of the program may turn out to be."""
