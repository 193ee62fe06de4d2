"""NumPy arrays on their way to and from the native library: converted and checked once, at the boundary."""

from __future__ import annotations

import ctypes
import math
import os
from collections.abc import Container, Iterable, Sequence
from numbers import Number
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidArgumentError
from .memory import fits, too_large

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_FLOAT = np.dtype(np.float64)
_COMPLEX = np.dtype(np.complex128)
_start = (ctypes.c_char * 0).from_buffer


def real(name: str, value: ArrayLike) -> Real:
    """A C-ordered float64 array; integers, other floats, other orders and strides are converted."""
    if type(value) is np.ndarray and value.dtype == _FLOAT and value.flags.c_contiguous:
        return value
    array = numbers(name, value)
    if array.dtype.kind == "c":
        raise InvalidArgumentError(f"{name} is complex; real numbers are expected")
    return _converted(name, array, _FLOAT)


def complex_(name: str, value: ArrayLike) -> Complex:
    """A C-ordered complex128 array."""
    if type(value) is np.ndarray and value.dtype == _COMPLEX and value.flags.c_contiguous:
        return value
    return _converted(name, numbers(name, value), _COMPLEX)


def _converted(name: str, array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """A C-ordered copy; a view that repeats its entries may stand for more than there is memory."""
    needed = array.size * dtype.itemsize
    if not fits(needed):
        raise too_large(f"{name} of shape {array.shape} as {dtype}", needed, "pass fewer at a time")
    return np.ascontiguousarray(array, dtype=dtype).reshape(array.shape)


def indices(name: str, value: ArrayLike) -> NDArray[np.int64]:
    """A flat int64 array, from one integer or several."""
    array = numbers(name, value)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.dtype.kind not in "iu" or array.ndim > 1:
        raise InvalidArgumentError(
            f"{name} is {shown(value)}; an integer or a sequence of integers is expected"
        )
    return np.ascontiguousarray(array.reshape(-1), dtype=np.int64)


def numbers(name: str, value: ArrayLike) -> NDArray[Any]:
    """An array of any numeric type, in which nothing is masked or missing."""
    try:
        array = np.asarray(value)
        if _has_masks(value):
            _refuse_masked(name, np.ma.getmaskarray(np.ma.asarray(value)))
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(f"{name} is not a rectangular array: {error}") from None
    if array.dtype.kind == "O":
        array = _from_objects(name, array)
    if array.dtype.kind not in "biufc":
        raise InvalidArgumentError(f"{name} has dtype {array.dtype}; numbers are expected")
    return array


def _has_masks(value: object) -> bool:
    """NumPy forgets the masks of masked arrays, those in lists too."""
    if isinstance(value, np.ma.MaskedArray):
        return True
    return isinstance(value, (list, tuple)) and any(map(_has_masks, value))


def _refuse_masked(name: str, mask: NDArray[np.bool_]) -> None:
    if mask.any():
        place = _place(name, np.argwhere(mask)[0])
        raise InvalidArgumentError(f"{place} is masked; fill what is masked or leave those samples out")


def _from_objects(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Numbers that share no type: columns of different types, or those of pandas that may lack entries."""
    for index, entry in np.ndenumerate(array):
        if not isinstance(entry, (Number, np.bool_)):
            raise InvalidArgumentError(
                f"{_place(name, index)} is {shown(entry)}; numbers are expected, "
                "fill what is missing or leave those samples out"
            )
    for dtype in (np.int64, np.float64, np.complex128):
        try:
            converted = array.astype(dtype)
        except (OverflowError, TypeError, ValueError):
            continue
        if dtype is not np.int64 or (converted == array).all():
            return converted
    raise InvalidArgumentError(f"{name} holds numbers that do not fit in float64")


def _place(name: str, index: Sequence[int]) -> str:
    """X[3, 1]"""
    return f"{name}[{', '.join(map(str, index))}]" if len(index) else name


def pointer(array: NDArray[Any] | None) -> int | None:
    """The address of a C-ordered array's numbers (None stays null). The caller keeps the array alive."""
    if array is None:
        return None
    try:
        return ctypes.addressof(_start(array))  # type: ignore[arg-type]
    except TypeError:  # read-only; this way takes five times as long
        return array.ctypes.data


def square_matrix(name: str, value: ArrayLike) -> Complex:
    matrix = complex_(name, value)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidArgumentError(f"{name} has shape {matrix.shape}; a square matrix is expected")
    return matrix


def finite(name: str, array: NDArray[Any]) -> None:
    """Raises an error that names the first entry that is NaN or infinite."""
    right = np.isfinite(array)
    if not right.all():
        bad = np.argwhere(~right)[0]
        raise InvalidArgumentError(f"{_place(name, bad)} is {array[tuple(bad)]}; it must be finite")


def symmetric(name: str, matrix: Real) -> None:
    """Refuses a real matrix (m, m) that has entries which are not finite, or differs from its transpose by more than
    1e-8 of its largest entry."""
    finite(name, matrix)
    asymmetry = float(abs(matrix - matrix.T).max())
    if asymmetry > 1e-8 * abs(matrix).max():
        raise InvalidArgumentError(
            f"{name} is not symmetric: it differs from its transpose by {asymmetry:.1e}"
        )


def expect_shape(name: str, array: NDArray[Any], shape: Sequence[int], names: str) -> None:
    """Raises an error that names both shapes."""
    if array.shape != tuple(shape):
        raise InvalidArgumentError(f"{name} has shape {array.shape}, expected {names} = {tuple(shape)}")


def shown(value: object) -> str:
    """What the text of an error shows of a value, whatever it is: the beginning of its repr."""
    try:
        text = repr(value)
    except Exception:  # nested too deeply, or whatever a stranger's class raises
        return f"an object of type {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:200]}..."


def integer(name: str, value: object) -> int:
    """A Python int from any integer type; anything else, a float with an integer value included, is an error."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InvalidArgumentError(f"{name} is {shown(value)}; an integer is expected")
    if not -(2**63) <= value < 2**63:
        raise InvalidArgumentError(f"{name} is {value}; it does not fit in 64 bits")
    return int(value)


def number(name: str, value: object) -> float:
    """A finite float from any real number; text that reads like one is none."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    try:
        # float() reads text, takes the real part of NumPy's complex numbers, and NaN for what is masked.
        if (
            isinstance(value, (str, bytes, bytearray, memoryview, bool, np.bool_, np.complexfloating))
            or value is np.ma.masked
        ):
            raise TypeError
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidArgumentError(f"{name} is {shown(value)}; a number is expected") from None
    except OverflowError:
        raise InvalidArgumentError(f"{name} is an integer too large for a float") from None
    if not math.isfinite(result):
        raise InvalidArgumentError(f"{name} is {result}; it must be finite")
    return result


def inverse(divisor: object) -> float:
    """1/divisor, finite."""
    value = number("the divisor", divisor)
    if value == 0 or not math.isfinite(1 / value):
        raise InvalidArgumentError(f"the divisor is {value:g}, whose inverse is not finite")
    return 1 / value


def among(value: object, names: Container[str]) -> TypeGuard[str]:
    """Whether it is one of these names; arrays and lists, which compare or hash in ways of their own, are none."""
    return isinstance(value, str) and value in names


def text(name: str, value: object) -> bytes:
    """UTF-8 for C, where a zero byte would end it early."""
    if not isinstance(value, str):
        raise InvalidArgumentError(f"{name} is {shown(value)}; a str is expected")
    try:
        return _without_zero(name, value.encode())
    except UnicodeEncodeError:
        raise InvalidArgumentError(f"{name} is {value!r}; half of a surrogate pair is no text") from None


def path(value: str | os.PathLike[str]) -> bytes:
    """A file name for C; ~ is the home folder."""
    try:
        found = os.fsencode(os.path.expanduser(value))
    except TypeError:
        raise InvalidArgumentError(
            f"the path is {shown(value)}; a str or an object like pathlib.Path is expected"
        ) from None
    except UnicodeEncodeError:
        raise InvalidArgumentError(
            f"the path is {value!r}, which no file can be called; half of a surrogate pair is no text"
        ) from None
    if not found:  # to Python's paths that is the current folder
        raise InvalidArgumentError("the path is empty; name a file or a folder")
    return _without_zero("the path", found)


def file_path(value: str | os.PathLike[str]) -> Path:
    """A file or folder for Python; ~ is the home folder."""
    return Path(os.fsdecode(path(value)))


def instance(name: str, value: object, kind: type, words: str) -> None:
    """Refuses what is no object of a class; `words` name what is one: "a qt.Model"."""
    if not isinstance(value, kind):
        raise InvalidArgumentError(f"{name} is {shown(value)}; {words} is expected")


def several(name: str, value: Iterable[Any], of: str) -> list[Any]:
    """What a sequence holds; `of` says what is expected in it."""
    try:
        return list(value)
    except TypeError:
        raise InvalidArgumentError(f"{name} is {shown(value)}; a sequence of {of} is expected") from None


def flag(name: str, value: object) -> bool:
    """Yes or no; text and arrays are neither."""
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, (int, np.integer)) and value in (0, 1)):
        return bool(value)
    raise InvalidArgumentError(f"{name} is {shown(value)}; True or False is expected")


def _without_zero(name: str, value: bytes) -> bytes:
    if 0 in value:
        raise InvalidArgumentError(f"{name} is {value!r}; it must not contain a zero character")
    return value


def seed(value: object) -> int:
    """An integer in 0 <= seed < 2^64."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value < 2**64:
        raise InvalidArgumentError(f"seed is {shown(value)}; an integer from 0 to 2^64 - 1 is expected")
    return int(value)
