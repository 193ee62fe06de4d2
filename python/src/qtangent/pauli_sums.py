"""Pauli strings and their sums: as people write them (0.5 ZZI + XII), their products, and whether they commute."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from ._native.errors import InvalidArgumentError

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[IXYZ]+")
_ROUNDING = 1e-12

Terms: TypeAlias = Sequence[tuple[float, str]]
"""Coefficients and strings."""


def read(text: str) -> list[tuple[float, str]]:
    """Coefficients and strings: terms joined by + or -, each a number if it is not 1, a * if wanted, and letters.

    Raises:
        InvalidArgumentError: for anything else; the text names the character, counted from 1.
    """
    terms: list[tuple[float, str]] = []
    place = _skip(text, 0)
    while place < len(text) or not terms:
        sign, after = _sign(text, place, required=bool(terms))
        number = _NUMBER.match(text, after)
        start = _skip(text, number.end()) if number else after
        if number and text[start : start + 1] == "*":
            start = _skip(text, start + 1)
        letters = _letters(text, start)
        if terms and len(letters) != len(terms[0][1]):
            raise InvalidArgumentError(
                f"{letters} at character {start + 1} of {text!r} has {len(letters)} letters, "
                f"{terms[0][1]} has {len(terms[0][1])}: give one letter a qubit"
            )
        terms.append((sign * (float(number[0]) if number else 1.0), letters))
        place = _skip(text, start + len(letters))
    return terms


def product(left: Terms, right: Terms) -> dict[str, float]:
    """The product of two sums of Pauli strings, coefficients by string.

    Raises:
        InvalidArgumentError: if it is not Hermitian.
    """
    found: dict[str, complex] = {}
    size: dict[str, float] = {}
    for (a, one), (b, other) in itertools.product(left, right):
        letters, powers = zip(*(_times(*pair) for pair in zip(one, other, strict=True)), strict=True)
        name = "".join(letters)
        found[name] = found.get(name, 0) + a * b * 1j ** (sum(powers) % 4)
        size[name] = size.get(name, 0) + abs(a * b)
    for name, weight in found.items():
        if abs(weight.imag) > _ROUNDING * size[name]:
            raise InvalidArgumentError(
                f"the product has {weight:.3g} {name}: it is not Hermitian, since the factors do not commute"
            )
    return {name: weight.real for name, weight in found.items()}


def commute(strings: Sequence[str]) -> bool:
    """Whether all pairs do: an even number of places where both have letters, and different ones."""
    bits = np.array([[letter in "XY" for letter in one] for one in strings], dtype=np.int64)
    signs = np.array([[letter in "YZ" for letter in one] for one in strings], dtype=np.int64)
    return not np.any((bits @ signs.T + signs @ bits.T) % 2)


def of_projector(bits: str) -> Iterator[tuple[float, str]]:
    """A projector on a basis state as a sum of 2^n strings: the product of (1 + Z)/2 for 0 and (1 - Z)/2 for 1."""
    for letters in itertools.product("IZ", repeat=len(bits)):
        minus = sum(bit == "1" and letter == "Z" for bit, letter in zip(bits, letters, strict=True))
        yield (-1.0) ** minus / 2 ** len(bits), "".join(letters)


def acting(letters: str, qubits: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """A string on some qubits without its identities: the letters that are left, and their qubits."""
    places = [place for place, letter in enumerate(letters) if letter != "I"]
    return "".join(letters[place] for place in places), tuple(qubits[place] for place in places)


def _times(one: str, other: str) -> tuple[str, int]:
    """The letter of a product of two, and the power of i before it."""
    if one == other:
        return "I", 0
    if "I" in (one, other):
        return one if other == "I" else other, 0
    (third,) = {*"XYZ"} - {one, other}
    return third, 1 if one + other in "XYZX" else 3


def _sign(text: str, place: int, required: bool) -> tuple[float, int]:
    sign = text[place : place + 1]
    if sign in ("+", "-"):
        return (1.0 if sign == "+" else -1.0), _skip(text, place + 1)
    if required:
        raise InvalidArgumentError(f"{_at(text, place)}: + or - is expected between Pauli strings")
    return 1.0, place


def _letters(text: str, place: int) -> str:
    word = _WORD.match(text, place)
    if word is None:
        raise InvalidArgumentError(f"{_at(text, place)}: a Pauli string such as ZZI is expected")
    letters = _LETTERS.match(word[0])
    if letters is None or letters[0] != word[0]:
        wrong = place + (letters.end() if letters else 0)
        raise InvalidArgumentError(f"{_at(text, wrong)}: a Pauli string has the letters I, X, Y and Z")
    return word[0]


def _at(text: str, place: int) -> str:
    if place >= len(text):
        return f"{text!r} ends too early"
    return f"{text[place]!r} at character {place + 1} of {text!r}"


def _skip(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place
