"""Exceptions and warnings, and their order of status codes."""

from __future__ import annotations

from typing import Any

from .. import _signatures as c


class QTangentError(Exception):
    """Base of every error the library raises on its own account."""


class InvalidArgumentError(QTangentError, ValueError):
    """A value, shape or index that the caller can correct."""


class NotIndependentError(InvalidArgumentError):
    """Operators of a circuit's measurement that must stand alone depend linearly on the others.

    Attributes:
        rank: the dimension of the operators' span.
        needed: what full independence asks for, 3^p.
        parameters: those whose operators fail.
        largest_p: up to which generic circuits on so many qubits are independent.
    """

    def __init__(self, message: str, rank: int, needed: int, parameters: list[int], largest_p: int) -> None:
        super().__init__(message)
        self.rank, self.needed, self.parameters, self.largest_p = rank, needed, parameters, largest_p

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (str(self), self.rank, self.needed, self.parameters, self.largest_p))


# MemoryError first: in the other order `OutOfMemoryError.__new__`, with which tblib, and so dask, unpickles, is refused.
class OutOfMemoryError(MemoryError, QTangentError):
    """The call would need more memory than allowed; the text says how much, and which chunk would fit."""


class InvalidHandleError(QTangentError, ReferenceError):
    """An object whose native half is gone."""


class CancelledError(QTangentError, RuntimeError):
    """A call was stopped by its cancel token."""


class FileError(QTangentError, OSError):
    """A file could not be read or written."""


class CorruptedFileError(QTangentError, ValueError):
    """A file that is truncated, damaged, or of another format or version."""


class NumericalError(QTangentError, ArithmeticError):
    """The computation met a non-finite number or did not converge."""


class InternalError(QTangentError, RuntimeError):
    """A defect in the library; please report it."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a long call.

    Attributes:
        run: the `qt.Run` of a training with what it had recorded when it stopped, else None. `qt.resume` goes on from
            its checkpoint.
    """

    def __init__(self, message: str, run: Any = None) -> None:
        super().__init__(message)
        self.run = run


class QTangentWarning(UserWarning):
    """Something the numbers already tell: labels out of reach, a rate above the critical one, ..."""


_BY_STATUS: dict[int, type[QTangentError]] = {
    c.QTG_INVALID_ARGUMENT: InvalidArgumentError,
    c.QTG_OUT_OF_MEMORY: OutOfMemoryError,
    c.QTG_INVALID_HANDLE: InvalidHandleError,
    c.QTG_CANCELLED: CancelledError,
    c.QTG_INPUT_OUTPUT: FileError,
    c.QTG_CORRUPTED_FILE: CorruptedFileError,
    c.QTG_NUMERICAL: NumericalError,
}


def error(status: int, message: str) -> QTangentError:
    """The exception of a status code."""
    return _BY_STATUS.get(status, InternalError)(message)
