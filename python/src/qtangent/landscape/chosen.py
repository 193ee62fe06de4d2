"""Which of a model's parameters are studied, in which angles, and at what the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.memory import fits, too_large
from ..capacity.ensemble import periods
from ..models import Model, expect_model
from . import polynomial


@dataclass(frozen=True, eq=False)
class Chosen:
    """Parameters under study.

    Attributes:
        numbers: in the circuit.
        base: (p,), radians of phi a radian of theta.
        degrees: of predictions, one a parameter.
        rest: all parameters of the circuit; those that are not studied stay there.
    """

    numbers: tuple[int, ...]
    base: Real
    degrees: tuple[int, ...]
    rest: Real

    @classmethod
    def of(cls, model: Model, parameters: Sequence[int] | None, theta: ArrayLike | None) -> Chosen:
        """All parameters unless `parameters` names some; then theta holds the others.

        Raises:
            InvalidArgumentError: for a circuit without parameters; where frequencies have no common base or depend on
                the data; for numbers that the circuit lacks, and a missing theta.
        """
        expect_model(model)
        if model.n_params == 0:
            raise InvalidArgumentError("the circuit has no parameters, so there is no landscape to study")
        base, degrees = periods.frequencies(model._circuit._handle, model.n_params)
        numbers = _numbers(model, parameters)
        rest = np.zeros(model.n_params)
        if len(numbers) < model.n_params:
            if theta is None:
                raise InvalidArgumentError(
                    f"parameters names {len(numbers)} of {model.n_params}; pass theta, at which the others stay"
                )
            rest = arrays.real("theta", theta)
            arrays.expect_shape("theta", rest, (model.n_params,), "(p,)")
        return cls(numbers, base[list(numbers)], tuple(degrees[l] for l in numbers), rest)

    def only(self, places: list[int]) -> Chosen:
        """Some of these."""
        return Chosen(
            tuple(self.numbers[l] for l in places),
            self.base[places],
            tuple(self.degrees[l] for l in places),
            self.rest,
        )

    def theta(self, phi: Real) -> Real:
        """All parameters of the circuit (s, n_params) where the angles of these are phi (s, p)."""
        result = np.tile(self.rest, (len(phi), 1))
        result[:, list(self.numbers)] = phi / self.base
        return result

    def coefficients_fit(self, predictions: int) -> bool:
        """Whether memory holds the coefficients of so many predictions, and those of the loss."""
        doubled = tuple(2 * degree for degree in self.degrees)
        return fits(max(_bytes(self.degrees, 8 * predictions), _bytes(doubled, 8)))


def _numbers(model: Model, parameters: Sequence[int] | None) -> tuple[int, ...]:
    if parameters is None:
        return tuple(range(model.n_params))
    given = arrays.several("parameters", parameters, "numbers of parameters")
    numbers = tuple(arrays.integer("a parameter", number) for number in given)
    if not numbers or len(set(numbers)) < len(numbers) or not set(numbers) <= set(range(model.n_params)):
        raise InvalidArgumentError(
            f"parameters is {given}; different numbers from 0 to {model.n_params - 1} are expected"
        )
    return numbers


def _bytes(degrees: tuple[int, ...], bytes_each: int) -> int:
    # Samples, their transform, and one axis of it on the way.
    return 3 * bytes_each * polynomial.size(degrees)


def require_memory(degrees: tuple[int, ...], bytes_each: int, what: str) -> None:
    """Raises OutOfMemoryError where coefficients take too much, with the number of parameters that fit."""
    needed = _bytes(degrees, bytes_each)
    if not fits(needed):
        fitting = next(p for p in range(len(degrees), -1, -1) if fits(_bytes(degrees[:p], bytes_each)))
        raise too_large(
            f"the coefficients of {what} in {len(degrees)} parameters",
            needed,
            f"the first {fitting} parameters fit: pass parameters=range({fitting}) and theta",
        )
