"""What names mean at a place of a program: numbers and inputs, qubits, gates and subroutines."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from openqasm3 import ast

from ..angles import Angle
from .errors import fault
from .gates import Gate

Value: TypeAlias = int | float | Angle
Operand: TypeAlias = int | tuple[int, ...]
"""A qubit, or the qubits of a register."""


@dataclass(frozen=True)
class Unknown:
    """A name whose value the circuit does not tell, such as a bit that is measured."""

    what: str


@dataclass
class Scope:
    """The names that a statement sees; an inner scope sees those of the outer ones.

    A gate or a subroutine sees constants, gates and subroutines from outside, and no qubits or variables.
    """

    values: ChainMap[str, Value | Unknown] = field(default_factory=ChainMap)
    constants: ChainMap[str, Value | Unknown] = field(default_factory=ChainMap)
    operands: ChainMap[str, Operand] = field(default_factory=ChainMap)
    gates: Mapping[str, Gate] = field(default_factory=dict)
    subroutines: dict[str, ast.SubroutineDefinition] = field(default_factory=dict)

    def block(self) -> Scope:
        """The scope of a block inside this one."""
        return Scope(
            self.values.new_child(),
            self.constants.new_child(),
            self.operands.new_child(),
            self.gates,
            self.subroutines,
        )

    def body(self, gates: Mapping[str, Gate]) -> Scope:
        """The scope of a gate's or a subroutine's body, which sees these gates."""
        constants = self.constants.new_child()
        return Scope(constants.new_child(), constants, ChainMap(), gates, self.subroutines)

    def declare(self, node: Any, name: str, value: Value | Unknown, constant: bool = False) -> None:
        """Gives a name its value.

        Raises:
            QasmError: for a name that the scope itself has.
        """
        self._claim(node, name)
        self.values[name] = value
        if constant:
            self.constants[name] = value

    def declare_operand(self, node: Any, name: str, operand: Operand) -> None:
        """Gives a name its qubits.

        Raises:
            QasmError: for a name that the scope itself has.
        """
        self._claim(node, name)
        self.operands[name] = operand

    def _claim(self, node: Any, name: str) -> None:
        if name in self.values.maps[0] or name in self.operands.maps[0]:
            raise fault(node, f"{name} is declared twice")
