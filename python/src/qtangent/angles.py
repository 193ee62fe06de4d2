"""Angles of gates: numbers, trainable parameters, data features, what a configuration gives, and the sums and products of
them a gate takes."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.errors import InvalidArgumentError

# A term of an angle: the indices of parameters and of features it multiplies.
_Factor: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]


class Angle:
    """constant + sum a*param + sum b*feature + sum c*param*feature + sum e*feature*feature + sum g*config, in radians.

    Made from `qt.param`, `qt.feature`, `qt.config` and numbers with + - * /; immutable. A term stays when its factor
    becomes 0, and counts for the numbers of parameters and features: those follow from what was written, not from values.
    Angles are equal if they have the same value everywhere, whatever terms with a factor of 0 they have; a constant one
    equals its number.

    Args:
        constant: the angle's constant.
        terms: (indices of parameters, indices of features) -> factor: {((3,), ()): 2.0, ((0,), (1,)): 0.5} is
            2*param(3) + 0.5*param(0)*feature(1).
        configuration: configuration key -> factor: {"drive": 1.0} is config("drive").

    Raises:
        InvalidArgumentError: for terms of another form, for numbers that are not finite, and for keys that `qt.config`
            refuses.
    """

    __slots__ = ("configuration", "constant", "terms")

    constant: float
    terms: dict[_Factor, float]
    configuration: dict[str, float]

    def __init__(
        self,
        constant: float = 0.0,
        terms: Mapping[_Factor, float] | None = None,
        configuration: Mapping[str, float] | None = None,
    ) -> None:
        for name, value in (("terms", terms), ("configuration", configuration)):
            if not isinstance(value, (Mapping, type(None))):
                raise InvalidArgumentError(
                    f"{name} is {_arrays.shown(value)}; a dict with a factor for each is expected"
                )
        keys = {
            _key(key): _arrays.number(f"the factor of {key!r}", factor)
            for key, factor in (configuration or {}).items()
        }
        constant = _arrays.number("the constant of an angle", constant)
        self._set(constant, dict(map(_checked_term, (terms or {}).items())), keys)

    def _set(self, constant: float, terms: dict[_Factor, float], configuration: dict[str, float]) -> None:
        self.constant = constant
        self.terms = terms
        self.configuration = configuration

    @classmethod
    def _make(
        cls, constant: float, terms: dict[_Factor, float], configuration: dict[str, float] | None = None
    ) -> Angle:
        angle = cls.__new__(cls)
        angle._set(constant, terms, configuration or {})
        return angle

    @staticmethod
    def of(value: AngleLike) -> Angle:
        """The value itself, or the constant angle of a number.

        Args:
            value: an angle or a finite real number, in radians.

        Raises:
            InvalidArgumentError: for anything else.
        """
        if isinstance(value, Angle):
            return value
        # Circuits are built gate by gate, most of them with floats.
        if isinstance(value, float) and isfinite(value):
            return Angle._make(float(value), {})
        if isinstance(value, (int, float, np.integer, np.floating)):
            return Angle._make(_arrays.number("an angle", value), {})
        raise InvalidArgumentError(
            f"{value!r} is not an angle; use a number, qt.param(i), qt.feature(i), qt.config(key) or a sum of them"
        )

    def __add__(self, other: AngleLike) -> Angle:
        other = Angle.of(other)
        terms, configuration = dict(self.terms), dict(self.configuration)
        for factor, coefficient in other.terms.items():
            terms[factor] = terms.get(factor, 0.0) + coefficient
        for key, coefficient in other.configuration.items():
            configuration[key] = configuration.get(key, 0.0) + coefficient
        return _finite(Angle._make(self.constant + other.constant, terms, configuration), self, "+", other)

    __radd__ = __add__

    def __neg__(self) -> Angle:
        return self * -1.0

    def __sub__(self, other: AngleLike) -> Angle:
        return self + -Angle.of(other)

    def __rsub__(self, other: AngleLike) -> Angle:
        return Angle.of(other) - self

    def __mul__(self, other: AngleLike) -> Angle:
        other = Angle.of(other)
        product: dict[_Factor, float] = {}
        for (params, features), a in self._factors():
            for (more_params, more_features), b in other._factors():
                factor = (params + more_params, tuple(sorted(features + more_features)))
                product[factor] = product.get(factor, 0.0) + a * b
        constant = product.pop(_NOTHING, 0.0)
        keyed = [(one.configuration, by) for one, by in ((self, other), (other, self)) if one.configuration]
        if not all(factor in _KINDS for factor in map(_counts, product)) or any(
            by.terms or by.configuration for _, by in keyed
        ):
            raise InvalidArgumentError(
                f"({self!r}) * ({other!r}) is not an angle; products are param*feature and feature*feature"
            )
        configuration = {key: a * by.constant for keys, by in keyed for key, a in keys.items()}
        return _finite(Angle._make(constant, product, configuration), self, "*", other)

    def _factors(self) -> list[tuple[_Factor, float]]:
        """The terms and the constant; a constant of 0 beside other terms is none."""
        alone = not self.terms and not self.configuration
        constant = [(_NOTHING, self.constant)] if self.constant or alone else []
        return [*self.terms.items(), *constant]

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Angle:
        return self * _arrays.inverse(divisor)

    def _value(self) -> tuple[float, dict[_Factor | str, float]]:
        everything: list[tuple[_Factor | str, float]] = [*self.terms.items(), *self.configuration.items()]
        return self.constant, {factor: a for factor, a in everything if a != 0}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)):
            return self._value() == (other, {})
        return isinstance(other, Angle) and self._value() == other._value()

    def __hash__(self) -> int:
        constant, terms = self._value()
        return hash((constant, frozenset(terms.items()))) if terms else hash(constant)

    def __repr__(self) -> str:
        pieces = []
        for (params, features), coefficient in self.terms.items():
            names = [f"param({p})" for p in params] + [f"feature({f})" for f in features]
            pieces.append("*".join(names if coefficient == 1 else [f"{coefficient:g}", *names]))
        for key, coefficient in self.configuration.items():
            pieces.append(("" if coefficient == 1 else f"{coefficient:g}*") + f"config({key!r})")
        if self.constant or not pieces:
            pieces.append(f"{self.constant:g}")
        return " + ".join(pieces)


AngleLike: TypeAlias = Angle | float

# The kind of a term by how many parameters and features it multiplies.
_KINDS = {
    (1, 0): c.QTG_ANGLE_PARAMETER,
    (0, 1): c.QTG_ANGLE_FEATURE,
    (1, 1): c.QTG_ANGLE_PARAMETER_FEATURE,
    (0, 2): c.QTG_ANGLE_FEATURE_FEATURE,
}
_NOTHING: _Factor = ((), ())
_MAXIMUM_INDEX = 9_999_999


def param(index: int) -> Angle:
    """The trainable parameter theta[index].

    Args:
        index: from 0 on; a circuit has one parameter more than its largest index.

    Raises:
        InvalidArgumentError: unless the index is an integer from 0 to 9999999.
    """
    return Angle._make(0.0, {((_index("param", index),), ()): 1.0})


def feature(index: int) -> Angle:
    """The data feature X[:, index].

    Args:
        index: from 0 on; a circuit has one feature more than its largest index.

    Raises:
        InvalidArgumentError: unless the index is an integer from 0 to 9999999.
    """
    return Angle._make(0.0, {((), (_index("feature", index),)): 1.0})


def config(key: str) -> Angle:
    """What a configuration gives for a key, such as a calibration that a compiler reads from a file; 0 where it gives
    nothing. `Circuit.bind` puts values in its place; everything else takes it for 0.

    Args:
        key: 1 to 256 bytes without control characters; not p0, x0 and so on, as parameters and features without a name are
            called.

    Raises:
        InvalidArgumentError: for what cannot be a key.
    """
    return Angle._make(0.0, {}, {_key(key): 1.0})


def _key(key: str) -> str:
    config_number(key)
    return key


@lru_cache(4096)
def config_number(key: str) -> int:
    """What the native library calls a configuration key by."""
    number = ctypes.c_int64()
    _native.call("qtg_config_key", _arrays.text("a configuration key", key), ctypes.byref(number))
    return number.value


@lru_cache(4096)
def config_name(number: int) -> str:
    """The configuration key that the native library calls by a number."""
    return _native.read_bytes("qtg_config_key_name", number).decode()


def _index(name: str, index: int) -> int:
    is_integer = isinstance(index, (int, np.integer)) and not isinstance(index, bool)
    if not is_integer or not 0 <= index <= _MAXIMUM_INDEX:
        raise InvalidArgumentError(
            f"{name}({index!r}): the index must be an integer from 0 to {_MAXIMUM_INDEX}"
        )
    return int(index)


def _finite(result: Angle, left: Angle, operation: str, right: Angle) -> Angle:
    """The result of finite angles, which may still overflow."""
    if all(map(isfinite, (result.constant, *result.terms.values(), *result.configuration.values()))):
        return result
    raise InvalidArgumentError(f"({left!r}) {operation} ({right!r}) overflows; angles are in radians")


def _counts(factor: _Factor) -> tuple[int, int]:
    return len(factor[0]), len(factor[1])


def _checked_term(term: tuple[_Factor, float]) -> tuple[_Factor, float]:
    """A term that a user wrote, its features in order."""
    try:
        (params, features), coefficient = term
        factor = (
            tuple(_index("param", p) for p in params),
            tuple(sorted(_index("feature", f) for f in features)),
        )
        if _counts(factor) in _KINDS:
            return factor, _arrays.number(f"the factor of {term[0]!r}", coefficient)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
    raise InvalidArgumentError(
        f"{term!r} is not a term of an angle; ((3,), ()): 2.0 is 2*param(3), ((0,), (1,)): 0.5 is 0.5*param(0)*feature(1)"
    )


def native_angles(angles: Sequence[AngleLike]) -> Any:
    """An array of qtg_angle, which keeps the arrays of its terms alive."""
    array = (c.qtg_angle * len(angles))()
    for target, value in zip(array, angles, strict=True):
        angle = Angle.of(value)
        terms = (c.qtg_angle_term * (len(angle.terms) + len(angle.configuration)))()
        for term, (factor, coefficient) in zip(terms, angle.terms.items(), strict=False):
            first, *second = (*factor[0], *factor[1])
            term.coefficient, term.kind = coefficient, _KINDS[_counts(factor)]
            term.first, term.second = first, sum(second)
        for term, (key, coefficient) in zip(
            terms[len(angle.terms) :], angle.configuration.items(), strict=True
        ):
            term.coefficient, term.kind = coefficient, c.QTG_ANGLE_CONFIGURATION
            term.first = config_number(key)
        target.constant, target.terms, target.n_terms = angle.constant, terms, len(terms)
    return array


def angle_from_native(constant: float, terms: Sequence[Any]) -> Angle:
    """The angle of a constant and an array of qtg_angle_term."""
    result: dict[_Factor, float] = {}
    configuration: dict[str, float] = {}
    for term in terms:
        if term.kind == c.QTG_ANGLE_CONFIGURATION:
            configuration[config_name(term.first)] = term.coefficient
            continue
        factor: _Factor = {
            c.QTG_ANGLE_PARAMETER: ((term.first,), ()),
            c.QTG_ANGLE_FEATURE: ((), (term.first,)),
            c.QTG_ANGLE_PARAMETER_FEATURE: ((term.first,), (term.second,)),
            c.QTG_ANGLE_FEATURE_FEATURE: ((), (term.first, term.second)),
        }[term.kind]
        result[factor] = term.coefficient
    return Angle._make(constant, result, configuration)
