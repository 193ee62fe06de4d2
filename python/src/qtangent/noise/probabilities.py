"""Checks that the makers of channels share."""

from __future__ import annotations

from collections.abc import Sequence

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError


def probability(name: str, value: object) -> float:
    """A number from 0 to 1.

    Raises:
        InvalidArgumentError: for another.
    """
    number = _arrays.number(name, value)
    if not 0 <= number <= 1:
        raise InvalidArgumentError(f"{name} is {number}; a probability from 0 to 1 is expected")
    return number


def not_negative(name: str, value: object) -> float:
    """A number that is at least 0.

    Raises:
        InvalidArgumentError: for another.
    """
    number = _arrays.number(name, value)
    if number < 0:
        raise InvalidArgumentError(f"{name} is {number:g}; it must not be negative")
    return number


def different_qubits(value: int | Sequence[int]) -> tuple[int, ...]:
    """Qubits, each once.

    Raises:
        InvalidArgumentError: for one that is named twice, and for what are no integers.
    """
    qubits = tuple(_arrays.indices("qubits", value).tolist())
    for place, qubit in enumerate(qubits):
        if qubit in qubits[:place]:
            raise InvalidArgumentError(f"qubits names qubit {qubit} twice; name each once")
    return qubits
