"""Where a product state goes through a circuit, and what must be inserted so that data do not move it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ...angles import Angle
from ...circuits import Circuit
from ...instructions import Instruction
from .axes import axes, place, reads_data
from .bloch import arrangements, factors, moves, pole, product_state

# Of gates on more qubits only Pauli axes of their own are tried.
_TRIED_QUBITS = 3


class Track:
    """A circuit under construction, and the qubits of its product state while all insertions are turned on.

    Args:
        n_qubits: all of which start in |0>.
        theta: (p,), or None where parameters are not known.
        taken: names that no key may have.

    Attributes:
        instructions: so far, in time order.
        inserted: the positions among them of the insertions.
        trigger: key -> angle in radians, in the order of insertion.
    """

    def __init__(self, n_qubits: int, theta: Real | None, taken: Iterable[str]) -> None:
        self._theta = theta
        self._vectors = [pole("Z")] * n_qubits
        names = tuple(taken)
        self._prefix = "calibration"
        while any(name.startswith(self._prefix) for name in names):
            self._prefix = f"_{self._prefix}"
        self.instructions: list[Instruction] = []
        self.inserted: list[int] = []
        self.trigger: dict[str, float] = {}

    def append(self, instruction: Instruction) -> None:
        """An instruction that comes too late to matter."""
        self.instructions.append(instruction)

    def insert(self, axis: str, qubit: int, angle: float) -> str:
        """A rotation that a new configuration key controls. Returns the key."""
        key = f"{self._prefix}_{len(self.trigger)}"
        self.trigger[key] = angle
        self.inserted.append(len(self.instructions))
        self.instructions.append(Instruction(f"r{axis.lower()}", qubit, Angle(configuration={key: 1.0})))
        return key

    def bring(self, qubit: int, axis: str, sign: float | None = None) -> None:
        """Inserts what puts a qubit on an axis, at the nearer end without a sign."""
        steps, self._vectors[qubit] = moves(self._vectors[qubit], axis, sign)
        for about, angle in steps:
            self.insert(about, qubit, angle)

    def follow(self, instruction: Instruction) -> None:
        """Inserts what an instruction needs before it, appends it, and moves the state through it.

        Raises:
            InvalidArgumentError: for a gate that reads data and has no product eigenstate, for one that entangles every
                product state that is tried, and for a parameter without a theta.
        """
        where = instruction.qubits
        if reads_data(instruction):
            for qubit, axis in zip(where, axes(instruction), strict=True):
                if axis != "I":
                    self.bring(qubit, axis)
        else:
            self._evolve(instruction, self._matrix(instruction), where)
        self.instructions.append(instruction)

    def _evolve(self, instruction: Instruction, matrix: Complex, where: Sequence[int]) -> None:
        vectors = [self._vectors[qubit] for qubit in where]
        letters = None if len(where) <= _TRIED_QUBITS else instruction.pauli or "Z" * len(where)
        for _, way in arrangements(vectors, letters):
            placed = [
                moves(vector, axis)[1] if axis else vector for vector, axis in zip(vectors, way, strict=True)
            ]
            after = factors(matrix @ product_state(placed))
            if after is not None:
                for qubit, axis in zip(where, way, strict=True):
                    if axis:
                        self.bring(qubit, axis)
                for qubit, vector in zip(where, after, strict=True):
                    self._vectors[qubit] = vector
                return
        raise InvalidArgumentError(
            f"{place(instruction)} comes before the last encoding gate and entangles every product of Pauli eigenstates; "
            "such a circuit cannot be neutralised by rotations of single qubits"
        )

    def _matrix(self, instruction: Instruction) -> Complex:
        """The instruction at theta, on its own qubits."""
        n = len(instruction.qubits)
        alone = Instruction(
            instruction.name,
            tuple(range(n)),
            tuple(self._number(angle, instruction) for angle in instruction.angles),
            instruction.pauli,
            instruction.generator,
            instruction.matrix,
            instruction.channel,
        )
        return Circuit.from_instructions(n, [alone]).matrix()

    def _number(self, angle: Angle, instruction: Instruction) -> float:
        if angle.terms and self._theta is None:
            raise InvalidArgumentError(
                f"{place(instruction)} has a parameter and comes before the last encoding gate; give theta, without which "
                "nobody knows what state it makes"
            )
        theta = np.zeros(0) if self._theta is None else self._theta
        return angle.constant + sum(factor * float(theta[p]) for ((p,), _), factor in angle.terms.items())


def encoding_past(instructions: Sequence[Instruction]) -> set[int]:
    """The positions of the instructions that some gate that reads data depends on, those gates included."""
    past: set[int] = set()
    reached: set[int] = set()
    for k, instruction in reversed(list(enumerate(instructions))):
        if reads_data(instruction) or not reached.isdisjoint(instruction.qubits):
            past.add(k)
            reached.update(instruction.qubits)
    return past
