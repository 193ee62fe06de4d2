"""A bar for long texts, which pass by twice: as symbols, and as statements."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .. import _extras
from . import limits

_PASSES = 2


class Progress:
    """Shows how far the reading of a text is, if it is long.

    Args:
        length: characters of the text.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if self._length > limits.SHOWN_CHARACTERS:
            self._bar = _extras.tqdm()(
                total=_PASSES * self._length, desc="OpenQASM", unit="char", unit_scale=True, leave=False
            )
        return self

    def at(self, number: int, character: int) -> None:
        """A pass (0, 1) has come to a character."""
        if self._bar is not None:
            self._bar.update(number * self._length + character - self._bar.n)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
