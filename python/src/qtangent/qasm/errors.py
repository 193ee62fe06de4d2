"""What is raised for programs that cannot be read, with the place in the text."""

from __future__ import annotations

from typing import Any

from .._native.errors import InvalidArgumentError


class QasmError(InvalidArgumentError):
    """An OpenQASM program that is broken, or asks for more than a circuit can be.

    Attributes:
        reason: the message without its place.
        line, column: the place in the text, both counted from 1; 0 if the text as a whole is meant.
        path: the file, or None for a text.
    """

    def __init__(self, reason: str, line: int = 0, column: int = 0, path: str | None = None) -> None:
        place = [path] if path else []
        if line:
            place.append(f"line {line}, column {column}")
        super().__init__(": ".join([", ".join(place), reason] if place else [reason]))
        self.reason, self.line, self.column, self.path = reason, line, column, path

    def __reduce__(self) -> tuple[Any, ...]:
        return QasmError, (self.reason, self.line, self.column, self.path)


def fault(node: Any, reason: str) -> QasmError:
    """The error of a node of the syntax tree."""
    span = getattr(node, "span", None)
    return QasmError(reason, span.start_line, span.start_column + 1) if span else QasmError(reason)
