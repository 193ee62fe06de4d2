"""Qubits that a statement names: registers, indices, slices, concatenations, and how gates spread over registers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openqasm3 import ast

from . import limits
from .errors import fault
from .scopes import Operand, Scope
from .values import Values


class Operands:
    """Finds the qubits of operands.

    Args:
        values: what computes indices.
        counts_back: whether negative indices count from the end; version 2 knows none.

    Attributes:
        hardware: the hardware qubits, such as $0, that were named, each with where it was.
    """

    def __init__(self, values: Values, counts_back: bool) -> None:
        self._values, self._counts_back = values, counts_back
        self.hardware: dict[int, Any] = {}

    def of(self, node: Any, scope: Scope) -> Operand:
        """The qubit, or the qubits of a register, that an operand names.

        Raises:
            QasmError: for names that are no qubits and indices beyond the register.
        """
        match node:
            case ast.Identifier() if node.name.startswith("$"):
                qubit = int(node.name[1:])
                self.hardware.setdefault(qubit, node)
                return qubit
            case ast.Identifier():
                return _named(node, node.name, scope)
            case ast.IndexedIdentifier():
                operand = _named(node, node.name.name, scope)
                for index in node.indices:
                    operand = self._indexed(node, operand, index, scope)
                return operand
            case ast.IndexExpression():
                return self._indexed(node, self.of(node.collection, scope), node.index, scope)
            case ast.Concatenation():
                qubits = qubits_of(self.of(node.lhs, scope)) + qubits_of(self.of(node.rhs, scope))
                if len(set(qubits)) < len(qubits):
                    raise fault(node, "a qubit stands twice in a concatenation")
                return qubits
        raise fault(node, "qubits are expected here")

    def _indexed(self, node: Any, operand: Operand, index: Any, scope: Scope) -> Operand:
        if isinstance(operand, int):
            raise fault(node, "a single qubit has no index")
        size = len(operand)
        if isinstance(index, ast.DiscreteSet):
            places = [self._values.integer(value, scope, "an index") for value in index.values]
            return tuple(operand[self._inside(node, place, size)] for place in places)
        if len(index) != 1:
            raise fault(node, f"{len(index)} indices of a register; it has one dimension")
        if isinstance(index[0], ast.RangeDefinition):
            places = list(self.range(index[0], scope, size))
            return tuple(operand[self._inside(node, place, size)] for place in places)
        return operand[self._inside(node, self._values.integer(index[0], scope, "an index"), size)]

    def _inside(self, node: Any, place: int, size: int) -> int:
        if not (-size if self._counts_back else 0) <= place < size:
            reason = "" if self._counts_back or place >= 0 else "; OpenQASM 2 counts none from the end"
            raise fault(node, f"index {place} of a register of {size} qubits{reason}")
        return place

    def range(self, node: ast.RangeDefinition, scope: Scope, size: int | None = None) -> range:
        """The integers of a range, whose end belongs to it; one of a register may leave out its ends.

        Raises:
            QasmError: for steps of 0 and ends that are no integers.
        """

        def bound(part: Any, default: int | None, what: str) -> int:
            if part is None and default is not None:
                return default
            if part is None:
                raise fault(node, f"a range without {what}")
            place = self._values.integer(part, scope, f"{what} of a range")
            return place + size if size is not None and place < 0 and self._counts_back else place

        step = 1 if node.step is None else self._values.integer(node.step, scope, "the step of a range")
        if step == 0:
            raise fault(node, "a range with step 0")
        first, last = (None, None) if size is None else (0, size - 1)[:: 1 if step > 0 else -1]
        start, end = bound(node.start, first, "a start"), bound(node.end, last, "an end")
        chosen = range(start, end + (1 if step > 0 else -1), step)
        if size is not None and len(chosen) > size:
            raise fault(node, f"a range of {len(chosen)} in a register of {size} qubits")
        if len(chosen) > limits.GATES:
            raise fault(node, f"a range of {len(chosen)} values; {limits.GATES} are the limit")
        return chosen


def qubits_of(operand: Operand) -> tuple[int, ...]:
    """All qubits of an operand."""
    return (operand,) if isinstance(operand, int) else operand


def broadcast(node: Any, operands: Sequence[Operand]) -> Iterator[tuple[int, ...]]:
    """The qubits of each gate that a call applies: registers pair their elements, single qubits stay.

    Raises:
        QasmError: for registers of different sizes.
    """
    sizes = {len(operand) for operand in operands if not isinstance(operand, int)}
    if len(sizes) > 1:
        raise fault(node, f"registers of {' and '.join(map(str, sorted(sizes)))} qubits in one call")
    for k in range(sizes.pop() if sizes else 1):
        yield tuple(operand if isinstance(operand, int) else operand[k] for operand in operands)


def _named(node: Any, name: str, scope: Scope) -> Operand:
    if name not in scope.operands:
        raise fault(node, f"{name} is not declared as qubits")
    return scope.operands[name]
