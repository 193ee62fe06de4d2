"""The generators of a circuit's parameters, moved in front of everything that is not trained."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ...angles import Angle
from ...circuits import Circuit
from ...instructions import Instruction, gate_table
from ...observables import Observable
from ..coefficients import pauli_coefficients
from .binary import number, swapped
from .sums import Local, Rotation, Sum, cleaned, placed, scaled_to_one, strings_commute

_MOST_QUBITS = 5
"""Of a dense unitary or generator: its 4^k strings are listed."""
_MOST_TERMS = 20_000
"""Strings in all generators together."""

_Fixed = Local | Rotation


@dataclass(frozen=True)
class _Trained:
    """exp(-i theta factor G) for each of some parameters theta."""

    factors: dict[int, float]
    generator: Sum


@dataclass(frozen=True)
class Moved:
    """U(theta) = W prod_l exp(-i theta_l G_l): what W, the circuit without its parameters, does not matter for."""

    generators: tuple[Sum, ...]
    """G_l, no two of them equal up to a factor; none is 0."""
    has_shared: bool
    """Whether a parameter has several of them; together they may generate more than the circuit reaches."""


def encoding_and_body(circuit: Circuit) -> tuple[Circuit, Circuit]:
    """A circuit as two: what prepares the samples, and what comes from the first parameter on.

    What acts only on qubits that no parameter has reached could as well have come before.

    Raises:
        InvalidArgumentError: for a channel.
    """
    reached: set[int] = set()
    before, after = [], []
    for place, instruction in enumerate(circuit):
        if instruction.channel is not None:
            raise InvalidArgumentError(
                f"instruction {place} is a channel; algebras and orbits are those of unitary circuits, leave it out"
            )
        is_trained = any(params for angle in instruction.angles for params, _ in angle.terms)
        if is_trained or reached.intersection(instruction.qubits):
            reached.update(instruction.qubits)
            after.append(instruction)
        else:
            before.append(instruction)
    n = circuit.n_qubits
    return Circuit.from_instructions(n, before), Circuit.from_instructions(n, after)


def moved_generators(circuit: Circuit, x: Real | None = None) -> Moved:
    """The generators of all parameters, each moved through the fixed gates before it: G_l -> C_l^dagger G_l C_l.

    Args, raises: see `moved_in_order`.
    """
    order = moved_in_order(circuit, x)
    owners = [parameter for parameter, _ in order]
    different = {tuple(one.items()): terms for _, terms in order for one in [scaled_to_one(terms)]}
    return Moved(tuple(different.values()), len(set(owners)) < len(owners))


def moved_in_order(circuit: Circuit, x: Real | None = None) -> list[tuple[int, Sum]]:
    """Parameters and their moved generators in time order; gates of one parameter that commute with all between them are
    one.

    Args:
        circuit: without configuration keys.
        x: (f,), for features between parameters.

    Raises:
        InvalidArgumentError: for generators or fixed gates whose strings are too many to be listed.
    """
    n = circuit.n_qubits
    steps = [step for instruction in circuit for step in _steps(instruction, n, x)]
    found: list[_Trained] = []
    for step in reversed(steps):
        if isinstance(step, _Trained):
            found.append(step)
            continue
        for k, one in enumerate(found):
            if any(string & step.support for string in one.generator):
                found[k] = _Trained(one.factors, step.moved(one.generator))
        if sum(len(one.generator) for one in found) > _MOST_TERMS:
            raise InvalidArgumentError(
                f"moved through the fixed gates, the generators have more than {_MOST_TERMS} Pauli strings"
            )
    return _of_parameters(list(reversed(found)), n)


def _of_parameters(trained: Sequence[_Trained], n: int) -> list[tuple[int, Sum]]:
    order: list[tuple[int, Sum]] = []
    known: set[int] = set()
    for one in trained:
        for parameter, factor in one.factors.items():
            own = {string: factor * value for string, value in one.generator.items()}
            place = _earlier(order, parameter, own, n) if parameter in known else None
            known.add(parameter)
            if place is None:
                order.append((parameter, own))
                continue
            total = dict(order[place][1])
            for string, value in own.items():
                total[string] = total.get(string, 0.0) + value
            order[place] = (parameter, cleaned(total))
    return [(parameter, terms) for parameter, terms in order if terms]


def _earlier(order: Sequence[tuple[int, Sum]], parameter: int, own: Sum, n: int) -> int | None:
    """The last place with this parameter, if the generator can be moved there."""
    for place in reversed(range(len(order))):
        owner, terms = order[place]
        if not strings_commute(terms, own, n):
            return None
        if owner == parameter:
            return place
    return None


def _steps(instruction: Instruction, n: int, x: Real | None) -> Iterator[_Fixed | _Trained]:
    """An instruction as fixed gates and trained ones, in time order."""
    name, qubits = instruction.name, instruction.qubits
    if not instruction.angles:
        matrix = instruction.matrix
        if matrix is None:
            alone = Instruction(name, range(len(qubits)))
            matrix = Circuit.from_instructions(len(qubits), [alone]).matrix()
        yield _local(matrix, qubits, n, instruction)
        return
    if name == "u3":
        a, b, c = instruction.angles
        for angle, gate in ((c, "phase"), (a, "ry"), (b, "phase")):
            yield from _steps(Instruction(gate, qubits, (angle,)), n, x)
        return
    (angle,) = instruction.angles
    generator = {
        placed(string, qubits, n): value for string, value in _generator(instruction).items() if value
    }
    constant, factors = _values(angle, x)
    if constant and generator:
        yield from _evolution(generator, constant, instruction, n)
    if factors and generator:
        yield _Trained(factors, generator)


def _values(angle: Angle, x: Real | None) -> tuple[float, dict[int, float]]:
    """The part of an angle without parameters, and the factor of each parameter."""
    constant = angle.constant
    factors: dict[int, float] = {}
    for (params, features), coefficient in angle.terms.items():
        if features and x is None:
            raise InvalidArgumentError("features between parameters need values")
        value = coefficient * float(np.prod([x[f] for f in features] if x is not None else 1.0))
        if not params:
            constant += value
        elif value:
            factors[params[0]] = factors.get(params[0], 0.0) + value
    return constant, factors


def _generator(instruction: Instruction) -> Sum:
    """G in exp(-i angle G), on the instruction's own qubits."""
    if instruction.pauli is not None:
        return {number(instruction.pauli): 0.5}
    if instruction.generator is not None:
        return _terms(instruction.generator, instruction)
    row = gate_table()[instruction.name]
    symbol, controls = row["symbol"], row["controls"]
    terms = {symbol[1:]: 0.5} if symbol.startswith("R") else {"Z": 0.5, "I": -0.5}
    # |1><1| = (1 - Z)/2 on every control.
    projector = [("I", 0.5), ("Z", -0.5)]
    result: Sum = {}
    for (letters, value), *before in itertools.product(terms.items(), *[projector] * controls):
        string = number("".join(letter for letter, _ in before) + letters)
        result[string] = value * float(np.prod([factor for _, factor in before]))
    return result


