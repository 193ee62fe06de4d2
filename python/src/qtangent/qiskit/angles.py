"""Expressions of Qiskit's parameters as angles, and angles as such expressions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..angles import Angle

# What evaluating or differentiating an expression where it has no value raises, Qiskit's own errors aside.
_NO_VALUE = (ArithmeticError, TypeError, ValueError, RuntimeError)
_TRIALS = 4


def read_angle(expression: Any, leaves: Mapping[Any, Angle]) -> Angle:
    """The angle of a number or of an expression in Qiskit parameters, of which `leaves` holds each one's angle.

    The expression is expanded to second order at 0, and the expansion is compared with it at random points.

    Raises:
        InvalidArgumentError: for an expression that is not affine, up to products with features, or not real.
    """
    from qiskit.exceptions import QiskitError

    if expression in leaves:
        return leaves[expression]
    symbols = sorted(getattr(expression, "parameters", ()), key=lambda symbol: str(symbol.name))
    try:
        constant, slopes, curvatures = _expansion(expression, symbols)
        _compare(expression, symbols, constant, slopes, curvatures)
        result = Angle.of(constant)
        for symbol, slope in slopes.items():
            result = result + slope * leaves[symbol]
        for (first, second), curvature in curvatures.items():
            result = result + curvature * (leaves[first] * leaves[second])
    except (*_NO_VALUE, QiskitError) as error:
        raise InvalidArgumentError(
            f"the angle {expression} is not affine in parameters and features, products param*feature and feature*feature "
            "allowed; compute what it needs beforehand and pass that as a feature"
        ) from error
    return result


def _expansion(
    expression: Any, symbols: Sequence[Any]
) -> tuple[float, dict[Any, float], dict[tuple[Any, Any], float]]:
    zeros = dict.fromkeys(symbols, 0.0)
    gradients = {symbol: expression.gradient(symbol) for symbol in symbols}
    slopes = {one: slope for one in symbols if (slope := _value(gradients[one], zeros)) != 0}
    curvatures = {}
    for first, second in combinations_with_replacement(symbols, 2):
        if getattr(gradients[first], "parameters", ()):
            curvature = _value(gradients[first].gradient(second), zeros)
            if curvature != 0:
                curvatures[first, second] = curvature / 2 if first == second else curvature
    return _value(expression, zeros), slopes, curvatures


def _compare(
    expression: Any,
    symbols: Sequence[Any],
    constant: float,
    slopes: Mapping[Any, float],
    curvatures: Mapping[tuple[Any, Any], float],
) -> None:
    random = np.random.default_rng(0)
    for _ in range(_TRIALS if symbols else 0):
        at = dict(zip(symbols, random.uniform(-3.0, 3.0, len(symbols)).tolist(), strict=True))
        linear = [slope * at[symbol] for symbol, slope in slopes.items()]
        quadratic = [curvature * at[one] * at[two] for (one, two), curvature in curvatures.items()]
        terms = [constant, *linear, *quadratic]
        if abs(_value(expression, at) - math.fsum(terms)) > 1e-12 * (1 + sum(map(abs, terms))):
            raise ValueError(f"{expression} has terms beyond those of second order at 0")


def _value(expression: Any, at: Mapping[Any, float]) -> float:
    """The value of an expression, of whose parameters `at` may hold more than it has; or of a number."""
    symbols = getattr(expression, "parameters", ())
    value = complex(expression.bind({symbol: at[symbol] for symbol in symbols}) if symbols else expression)
    if value.imag:
        raise ValueError(f"{expression} is not real")
    return value.real


def write_angle(angle: Angle, parameters: Sequence[Any], features: Sequence[Any]) -> Any:
    """A number, or the expression of an angle in these Qiskit parameters."""
    result: Any = angle.constant
    for (params, inputs), coefficient in angle.terms.items():
        factors = [*(parameters[k] for k in params), *(features[k] for k in inputs)]
        product = factors[0] if len(factors) == 1 else factors[0] * factors[1]
        term = product if coefficient == 1 else coefficient * product
        result = term if isinstance(result, float) and result == 0 else result + term
    return result
