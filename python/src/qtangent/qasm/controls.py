"""Operations as instructions of a circuit; what becomes of controls that no gate of the table has.

A rotation exp(-i angle P/2) under controls is exp(-i angle H), where H is P/2 times the projector on the controls being 1.
A fixed gate is a phase gate between two others, or a product of gates that can be controlled, so that no dense matrix is
needed. A control on 0 is one on 1 between two X.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from math import pi

from .._native.errors import InvalidArgumentError
from ..instructions import Instruction
from ..observables import Observable, Term, projector
from . import limits
from .operations import PHASE, Operation

# Gates of the table that are others under controls.
_CONTROLLED = {
    "cx": ("x", 1), "ccx": ("x", 2), "cy": ("y", 1), "cz": ("z", 1), "crx": ("rx", 1), "cry": ("ry", 1),
    "crz": ("rz", 1), "phase": (PHASE, 1), "cp": (PHASE, 2),
}  # fmt: skip
_BY_CONTROLS = {value: name for name, value in _CONTROLLED.items()}
_PAULIS = {"rx": "X", "ry": "Y", "rz": "Z", "rxx": "XX", "ryy": "YY", "rzz": "ZZ"}
_PHASES = {"z": pi, "s": pi / 2, "sdg": -pi / 2, "t": pi / 4, "tdg": -pi / 4}


def instructions(operations: Iterable[Operation]) -> Iterator[Instruction]:
    """The instructions of operations in time order; a global phase has none.

    Raises:
        InvalidArgumentError: for more controls than a rotation may have, and for qubits that are named twice.
    """
    flipped: set[int] = set()
    for one in operations:
        zeros = {qubit for qubit, bit in one.controls if bit == 0}
        touched = {*one.qubits, *(qubit for qubit, _ in one.controls)}
        change = (zeros - flipped) | (flipped & touched - zeros)
        flipped ^= change
        yield from (Instruction("x", qubit) for qubit in sorted(change))
        yield from _under_ones(one)
    yield from (Instruction("x", qubit) for qubit in sorted(flipped))


def _under_ones(operation: Operation) -> Iterator[Instruction]:
    """The instructions of an operation all whose controls ask for a 1."""
    gate, qubits = operation.gate, operation.qubits
    if not operation.controls:
        if gate != PHASE:
            yield Instruction(gate, qubits, operation.angles)
        return
    controls = tuple(qubit for qubit, _ in operation.controls)
    if gate in _CONTROLLED:
        gate, more = _CONTROLLED[gate]
        controls, qubits = controls + qubits[:more], qubits[more:]
    where = controls + qubits
    if len(set(where)) < len(where):
        raise InvalidArgumentError("a qubit is named twice")
    if named := _BY_CONTROLS.get((gate, len(controls))):
        yield Instruction(named, where, operation.angles)
    elif gate in _PAULIS or gate == PHASE:
        generator = _generator(_PAULIS.get(gate, ""), len(controls))
        yield Instruction("evolve", where, operation.angles, generator=generator)
    else:
        ones = tuple((qubit, 1) for qubit in controls)
        for part in _parts(gate, qubits, operation, ones):
            yield from _under_ones(part)


@lru_cache(maxsize=64)
def _generator(pauli: str, n_controls: int) -> Observable:
    """P/2 times the projector on the controls being 1, written out as a product of (1 - Z)/2; for a phase minus the
    projector."""
    if n_controls > limits.CONTROLS:
        what = "a rotation" if pauli else "a phase"
        raise InvalidArgumentError(f"{what} under {n_controls} controls; {limits.CONTROLS} are the limit")
    if not pauli:
        return -projector("1" * n_controls)
    return Observable.from_terms(
        n_controls + len(pauli),
        [
            Term((-1) ** letters.count("Z") / 2 ** (n_controls + 1), "".join(letters) + pauli)
            for letters in product("IZ", repeat=n_controls)
        ],
    )


def _parts(
    gate: str, qubits: tuple[int, ...], operation: Operation, controls: tuple[tuple[int, int], ...]
) -> list[Operation]:
    """Operations that make up a gate under controls; those around the middle cancel where the middle does nothing."""

    def under(name: str, where: tuple[int, ...], *angles: float) -> Operation:
        return Operation(name, where, angles, controls)

    if gate in _PHASES:
        return [under("phase", qubits, _PHASES[gate])]
    match gate:
        case "u3":
            a, b, c = operation.angles
            first, last = (Operation("phase", qubits, (angle,), controls) for angle in (c, b))
            return [first, Operation("ry", qubits, (a,), controls), last]
        case "x":
            return [Operation("h", qubits), under("z", qubits), Operation("h", qubits)]
        case "y":
            return [Operation("sdg", qubits), under("x", qubits), Operation("s", qubits)]
        case "h":
            turn, back = (Operation("ry", qubits, (angle,)) for angle in (-pi / 4, pi / 4))
            return [turn, under("z", qubits), back]
        case "sx" | "sxdg":
            middle = under("s" if gate == "sx" else "sdg", qubits)
            return [Operation("h", qubits), middle, Operation("h", qubits)]
        case "swap":
            a, b = qubits
            around = Operation("cx", (a, b))
            return [around, under("cx", (b, a)), around]
        case "iswap" | "iswapdg":
            angle = -pi / 2 if gate == "iswap" else pi / 2
            return [under("rxx", qubits, angle), under("ryy", qubits, angle)]
    raise InvalidArgumentError(f"{gate} cannot be controlled")
