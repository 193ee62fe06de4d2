"""Programs in OpenQASM whose gates, operands, numbers and registers were exchanged: whether they are read, and as what.

The meaning follows from the statements here, by dense matrices, and not from the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from qasm_programs import GATES, Gate, product
from reference import Matrix, embed

ANGLES = {
    "0": 0.0, "1": 1.0, "-1": -1.0, "0.5": 0.5, "1e-320": 0.0, "pi/3": np.pi / 3, "2*pi": 2 * np.pi, "-7.25": -7.25,
    "1e3": 1e3, ".25": 0.25, "2.": 2.0, "1.5e-3": 1.5e-3, "(1+2)/4.0": 0.75,
}  # fmt: skip
UNKNOWN = Gate("foo", 0, 1, lambda: np.eye(2))


class Wrong(Exception):
    """The program has no meaning."""


@dataclass(frozen=True)
class Operand:
    register: str
    index: int | None
    """None is the whole register."""

    def __str__(self) -> str:
        return self.register if self.index is None else f"{self.register}[{self.index}]"


@dataclass(frozen=True)
class Statement:
    gate: Gate
    angles: tuple[str, ...]
    operands: tuple[Operand, ...]

    def __str__(self) -> str:
        angles = f"({', '.join(self.angles)})" if self.angles else ""
        return f"{self.gate.name}{angles} {', '.join(map(str, self.operands))};"


@dataclass(frozen=True)
class Flat:
    """A program without anything but gates."""

    version: int
    registers: dict[str, int]
    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        include = "qelib1.inc" if self.version == 2 else "stdgates.inc"
        declared = [
            f"qreg {name}[{size}];" if self.version == 2 else f"qubit[{size}] {name};"
            for name, size in self.registers.items()
        ]
        head = [f"OPENQASM {self.version}.0;", f'include "{include}";']
        return "\n".join([*head, *declared, *map(str, self.statements)]) + "\n"

    @property
    def n_qubits(self) -> int:
        return sum(self.registers.values())

    def matrix(self) -> Matrix:
        """
        Raises:
            Wrong: a statement means nothing.
        """
        if any(size < 1 for size in self.registers.values()):
            raise Wrong
        steps = [step for statement in self.statements for step in self._steps(statement)]
        return product(steps, 2**self.n_qubits)

    def _steps(self, statement: Statement) -> Iterator[Matrix]:
        gate = statement.gate
        if gate is UNKNOWN or (len(statement.angles), len(statement.operands)) != (
            gate.n_angles,
            gate.n_qubits,
        ):
            raise Wrong
        places = [self._places(operand) for operand in statement.operands]
        long = {
            len(where)
            for where, operand in zip(places, statement.operands, strict=True)
            if operand.index is None
        }
        if len(long) > 1:
            raise Wrong
        small = gate.matrix(*(ANGLES[angle] for angle in statement.angles))
        for turn in range(max(long, default=1)):
            qubits = [
                where[turn if operand.index is None else 0]
                for where, operand in zip(places, statement.operands, strict=True)
            ]
            if len(set(qubits)) < len(qubits):
                raise Wrong
            yield embed(small, qubits, self.n_qubits)

    def _places(self, operand: Operand) -> list[int]:
        if operand.register not in self.registers:
            raise Wrong
        names = list(self.registers)
        start = sum(self.registers[name] for name in names[: names.index(operand.register)])
        size = self.registers[operand.register]
        if operand.index is None:
            return list(range(start, start + size))
        # Version 3 counts negative indices from the end.
        index = operand.index + (size if operand.index < 0 and self.version == 3 else 0)
        if not 0 <= index < size:
            raise Wrong
        return [start + index]


def plain(random: Random) -> Flat:
    """One that is to be read."""
    version = random.choice([2, 3])
    registers = dict(zip("uvw", random.choice([(2,), (3,), (1, 2), (2, 2), (1, 1, 1)]), strict=False))
    every = [Operand(name, k) for name, size in registers.items() for k in range(size)]
    statements = []
    for _ in range(random.randint(3, 10)):
        gate = random.choice([one for one in GATES[version] if one.n_qubits <= len(every)])
        operands = random.sample(every, gate.n_qubits)
        if gate.n_qubits == 1 and random.random() < 0.2:
            operands = [Operand(operands[0].register, None)]
        angles = random.choices(list(ANGLES), k=gate.n_angles)
        statements.append(Statement(gate, tuple(angles), tuple(operands)))
    return Flat(version, registers, tuple(statements))


def exchanged(program: Flat, random: Random) -> Flat:
    """The program with one thing in it exchanged, which may leave it without a meaning."""
    place = random.randrange(len(program.statements))
    statements, one = list(program.statements), program.statements[place]
    other = random.choice(program.statements)
    kind = random.choice(
        ["gate", "any gate", "angle", "operand", "operands", "order", "again", "leave out", "register"]
    )
    if kind == "gate":
        shape = (one.gate.n_angles, one.gate.n_qubits)
        alike = [gate for gate in GATES[program.version] if (gate.n_angles, gate.n_qubits) == shape]
        statements[place] = replace(one, gate=random.choice(alike))
    elif kind == "any gate":
        statements[place] = replace(one, gate=random.choice([*GATES[program.version], UNKNOWN]))
    elif kind == "angle" and one.angles:
        angles = list(one.angles)
        angles[random.randrange(len(angles))] = random.choice(list(ANGLES))
        statements[place] = replace(one, angles=tuple(angles))
    elif kind == "operand":
        operands = list(one.operands)
        name = random.choice([*program.registers] * 3 + ["lost"])
        index = random.choice([None, 0, 0, 1, 1, 2, -1, 2**31, 2**63])
        operands[random.randrange(len(operands))] = Operand(name, index)
        statements[place] = replace(one, operands=tuple(operands))
    elif kind == "operands":
        statements[place] = replace(one, operands=tuple(random.sample(one.operands, len(one.operands))))
    elif kind == "order":
        at = statements.index(other)
        statements[place], statements[at] = other, one
    elif kind == "again":
        statements.insert(place, other)
    elif kind == "leave out" and len(statements) > 1:
        del statements[place]
    elif kind == "register":
        name = random.choice(list(program.registers))
        size = random.choice([0, 1, 2, 3, 3, 4])
        return replace(program, registers={**program.registers, name: size})
    return replace(program, statements=tuple(statements))
