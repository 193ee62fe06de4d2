"""Checks that the makers of channels share."""

from __future__ import annotations

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
