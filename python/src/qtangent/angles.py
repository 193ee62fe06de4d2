"""Angles of gates: numbers, trainable parameters, data features, and the sums and products of them a gate takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from . import _signatures as c
from ._native.errors import InvalidArgumentError

# A term of an angle: the indices of parameters and of features it multiplies.
_Factor: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]


class Angle:
    """constant + sum a*param + sum b*feature + sum c*param*feature + sum e*feature*feature.

    Made from `qt.param`, `qt.feature` and numbers with + - * /; immutable.
    """

    __slots__ = ("constant", "terms")

    def __init__(self, constant: float = 0.0, terms: Mapping[_Factor, float] | None = None) -> None:
        self.constant = float(constant)
        self.terms: dict[_Factor, float] = {factor: a for factor, a in (terms or {}).items() if a != 0}

    @staticmethod
    def of(value: AngleLike) -> Angle:
        """The value itself, or the constant angle of a number."""
        if isinstance(value, Angle):
            return value
        if isinstance(value, (int, float, np.integer, np.floating)):
            return Angle(float(value))
        raise InvalidArgumentError(
            f"{value!r} is not an angle; use a number, qt.param(i), qt.feature(i) or a sum of them"
        )

    def __add__(self, other: AngleLike) -> Angle:
        other = Angle.of(other)
        terms = dict(self.terms)
        for factor, coefficient in other.terms.items():
            terms[factor] = terms.get(factor, 0.0) + coefficient
        return Angle(self.constant + other.constant, terms)

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
        for (params, features), a in (*self.terms.items(), (((), ()), self.constant)):
            for (more_params, more_features), b in (*other.terms.items(), (((), ()), other.constant)):
                factor = (params + more_params, tuple(sorted(features + more_features)))
                product[factor] = product.get(factor, 0.0) + a * b
        constant = product.pop(((), ()), 0.0)
        for (params, features), coefficient in product.items():
            if coefficient != 0 and (len(params) > 1 or len(params) + len(features) > 2):
                raise InvalidArgumentError(
                    f"({self!r}) * ({other!r}) is not an angle; products are param*feature and feature*feature"
                )
        return Angle(constant, product)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Angle:
        return self * (1.0 / divisor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Angle) and (self.constant, self.terms) == (other.constant, other.terms)

    def __hash__(self) -> int:
        return hash((self.constant, frozenset(self.terms.items())))

    def __repr__(self) -> str:
        pieces = []
        for (params, features), coefficient in self.terms.items():
            names = [f"param({p})" for p in params] + [f"feature({f})" for f in features]
            pieces.append("*".join(names if coefficient == 1 else [f"{coefficient:g}", *names]))
        if self.constant or not pieces:
            pieces.append(f"{self.constant:g}")
        return " + ".join(pieces)


AngleLike: TypeAlias = Angle | float


def param(index: int) -> Angle:
    """The trainable parameter theta[index]."""
    return Angle(0.0, {((_index("param", index),), ()): 1.0})


def feature(index: int) -> Angle:
    """The data feature X[:, index]."""
    return Angle(0.0, {((), (_index("feature", index),)): 1.0})


def _index(name: str, index: int) -> int:
    if not isinstance(index, (int, np.integer)) or not 0 <= index < 2**63:
        raise InvalidArgumentError(f"{name}({index!r}): the index must be an integer from 0 to 9999999")
    return int(index)


def native_angles(angles: Sequence[AngleLike]) -> Any:
    """An array of qtg_angle, which keeps the arrays of its terms alive."""
    array = (c.qtg_angle * len(angles))()
    for target, value in zip(array, angles, strict=True):
        angle = Angle.of(value)
        terms = (c.qtg_angle_term * len(angle.terms))()
        for term, ((params, features), coefficient) in zip(terms, angle.terms.items(), strict=True):
            first, *second = (*params, *features)
            kind = {
                (1, 0): c.QTG_ANGLE_PARAMETER,
                (0, 1): c.QTG_ANGLE_FEATURE,
                (1, 1): c.QTG_ANGLE_PARAMETER_FEATURE,
                (0, 2): c.QTG_ANGLE_FEATURE_FEATURE,
            }[len(params), len(features)]
            term.coefficient, term.kind, term.first, term.second = coefficient, kind, first, sum(second)
        target.constant, target.terms, target.n_terms = angle.constant, terms, len(terms)
    return array
