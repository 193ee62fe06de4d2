"""Values of expressions: numbers, and angles that are affine in the inputs."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from openqasm3 import ast

from .._native.errors import InvalidArgumentError
from ..angles import Angle
from .errors import QasmError, fault
from .scopes import Scope, Unknown, Value

_CONSTANTS = {
    "pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "euler": math.e, "ℇ": math.e
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos,
    "arctan": math.atan, "asin": math.asin, "acos": math.acos, "atan": math.atan, "exp": math.exp,
    "log": math.log, "ln": math.log, "sqrt": math.sqrt, "ceiling": math.ceil, "floor": math.floor,
    "mod": operator.mod, "popcount": lambda value: bin(value).count("1"),
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], int]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq,
    "!=": operator.ne, "&&": lambda a, b: bool(a) and bool(b), "||": lambda a, b: bool(a) or bool(b),
}  # fmt: skip
_BITWISE: dict[str, Callable[[Any, Any], int]] = {
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift
}  # fmt: skip
_LARGEST_INTEGER = 2**64


class Values:
    """Computes expressions.

    In version 3 the quotient of two integers is an integer, as the specification has it; in version 2 it is a real number.
    Values of type angle are real numbers, not taken modulo 2 pi.

    Args:
        version: 2 or 3.
        call: what a call of a subroutine gives.
    """

    def __init__(self, version: int, call: Callable[[ast.FunctionCall, Scope], Value]) -> None:
        self._integer_division = version == 3
        self._call = call

    def of(self, node: Any, scope: Scope) -> Value:
        """The value of an expression.

        Raises:
            QasmError: for names that are not declared, operations that are not defined, and angles that are not affine.
        """
        try:
            value = self._visit(node, scope)
        except (ArithmeticError, TypeError, ValueError) as error:
            if isinstance(error, QasmError):
                raise
            raise fault(node, f"this expression has no value ({error})") from None
        return value

    def exact(self, node: Any, scope: Scope) -> Value:
        """The value with quotients of integers as real numbers, for what must be an integer and may not be rounded."""
        kept, self._integer_division = self._integer_division, False
        try:
            return self.of(node, scope)
        finally:
            self._integer_division = kept

    def integer(self, node: Any, scope: Scope, what: str) -> int:
        """The value of an expression that must be an integer."""
        value = self.of(node, scope)
        if isinstance(value, Angle) or value != int(value):
            raise fault(node, f"{what} is {shown(value)}; an integer is expected")
        return int(value)

    def _visit(self, node: Any, scope: Scope) -> Value:
        match node:
            case ast.Identifier():
                return _named(node, scope)
            case ast.IntegerLiteral() | ast.FloatLiteral() | ast.BooleanLiteral():
                return _checked(node, node.value)
            case ast.BinaryExpression():
                left, right = self._visit(node.lhs, scope), self._visit(node.rhs, scope)
                return _checked(node, self._binary(node, left, right))
            case ast.UnaryExpression():
                return self._unary(node, self._visit(node.expression, scope))
            case ast.FunctionCall():
                return _checked(node, self._function(node, scope))
            case ast.Cast():
                return cast(node, node.type, self._visit(node.argument, scope))
        raise fault(node, f"{type(node).__name__} has no place in the angles and indices that are read")

    def _unary(self, node: ast.UnaryExpression, value: Value) -> Value:
        if node.op.name == "-":
            return -value
        if isinstance(value, Angle):
            raise _not_affine(node, f"{node.op.name} of an input")
        return not value if node.op.name == "!" else ~value  # type: ignore[operator]

    def _binary(self, node: ast.BinaryExpression, a: Value, b: Value) -> Value:
        name = node.op.name
        if isinstance(a, Angle) or isinstance(b, Angle):
            return _affine(node, name, a, b)
        match name:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                if self._integer_division and isinstance(a, int) and isinstance(b, int):
                    return math.trunc(a / b) if abs(a) < 2**53 else a // b
                return a / b
            case "%":
                return a % b
            case "**":
                return power(a, b)
        if name in _COMPARISONS:
            return _COMPARISONS[name](a, b)
        if name in ("<<", ">>") and b > 64:
            raise fault(node, f"a shift by {b} bits; 64 are the most")
        return _BITWISE[name](a, b)

    def _function(self, node: ast.FunctionCall, scope: Scope) -> Value:
        name = node.name.name
        if name in scope.subroutines:
            return self._call(node, scope)
        arguments = [self._visit(argument, scope) for argument in node.arguments]
        if any(isinstance(argument, Angle) for argument in arguments):
            raise _not_affine(node, f"{name} of an input")
        if name == "pow" and len(arguments) == 2:
            return power(*arguments)  # type: ignore[arg-type]
        if name not in _FUNCTIONS:
            raise fault(node, f"there is no function {name}")
        return _FUNCTIONS[name](*arguments)


def power(a: float, b: float) -> float:
    """a to the power of b, as an integer where both are and it is small."""
    if isinstance(a, int) and isinstance(b, int) and b >= 0 and a.bit_length() * b <= 64:
        return int(a**b)
    return math.pow(a, b)


def cast(node: Any, kind: Any, value: Value) -> Value:
    """A value as one of a declared type."""
    match kind:
        case ast.FloatType() | ast.AngleType():
            return value if isinstance(value, Angle) else float(value)
        case ast.IntType() | ast.UintType() if not isinstance(value, Angle):
            return int(value)
        case ast.BoolType() if not isinstance(value, Angle):
            return bool(value)
    raise fault(node, f"{shown(value)} cannot become a value of type {type_name(kind)}")


def type_name(kind: Any) -> str:
    """A type as it is written."""
    return type(kind).__name__.removesuffix("Type").lower()


def shown(value: Value) -> str:
    """A value for a message."""
    return "an angle with inputs" if isinstance(value, Angle) else f"{value:g}"


def _named(node: ast.Identifier, scope: Scope) -> Value:
    value = scope.values.get(node.name, _CONSTANTS.get(node.name))
    if value is None:
        what = "names qubits" if node.name in scope.operands else "is not declared"
        raise fault(node, f"{node.name} {what}")
    if isinstance(value, Unknown):
        raise fault(node, f"{node.name} is {value.what}")
    return value


def _affine(node: ast.BinaryExpression, name: str, a: Value, b: Value) -> Value:
    try:
        match name:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/" if not isinstance(b, Angle):
                return a / b
            case "**" if isinstance(b, int) and 0 <= b <= 2:
                return (1.0, a, a * a if b == 2 else a)[b]
    except InvalidArgumentError as error:
        if name == "**" or (name == "*" and isinstance(a, Angle) and isinstance(b, Angle)):
            raise _not_affine(node, "this product of inputs") from None
        raise fault(node, str(error)) from None
    raise _not_affine(node, f"{name} of inputs")


def _not_affine(node: Any, what: str) -> QasmError:
    return fault(
        node,
        f"{what} is no angle; angles are sums of numbers, inputs, and products of a parameter and a feature or of two "
        "features",
    )


def _checked(node: Any, value: Value) -> Value:
    if isinstance(value, Angle):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise fault(node, "this integer has more than 64 bits")
    elif not math.isfinite(value):
        raise fault(node, f"this number is {value}")
    return value
