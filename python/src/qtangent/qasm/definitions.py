"""Gates that a program defines: recognised where they are gates that the library has, else written out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence

import numpy as np
from openqasm3 import ast

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex
from .._native.errors import InvalidArgumentError
from . import limits
from .bodies import Body, Language
from .controls import instructions
from .errors import fault
from .gates import KNOWN, Angles, Gate, Qubits
from .operations import Operation
from .scopes import Scope

_TOLERANCE = 1e-9
# Two sets of angles of no particular value.
_PROBES = (0.7351, -1.2904, 2.4173, 0.3862), (-2.0716, 1.6153, -0.5228, 1.1497)


def define(node: ast.QuantumGateDefinition, scope: Scope, language: Language) -> Gate:
    """The gate of a definition.

    One that has the name of a gate of the includes or of the gate table, and up to a phase the same matrix at two sets of
    angles, is that gate where phases do not count. All others are their bodies, in which phases count under a control.

    Args:
        node: the definition.
        scope: the names it sees.
        language: of the program.

    Raises:
        QasmError: for names that occur twice, gates that are not defined, and definitions that are too long or too deep.
    """
    name = node.name.name
    names = [one.name for one in (*node.arguments, *node.qubits)]
    if len(set(names)) < len(names):
        raise fault(node, f"the gate {name} has two arguments of one name")

    size = language.size(node.body, scope.body(scope.gates))
    if size > limits.GATES:
        raise fault(node, f"the gate {name} has {size} steps; {limits.GATES} are the limit")
    # As they are now: a gate that is defined anew later is another one.
    known_here = {called: scope.gates[called] for called in _called(node.body)}
    depth = 1 + max((gate.depth for gate in known_here.values()), default=0)
    if depth > limits.NESTING:
        raise fault(node, f"the gate {name} rests on {depth} definitions; {limits.NESTING} are the limit")

    def expand(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        inner = scope.body(known_here)
        for argument, angle in zip(node.arguments, angles, strict=True):
            inner.declare(node, argument.name, angle)
        for argument, qubit in zip(node.qubits, qubits, strict=True):
            inner.declare_operand(node, argument.name, qubit)
        body = Body(language, exact)
        body.run(node.body, inner)
        return body.operations

    gate = Gate(name, len(node.arguments), len(node.qubits), expand, size, depth)
    known = KNOWN.get(name)
    if known is None or not _equal(gate, known):
        return gate

    def recognised(angles: Angles, qubits: Qubits, exact: bool) -> list[Operation]:
        return expand(angles, qubits, True) if exact else known.expand(angles, qubits, False)

    return Gate(name, gate.n_angles, gate.n_qubits, recognised, size, depth)


def _called(statements: Iterable[object]) -> set[str]:
    """The names of the gates that statements call."""
    found: set[str] = set()
    for node in statements:
        match node:
            case ast.QuantumGate():
                found.add(node.name.name)
            case ast.ForInLoop():
                found |= _called(node.block)
            case ast.Box():
                found |= _called(node.body)
            case ast.CompoundStatement():
                found |= _called(node.statements)
    return found


def _equal(gate: Gate, known: Gate) -> bool:
    if (gate.n_angles, gate.n_qubits) != (known.n_angles, known.n_qubits):
        return False
    try:
        return all(_agree(_matrix(gate, probe), _matrix(known, probe)) for probe in _PROBES)
    except InvalidArgumentError:
        # What is wrong with the body is said where the gate is used.
        return False


def _agree(a: Complex, b: Complex) -> bool:
    overlap = np.vdot(a, b)
    return bool(abs(overlap) > 0 and np.abs(a * (overlap / abs(overlap)) - b).max() < _TOLERANCE)


def _matrix(gate: Gate, probe: Sequence[float]) -> Complex:
    """The matrix of a gate up to its phase, (2^k, 2^k)."""
    dimension = 2**gate.n_qubits
    result = np.empty((dimension, dimension), dtype=np.complex128)
    circuit = _native.create("qtg_circuit_create", gate.n_qubits)
    for instruction in instructions(gate.expand(probe[: gate.n_angles], range(gate.n_qubits), False)):
        instruction._append_to(circuit)
    none = ctypes.POINTER(ctypes.c_double)()
    _native.call("qtg_circuit_matrix", circuit, none, 0, none, 0, 0, _arrays.pointer(result))
    return result
