"""Parameter-shift rules of a circuit: its rotations that parameters enter, each with an angle of its own to move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import pauli_sums
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..angles import Angle, param
from ..circuits import Circuit
from ..instructions import Instruction
from ..observables import Observable

# Levels that differ by less, relative to the largest, are one.
_ROUNDING = 1e-10


class Rules(NamedTuple):
    """A circuit with p + q parameters, whose parameter p + r moves the angle of rotation r alone: along it a prediction is
    a + b cos(w delta) + c sin(w delta), and its derivative w (f(pi/2w) - f(-pi/2w))/2.

    Attributes:
        circuit: the same unitary and channels, controlled rotations and evolutions taken apart where they need more.
        frequencies: w, (q,).
        rotation, parameter, feature: (t,) each, which parameter enters which rotation, times a feature where it is not -1.
        factor: (t,), the derivative of the angle for the parameter, apart from the feature.
    """

    circuit: Circuit
    frequencies: Real
    rotation: NDArray[np.int64]
    parameter: NDArray[np.int64]
    feature: NDArray[np.int64]
    factor: Real


def rules(circuit: Circuit) -> Rules:
    """The rules of all rotations that parameters enter, whether observables see their qubits or not."""
    frequencies, entries, result = list[float](), list[tuple[int, int, int, float]](), list[Instruction]()
    for instruction in circuit:
        if not any(_parameters(angle) for angle in instruction.angles):
            result.append(instruction)
            continue
        for one, frequency in _parts(instruction):
            angles = []
            for angle in one.angles:
                if terms := _parameters(angle):
                    rotation = len(frequencies)
                    entries += [(rotation, *term) for term in terms]
                    frequencies.append(frequency)
                    angle = angle + param(circuit.n_params + rotation)
                angles.append(angle)
            result.append(Instruction(one.name, one.qubits, angles, one.pauli, one.generator))
    rotation, parameter, feature = np.array([one[:3] for one in entries], dtype=np.int64).reshape(-1, 3).T
    return Rules(
        Circuit.from_instructions(circuit.n_qubits, result),
        np.array(frequencies),
        rotation,
        parameter,
        feature,
        np.array([one[3] for one in entries]),
    )


def _parameters(angle: Angle) -> list[tuple[int, int, float]]:
    """Parameter, feature or -1, and factor of every term with a parameter."""
    return [
        (params[0], features[0] if features else -1, factor)
        for (params, features), factor in angle.terms.items()
        if params
    ]


def _parts(instruction: Instruction) -> Iterator[tuple[Instruction, float]]:
    """Instructions whose generators have two levels each, and the difference of the levels."""
    where = instruction.qubits
    if instruction.name in ("crx", "cry", "crz"):
        letter, (angle,) = instruction.name[-1].upper(), instruction.angles
        yield Instruction("rotation", where[1:], 0.5 * angle, letter), 1.0
        yield Instruction("rotation", where, -0.5 * angle, "Z" + letter), 1.0
    elif instruction.generator is not None:
        yield from _evolution(instruction, instruction.generator)
    else:
        yield instruction, 1.0


def _evolution(instruction: Instruction, generator: Observable) -> Iterator[tuple[Instruction, float]]:
    strings = generator._strings()
    if strings is not None and pauli_sums.commute([letters for _, letters in strings]):
        for factor, letters in strings:
            acting, where = pauli_sums.acting(letters, instruction.qubits)
            if acting:
                yield Instruction("rotation", where, 2 * factor * instruction.angles[0], acting), 1.0
        return
    values = np.linalg.eigvalsh(generator.matrix())
    low, high = values[0], values[-1]
    if (np.minimum(values - low, high - values) > _ROUNDING * max(abs(low), abs(high))).any():
        raise InvalidArgumentError(
            "a generator with more than two levels, whose Pauli strings do not commute, has no rule of two shifts; write "
            "the evolution as rotations, or leave the noise of its derivatives out with estimator='exact'"
        )
    yield instruction, float(high - low)
