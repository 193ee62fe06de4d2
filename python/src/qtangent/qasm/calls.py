"""A call of a gate, with its modifiers, as operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openqasm3 import ast

from .._native.limits import MOST_QUBITS
from ..angles import Angle, AngleLike
from . import limits
from .errors import QasmError, fault
from .gates import Angles, Gate
from .operands import Operands, broadcast
from .operations import PHASE, Operation, controlled, inverse, power, weight
from .scopes import Operand, Scope
from .values import Values

_GLOBAL_PHASE = Gate(PHASE, 1, 0, lambda angles, qubits, exact: [Operation(PHASE, (), tuple(angles))])


class Calls:
    """Expands calls.

    Args:
        values, operands: what computes angles and finds qubits.
    """

    def __init__(self, values: Values, operands: Operands) -> None:
        self._values = values
        self._operands = operands

    def of(
        self,
        node: ast.QuantumGate | ast.QuantumPhase,
        scope: Scope,
        exact: bool,
        free: Callable[[float], Angle] | None = None,
    ) -> Iterator[list[Operation]]:
        """The operations of each gate that a call applies.

        Args:
            node: the call.
            scope: the names it sees.
            exact: whether global phases count, as they do under a control.
            free: what makes a parameter of a number.

        Raises:
            QasmError: for gates that are not defined, another number of angles or qubits, and angles that are not affine.
        """
        gate = called(node, scope)
        modifiers = [self._modifier(one, scope) for one in node.modifiers]
        n_controls = sum(count for kind, count in modifiers if kind in ("ctrl", "negctrl"))
        angles = [self._angle(gate, one, scope) for one in _arguments(node)]
        operands = [self._operands.of(one, scope) for one in node.qubits]
        _expect(node, gate, "angles", gate.n_angles, len(angles))
        _expect(node, gate, "qubits", n_controls + gate.n_qubits, len(operands))
        self._refuse_long(node, gate, angles, modifiers, operands)
        for qubits in broadcast(node, operands):
            if len(set(qubits)) < len(qubits):
                raise fault(node, f"{gate.name} acts on a qubit twice")
            own = [a if free is None or isinstance(a, Angle) else free(a) for a in angles]
            yield _modified(gate, own, qubits, modifiers, exact or n_controls > 0)

    def _angle(self, gate: Gate, node: Any, scope: Scope) -> AngleLike:
        try:
            return self._values.of(node, scope)
        except QasmError as error:
            raise QasmError(f"an angle of {gate.name}: {error.reason}", error.line, error.column) from None

    def _modifier(self, node: ast.QuantumGateModifier, scope: Scope) -> tuple[str, int]:
        kind = node.modifier.name
        if kind == "inv":
            return kind, 0
        if node.argument is None:
            return kind, 1
        value = self._values.exact(node.argument, scope)
        if isinstance(value, Angle) or value != int(value):
            shown = "an input" if isinstance(value, Angle) else f"{value:g}"
            raise fault(node, f"{kind}({shown}); only integers are read")
        if kind != "pow" and not 1 <= value <= MOST_QUBITS:
            raise fault(node, f"{kind}({value:g}); 1 to {MOST_QUBITS} controls are possible")
        return kind, int(value)

    @staticmethod
    def _refuse_long(
        node: Any, gate: Gate, angles: Angles, modifiers: list[tuple[str, int]], operands: list[Operand]
    ) -> None:
        size = max(gate.size, 1) * weight(Operation(gate.name, (), tuple(angles)))
        for kind, count in modifiers:
            # The power of one rotation is one rotation.
            size *= abs(count) if kind == "pow" and (gate.size > 1 or gate.n_angles != 1) else 1
        size *= max((len(one) for one in operands if not isinstance(one, int)), default=1)
        if size > limits.GATES:
            raise fault(node, f"this call of {gate.name} has {size} steps; {limits.GATES} are the limit")


def called(node: ast.QuantumGate | ast.QuantumPhase, scope: Scope) -> Gate:
    """The gate that a call names.

    Raises:
        QasmError: for a gate that is not defined.
    """
    if isinstance(node, ast.QuantumPhase):
        return _GLOBAL_PHASE
    gate = scope.gates.get(node.name.name)
    if gate is None:
        raise fault(
            node, f"the gate {node.name.name} is not defined; define it with gate, or include what has it"
        )
    return gate


def _arguments(node: ast.QuantumGate | ast.QuantumPhase) -> list[Any]:
    return [node.argument] if isinstance(node, ast.QuantumPhase) else node.arguments


def _modified(
    gate: Gate,
    angles: list[AngleLike],
    qubits: tuple[int, ...],
    modifiers: list[tuple[str, int]],
    exact: bool,
) -> list[Operation]:
    """The innermost modifier is the last one written; controls come first, those of the outermost first of all."""
    controls = list(qubits[: len(qubits) - gate.n_qubits])
    operations = gate.expand(angles, qubits[len(controls) :], exact)
    for kind, count in reversed(modifiers):
        if kind == "inv":
            operations = inverse(operations)
        elif kind == "pow":
            operations = power(operations, count)
        else:
            bit = int(kind == "ctrl")
            operations = controlled(operations, tuple((qubit, bit) for qubit in controls[-count:]))
            del controls[-count:]
    return operations


def _expect(node: Any, gate: Gate, what: str, expected: int, given: int) -> None:
    if given != expected:
        raise fault(node, f"{gate.name} takes {expected} {what}, {given} are given")
