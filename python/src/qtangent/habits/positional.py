"""Calls that take y by position and everything after it by name, so that X and y cannot be confused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np

from .._native.errors import InvalidArgumentError

P = ParamSpec("P")
T = TypeVar("T")


def named_after(last: str, before: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator for functions whose arguments after `last` have names: who gives more by position is told the call.

    Args:
        last: the last argument that has a position.
        before: how many stand before it, self included.

    Raises:
        InvalidArgumentError: the decorated function, for more arguments by position.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        name = function.__name__

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            if len(args) > before + 1:
                raise InvalidArgumentError(_told(name, last, args[before], args[before + 1 :]))
            return function(*args, **kwargs)

        return checked

    return decorate


def _told(name: str, last: str, given: object, further: tuple[object, ...]) -> str:
    text = f"{name} takes what follows {last} by name, as in {name}(..., {last}, X=X)"
    if (_axes(given), _axes(further[0])) != (2, 1):
        return text
    return f"{text}; {last} has two axes and what follows has one: they look exchanged, {last} comes first"


def _axes(value: object) -> int | None:
    try:
        return np.ndim(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):  # lists of unequal lengths
        return None