def _terms(observable: Observable, instruction: Instruction) -> Sum:
    if observable.dense is None and all(term.pauli is not None for term in observable.terms):
        result: Sum = {}
        for term in observable.terms:
            string = number(term.pauli or "")
            result[string] = result.get(string, 0.0) + term.coefficient
        return cleaned(result)
    _expect_few(instruction)
    values = pauli_coefficients(observable.matrix()[None])[0]
    return cleaned(dict(enumerate(values.tolist())))


def _evolution(generator: Sum, angle: float, instruction: Instruction, n: int) -> Iterator[_Fixed]:
    """exp(-i angle G) as fixed gates."""
    strings = list(generator)
    if all(not (v & swapped(w, n)).bit_count() & 1 for v, w in itertools.combinations(strings, 2)):
        for string, value in generator.items():
            yield Rotation(string, angle * value, n)
        return
    qubits = range(len(instruction.qubits))
    alone = Instruction(instruction.name, qubits, angle, generator=instruction.generator)
    _expect_few(instruction)
    yield _local(Circuit.from_instructions(len(qubits), [alone]).matrix(), instruction.qubits, n, instruction)


def _local(matrix: Complex, qubits: Sequence[int], n: int, instruction: Instruction) -> Local:
    _expect_few(instruction)
    return Local(np.ascontiguousarray(matrix), qubits, n)


def _expect_few(instruction: Instruction) -> None:
    k = len(instruction.qubits)
    if k > _MOST_QUBITS:
        raise InvalidArgumentError(
            f"{instruction.name} acts on {k} qubits without being a sum of Pauli strings that commute; up to "
            f"{_MOST_QUBITS} qubits its strings can be listed"
        )
