"""A program, statement by statement: declarations, constants, subroutines, measurements, and what is refused."""

from __future__ import annotations

from typing import Any

from openqasm3 import ast

from .._native.errors import InvalidArgumentError
from .._native.limits import MOST_QUBITS
from ..angles import Angle
from . import gates, limits
from .bodies import Body, Language, statement_name
from .definitions import define
from .errors import QasmError, fault
from .inputs import Inputs
from .limits import Budget
from .operands import qubits_of
from .operations import Operation, weight
from .scopes import Scope, Unknown, Value
from .values import Values, cast, type_name

_LITERAL = (ast.FloatType, ast.AngleType)
_TIMES = (ast.DurationType, ast.StretchType)
_ASSIGNED = {"+=": "+", "-=": "-", "*=": "*", "/=": "/", "%=": "%", "**=": "**"}


class Program(Body):
    """Collects the operations of a program, those of each call with the call.

    Args:
        version: 2 or 3.
        inputs: what collects the inputs.
        free: whether numbers in calls outside definitions become parameters.
    """

    def __init__(self, version: int, inputs: Inputs, free: bool) -> None:
        super().__init__(Language(version, Values(version, self._call)), exact=False)
        self.inputs = inputs
        self.free = inputs.free if free else None
        self.gates = dict(gates.LANGUAGE[version])
        self.scope = Scope(gates=self.gates)
        self.declared = 0
        self.steps: list[tuple[Any, list[Operation]]] = []
        self.measured: dict[int, Any] = {}
        self._budget = Budget()
        self._calls = 0

    @property
    def n_qubits(self) -> int:
        """How many qubits there are: those declared, or as far as hardware qubits are numbered.

        Raises:
            QasmError: for none, for more than 128, and for some of both kinds.
        """
        hardware = self.language.operands.hardware
        if hardware and self.declared:
            raise fault(next(iter(hardware.values())), "a hardware qubit beside declared ones")
        if not hardware and not self.declared:
            raise QasmError("the program declares no qubits")
        largest = max(hardware, default=-1)
        _expect_few(hardware.get(largest), largest + 1)
        return self.declared or largest + 1

    def statement(self, node: Any, scope: Scope) -> None:
        """Executes one statement.

        Raises:
            QasmError: for what is not read.
        """
        match node:
            case ast.QuantumGate():
                self._gate(node, scope)
            case ast.QuantumPhase():
                # Without a control it does nothing; version 2 does not know it, and PennyLane writes it.
                if node.modifiers and self.language.version == 3:
                    self._gate(node, scope)
            case ast.ForInLoop():
                self._budget.allow(self.language.size([node], scope), node)
                super().statement(node, scope)
            case ast.Pragma():
                pass
            case ast.QuantumMeasurementStatement():
                self._measure(node.measure, scope)
            case ast.ClassicalAssignment():
                self._assign(node, scope)
            case ast.ExpressionStatement() if isinstance(node.expression, ast.FunctionCall):
                self._call(node.expression, scope)
            case ast.Include():
                self._include(node)
            case ast.QuantumGateDefinition():
                self.gates[node.name.name] = define(node, scope, self.language)
            case ast.SubroutineDefinition():
                self.scope.subroutines[node.name.name] = node
            case _:
                self._declaration(node, scope)

    def _declaration(self, node: Any, scope: Scope) -> None:
        match node:
            case ast.QubitDeclaration():
                self._qubits(node, scope)
            case ast.AliasStatement():
                scope.declare_operand(node, node.target.name, self.language.operands.of(node.value, scope))
            case ast.IODeclaration():
                self._input(node, scope)
            case ast.ConstantDeclaration():
                value = self.language.values.of(node.init_expression, scope)
                scope.declare(node, node.identifier.name, cast(node, node.type, value), constant=True)
            case ast.ClassicalDeclaration():
                self._variable(node, scope)
            case _:
                super().statement(node, scope)

    def count(self, node: Any) -> None:
        """Counts a turn of a loop."""
        self._budget.spend(1, node)

    def refusal(self, node: Any) -> QasmError:
        """The error of a statement that is not read."""
        return fault(
            node, f"{statement_name(node)} is not read: a circuit is unitary, and measured at its end"
        )

    def _gate(self, node: ast.QuantumGate | ast.QuantumPhase, scope: Scope) -> None:
        for operations in self.language.calls.of(node, scope, self.exact, self.free):
            self._budget.spend(max(sum(map(weight, operations)), 1), node)
            if self.measured:
                self._refuse_measured(node, operations)
            self.steps.append((node, operations))

    def _refuse_measured(self, node: Any, operations: list[Operation]) -> None:
        for one in operations:
            for qubit in (*one.qubits, *(control for control, _ in one.controls)):
                if qubit in self.measured:
                    line = self.measured[qubit].span.start_line
                    raise fault(
                        node,
                        f"a gate on qubit {qubit} after its measurement in line {line}; only measurements at the end are "
                        "read",
                    )

    def _measure(self, node: ast.QuantumMeasurement, scope: Scope) -> None:
        if self._calls:
            raise fault(node, "measure in a subroutine is not read; measure in the program")
        for qubit in qubits_of(self.language.operands.of(node.qubit, scope)):
            self.measured.setdefault(qubit, node)

    def _include(self, node: ast.Include) -> None:
        if node.filename not in gates.INCLUDES:
            known = " and ".join(gates.INCLUDES)
            raise fault(
                node,
                f'include "{node.filename}" is not read; {known} are, put other definitions into the file',
            )
        self.gates.update(gates.INCLUDES[node.filename])

    def _qubits(self, node: ast.QubitDeclaration, scope: Scope) -> None:
        size = None
        if node.size is not None:
            size = self.language.values.integer(node.size, scope, "the size of a register")
            if size < 1:
                raise fault(node, f"a register of {size} qubits")
        first = self.declared
        self.declared += size or 1
        _expect_few(node, self.declared)
        scope.declare_operand(
            node, node.qubit.name, first if size is None else tuple(range(first, self.declared))
        )

    def _input(self, node: ast.IODeclaration, scope: Scope) -> None:
        if node.io_identifier is ast.IOKeyword.output:
            scope.declare(node, node.identifier.name, Unknown("an output"))
        elif isinstance(node.type, ast.ArrayType):
            raise fault(
                node, f"input array {node.identifier.name} is not read; declare an input for each entry"
            )
        elif isinstance(node.type, _LITERAL):
            try:
                angle = self.inputs.declare(node.identifier.name)
            except InvalidArgumentError as error:
                raise fault(node, str(error)) from None
            scope.declare(node, node.identifier.name, angle)
        else:
            what = f"an input of type {type_name(node.type)}; float and angle are read"
            scope.declare(node, node.identifier.name, Unknown(what))

    def _variable(self, node: ast.ClassicalDeclaration, scope: Scope) -> None:
        start = node.init_expression
        if isinstance(start, ast.QuantumMeasurement):
            self._measure(start, scope)
        if isinstance(node.type, ast.BitType):
            scope.declare(node, node.identifier.name, Unknown("a bit, whose value a circuit does not know"))
        elif isinstance(node.type, _TIMES):
            scope.declare(node, node.identifier.name, Unknown("a duration"))
        elif start is None:
            scope.declare(node, node.identifier.name, Unknown("without a value"))
        elif isinstance(node.type, ast.ArrayType):
            raise fault(node, f"array {node.identifier.name} is not read; declare a constant for each entry")
        else:
            value = self.language.values.of(start, scope)
            scope.declare(node, node.identifier.name, cast(node, node.type, value))

    def _assign(self, node: ast.ClassicalAssignment, scope: Scope) -> None:
        target = node.lvalue
        name = target.name.name if isinstance(target, ast.IndexedIdentifier) else target.name
        home = next((names for names in scope.values.maps if name in names), None)
        if home is None or name in scope.constants:
            raise fault(node, f"{name} is no variable")
        old = home[name]
        if isinstance(old, Unknown) and old.what.startswith("a bit"):
            return
        if not isinstance(target, ast.Identifier):
            raise fault(node, f"{name} has no indices")
        expression = node.rvalue
        if node.op.name != "=":
            if node.op.name not in _ASSIGNED:
                raise fault(node, f"{node.op.name} is not read")
            expression = ast.BinaryExpression(
                ast.BinaryOperator[_ASSIGNED[node.op.name]], target, node.rvalue
            )
            expression.span = node.span
        value = self.language.values.of(expression, scope)
        home[name] = int(value) if isinstance(old, int) and not isinstance(value, Angle) else value

    def _call(self, node: ast.FunctionCall, scope: Scope) -> Value:
        """What a subroutine returns, once its statements have run."""
        name = node.name.name
        routine = scope.subroutines.get(name)
        if routine is None:
            raise fault(node, f"the subroutine {name} is not defined")
        if len(node.arguments) != len(routine.arguments):
            raise fault(
                node, f"{name} takes {len(routine.arguments)} arguments, {len(node.arguments)} are given"
            )
        if self._calls >= limits.NESTING:
            raise fault(
                node, f"subroutines call one another more than {limits.NESTING} deep; that is the limit"
            )
        self._budget.spend(1, node)
        inner = self.scope.body(self.gates)
        for argument, given in zip(routine.arguments, node.arguments, strict=True):
            self._argument(argument, given, scope, inner)
        self._calls += 1
        try:
            return self._returned(routine, inner)
        finally:
            self._calls -= 1

    def _argument(self, argument: Any, given: Any, scope: Scope, inner: Scope) -> None:
        if isinstance(argument, ast.ClassicalArgument):
            inner.declare(
                given, argument.name.name, cast(given, argument.type, self.language.values.of(given, scope))
            )
            return
        operand = self.language.operands.of(given, scope)
        expected = (
            None if argument.size is None else self.language.values.integer(argument.size, inner, "a size")
        )
        if (None if isinstance(operand, int) else len(operand)) != expected:
            raise fault(
                given, f"{argument.name.name} takes {expected or 'one'} qubits, or a register of that size"
            )
        inner.declare_operand(given, argument.name.name, operand)

    def _returned(self, routine: ast.SubroutineDefinition, inner: Scope) -> Value:
        for node in routine.body:
            if isinstance(node, ast.ReturnStatement):
                if isinstance(node.expression, ast.QuantumMeasurement):
                    self._measure(node.expression, inner)
                return self.language.values.of(node.expression, inner) if node.expression else 0
            self.statement(node, inner)
        return 0


def _expect_few(node: Any, count: int) -> None:
    if count > MOST_QUBITS:
        raise fault(node, f"{count} qubits; {MOST_QUBITS} are the limit")
