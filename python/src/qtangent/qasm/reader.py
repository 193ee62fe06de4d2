"""From the text of a program to the instructions of a circuit, and what the program says beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from openqasm3 import ast

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..instructions import Instruction
from . import limits
from .controls import instructions
from .errors import QasmError, fault
from .gates import STANDARD
from .inputs import Inputs
from .operations import PHASE, Operation
from .program import Program
from .syntax import parse


@dataclass(frozen=True)
class Reading:
    """What a program holds.

    Attributes:
        n_qubits: in the order of declaration.
        instructions: of the circuit, in time order.
        parameter_names, feature_names: of the inputs that are used, as the program has them.
        initial_theta: (p,), the numbers in whose place parameters stand, NaN for inputs; None unless literal angles were
            made free.
        measured_qubits: those that are measured at the end, in the order of measurement.
        unused_inputs: names of inputs that are in no angle.
    """

    n_qubits: int
    instructions: list[Instruction]
    parameter_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    initial_theta: Real | None
    measured_qubits: tuple[int, ...]
    unused_inputs: tuple[str, ...]


def read_text(text: str, features: Collection[str], free: bool, config: Collection[str] = ()) -> Reading:
    """Reads a program.

    Args:
        text: OpenQASM 2 or 3.
        features: names of inputs that are features.
        free: whether literal angles become parameters.
        config: names of inputs that are configuration keys.

    Raises:
        QasmError: for what is broken or not read, with its place.
    """
    tree, version = parse(text)
    program = Program(version, Inputs(features, config), free)
    if not any(isinstance(node, ast.Include) for node in tree.statements):
        # PennyLane's reader knows the standard gates without an include, and takes none.
        program.gates.update(STANDARD[version])
    try:
        program.run(tree.statements, program.scope)
    except RecursionError:
        raise QasmError(f"the program is nested too deeply; {limits.NESTING} levels are the limit") from None
    return _reading(program, free)


def _reading(program: Program, free: bool) -> Reading:
    n_qubits = program.n_qubits
    numbering = program.inputs.numbered(
        angle for _, call in program.steps for one in call if _matters(one) for angle in one.angles
    )
    circuit: list[Instruction] = []
    for node, call in program.steps:
        try:
            circuit += instructions(
                one._replace(angles=tuple(map(numbering.of, one.angles))) for one in call if _matters(one)
            )
        except InvalidArgumentError as error:
            raise fault(node, str(error)) from None
    return Reading(
        n_qubits,
        circuit,
        numbering.parameter_names,
        numbering.feature_names,
        np.array(numbering.initial_theta) if free else None,
        tuple(program.measured),
        numbering.unused,
    )


def _matters(one: Operation) -> bool:
    """A global phase without controls does nothing to what is measured."""
    return one.gate != PHASE or bool(one.controls)
