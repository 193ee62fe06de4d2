"""Rotations by the wrong angle: always by as much, or at random."""

from __future__ import annotations

import math

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from ..instructions import Instruction
from ..observables import Term
from .general import mixture
from .probabilities import not_negative

# Gates that rotate about one Pauli string, up to a phase.
_STRINGS = {"rx": "X", "ry": "Y", "rz": "Z", "phase": "Z", "rxx": "XX", "ryy": "YY", "rzz": "ZZ"}


def over_rotation(
    instruction: Instruction, factor: float = 0.0, offset: float = 0.0, sigma: float = 0.0
) -> list[Instruction]:
    """A rotation by (1 + factor) angle + offset in the place of angle, and by a normally distributed angle of
    deviation sigma on top.

    The mean over that angle is exactly the channel in which the gate's own string acts with probability
    (1 - exp(-sigma^2/2))/2, or (1 - exp(-2 (c sigma)^2))/2 for `evolve` under c P (docs/maths.md).

    Args:
        instruction: a rotation about one Pauli string: rx, ry, rz, phase, rxx, ryy, rzz, `rotation`, or `evolve` under
            one string.
        factor: part of the angle that is too much.
        offset: in radians.
        sigma: in radians, at least 0.

    Returns:
        The rotation, and behind it the channel unless sigma is 0.

    Raises:
        InvalidArgumentError: for another gate, and for a negative sigma.
    """
    factor, offset = _arrays.number("factor", factor), _arrays.number("offset", offset)
    sigma = not_negative("sigma", sigma)
    found = string(instruction)
    if found is None:
        raise InvalidArgumentError(
            f"{instruction.name} is no rotation about one Pauli string; leave it out of the gates that over-rotate"
        )
    letters, slope = found
    angle = (1 + factor) * instruction.angles[0] + offset
    turned = Instruction(
        instruction.name, instruction.qubits, (angle,), instruction.pauli, instruction.generator
    )
    if sigma == 0 or not letters.strip("I"):
        return [turned]
    spread = slope * sigma
    p = -math.expm1(-spread * spread / 2) / 2
    channel = mixture([Term(p, pauli=letters)], f"over_rotation({sigma:.4g})")
    return [turned, Instruction("channel", instruction.qubits, channel=channel)]


def string(instruction: Instruction) -> tuple[str, float] | None:
    """The Pauli string that an instruction rotates about, and s in exp(-i s angle P/2); None for another one."""
    if instruction.pauli is not None:
        return instruction.pauli, 1.0
    if instruction.name in _STRINGS:
        return _STRINGS[instruction.name], 1.0
    if instruction.generator is None or instruction.generator.dense is not None:
        return None
    terms = instruction.generator.terms
    if len(terms) != 1 or terms[0].pauli is None:
        return None
    return terms[0].pauli, 2 * terms[0].coefficient
