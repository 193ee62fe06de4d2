"""Sums of Pauli strings as people write them: 0.5 ZZI + XII."""

from __future__ import annotations

import re

from ._native.errors import InvalidArgumentError

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[IXYZ]+")


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
