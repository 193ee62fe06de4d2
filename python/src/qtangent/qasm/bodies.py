"""The statements that a gate's body and a program share: calls of gates, loops, and what does nothing to a state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openqasm3 import ast

from . import limits
from .calls import Calls, called
from .errors import QasmError, fault
from .operands import Operands
from .operations import Operation
from .scopes import Scope, Unknown, Value
from .values import Values, cast


class Language:
    """What the statements of a program need: values, operands, calls and loops of its version."""

    def __init__(self, version: int, values: Values) -> None:
        self.version = version
        self.values = values
        self.operands = Operands(values, counts_back=version == 3)
        self.calls = Calls(values, self.operands)

    def looped(self, node: ast.ForInLoop, scope: Scope) -> list[Value]:
        """The values of a loop's variable.

        Raises:
            QasmError: for what is no range or set, and for too many values.
        """
        over = node.set_declaration
        if isinstance(over, ast.RangeDefinition):
            return list(self.operands.range(over, scope))
        if isinstance(over, ast.DiscreteSet):
            return [self.values.of(value, scope) for value in over.values]
        raise fault(node, "a loop runs over a range [a:b] or a set {a, b}")

    def iterations(self, node: ast.ForInLoop, scope: Scope) -> Iterator[Scope]:
        """The scope of each turn of a loop."""
        for value in self.looped(node, scope):
            inner = scope.block()
            inner.declare(node, node.identifier.name, cast(node, node.type, value), constant=True)
            yield inner

    def size(self, statements: Iterable[Any], scope: Scope) -> int:
        """How many steps statements have at least, without running them.

        Raises:
            QasmError: for gates that are not defined.
        """
        return sum(self._size(one, scope) for one in statements)

    def _size(self, node: Any, scope: Scope) -> int:
        match node:
            case ast.QuantumGate():
                return max(called(node, scope).size, 1)
            case ast.Box():
                return self.size(node.body, scope)
            case ast.CompoundStatement():
                return self.size(node.statements, scope)
            case ast.ForInLoop():
                try:
                    turns = len(self.looped(node, scope))
                except QasmError:
                    # Its ends depend on what is not known yet; each turn is counted when it comes.
                    turns = 1
                inner = scope.block()
                inner.declare(node, node.identifier.name, Unknown("not known before the loop runs"))
                return turns * max(self.size(node.block, inner), 1)
        return 1


class Body:
    """Collects the operations of a gate's body.

    Args:
        language: of the program.
        exact: whether global phases count.
    """

    def __init__(self, language: Language, exact: bool) -> None:
        self.language = language
        self.exact = exact
        self.operations: list[Operation] = []

    def run(self, statements: Iterable[Any], scope: Scope) -> None:
        """Executes statements in order.

        Raises:
            QasmError: for statements that have no place in a gate, and for more steps than the limit.
        """
        for node in statements:
            self.statement(node, scope)

    def statement(self, node: Any, scope: Scope) -> None:
        """Executes one statement."""
        match node:
            case ast.QuantumGate() | ast.QuantumPhase():
                for operations in self.language.calls.of(node, scope, self.exact):
                    self.operations += operations
                    self.count(node)
            case ast.ForInLoop():
                for inner in self.language.iterations(node, scope):
                    self.run(node.block, inner)
                    self.count(node)
            case ast.Box():
                self.run(node.body, scope.block())
            case ast.CompoundStatement():
                self.run(node.statements, scope.block())
            case ast.QuantumBarrier() | ast.DelayInstruction():
                pass
            case _:
                raise self.refusal(node)

    def count(self, node: Any) -> None:
        """Refuses a body that has become too long."""
        if len(self.operations) > limits.GATES:
            raise fault(node, f"a gate has more than {limits.GATES} steps; that is the limit")

    def refusal(self, node: Any) -> QasmError:
        """The error of a statement that is not read."""
        return fault(node, f"{statement_name(node)} has no place in a gate")


_NAMES = {
    "QuantumReset": "reset", "BranchingStatement": "if", "WhileLoop": "while", "SwitchStatement": "switch",
    "BreakStatement": "break", "ContinueStatement": "continue", "EndStatement": "end", "ExternDeclaration": "extern",
    "CalibrationStatement": "cal", "CalibrationDefinition": "defcal", "CalibrationGrammarDeclaration": "defcalgrammar",
    "QuantumMeasurementStatement": "measure", "ReturnStatement": "return",
}  # fmt: skip


def statement_name(node: Any) -> str:
    """A kind of statement as it is written."""
    return _NAMES.get(type(node).__name__, type(node).__name__)
