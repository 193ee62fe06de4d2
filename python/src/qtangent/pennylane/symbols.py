"""Symbols that PennyLane computes with in place of parameters and features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..angles import Angle, AngleLike

_ZERO = Angle.of(0.0)

# NumPy asks the entries of an object array for a method of the function's name.
_FUNCTIONS = frozenset([
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sign", "floor", "ceil", "rint", "trunc",
])  # fmt: skip


class Symbol:
    """real + i imag of two angles. PennyLane's exponentials multiply angles by i, so that real angles are not enough."""

    def __init__(self, real: Angle, imag: Angle = _ZERO) -> None:
        self._real = real
        self._imag = imag

    @property
    def real(self) -> Symbol:
        """As of a number."""
        return Symbol(self._real)

    @property
    def imag(self) -> Symbol:
        """As of a number."""
        return Symbol(self._imag)

    @classmethod
    def of(cls, value: Any) -> Symbol:
        """The symbol itself, or that of a number or of an array with one entry.

        Args:
            value: what stands in an angle.

        Raises:
            InvalidArgumentError: for anything else.
        """
        value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
        if isinstance(value, Symbol):
            return value
        try:
            number = complex(value)
        except (TypeError, ValueError):
            raise InvalidArgumentError(f"{value!r} is neither a number nor an angle") from None
        return cls(Angle.of(number.real), Angle.of(number.imag))

    def angle(self) -> Angle:
        """The real angle that this is.

        Raises:
            InvalidArgumentError: for one with an imaginary part.
        """
        if self._imag != 0:
            raise InvalidArgumentError(f"{self!r} is not a real angle")
        return self._real

    def __add__(self, other: Any) -> Any:
        if _is_array(other):
            return NotImplemented
        other = Symbol.of(other)
        return Symbol(self._real + other._real, self._imag + other._imag)

    def __mul__(self, other: Any) -> Any:
        if _is_array(other):
            return NotImplemented
        other = Symbol.of(other)
        real = _product(self._real, other._real) - _product(self._imag, other._imag)
        return Symbol(real, _product(self._real, other._imag) + _product(self._imag, other._real))

    def __neg__(self) -> Symbol:
        return Symbol(-self._real, -self._imag)

    def __pos__(self) -> Symbol:
        return self

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, divisor: Any) -> Any:
        if isinstance(divisor, Symbol):
            raise InvalidArgumentError(f"a quotient by {divisor!r} is not an angle; {_REMEDY}")
        return self * (1 / divisor)

    def __rtruediv__(self, dividend: Any) -> Any:
        raise InvalidArgumentError(f"a quotient by {self!r} is not an angle; {_REMEDY}")

    def __pow__(self, exponent: Any) -> Any:
        if exponent == 1:
            return self
        if exponent == 2:
            return self * self
        raise InvalidArgumentError(f"({self!r}) ** {exponent!r} is not an angle; {_REMEDY}")

    def __mod__(self, period: float) -> Residue:
        return Residue(self, period)

    __radd__ = __add__
    __rmul__ = __mul__

    def conjugate(self) -> Symbol:
        """The complex conjugate."""
        return Symbol(self._real, -self._imag)

    conj = conjugate

    def __bool__(self) -> bool:
        raise InvalidArgumentError(f"a circuit that depends on whether {self!r} is 0 cannot be read")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbol):
            return self._real == other._real and self._imag == other._imag
        raise InvalidArgumentError(f"a circuit that depends on whether {self!r} is {other!r} cannot be read")

    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _FUNCTIONS:
            raise AttributeError(name)

        def refuse(*_: Any) -> Any:
            raise InvalidArgumentError(f"{name} of {self!r} is not an angle; {_REMEDY}")

        return refuse

    def __repr__(self) -> str:
        return repr(self._real) if self._imag == 0 else f"{self._real!r} + i ({self._imag!r})"


_REMEDY = (
    "angles are affine in parameters and features, products param*feature and feature*feature allowed: compute what a "
    "circuit needs beforehand and pass that as a feature, or amplitudes as states (qt.encoding.amplitude)"
)


class Residue:
    """A symbol modulo a period: no angle, but PennyLane tells operations apart by the texts of such."""

    def __init__(self, symbol: Symbol, period: float) -> None:
        self._symbol, self._period = symbol, period

    def round(self, decimals: int = 0, out: None = None) -> Residue:
        """The same, as NumPy asks for it."""
        return self

    def __repr__(self) -> str:
        return f"{self._symbol!r} modulo {self._period:g}"


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def _product(one: Angle, other: Angle) -> Angle:
    return _ZERO if one == 0 or other == 0 else one * other


def symbols(leaf: Callable[[int], Angle], first: int, shape: tuple[int, ...]) -> Any:
    """An array of symbols of the angles leaf(first), leaf(first + 1) and so on, in C order; one symbol for no axes."""
    count = int(np.prod(shape))
    array = np.empty(count, dtype=object)
    array[:] = [Symbol(leaf(first + k)) for k in range(count)]
    return array.reshape(shape) if shape else array[0]


def is_symbolic(values: Any) -> bool:
    """Whether an operation's data hold symbols."""
    return any(
        isinstance(one, Symbol) for value in values for one in np.ravel(np.asarray(value, dtype=object))
    )


def read_angle(value: Any) -> AngleLike:
    """The angle of a number, a symbol, or an array with one entry."""
    return Symbol.of(value).angle()
