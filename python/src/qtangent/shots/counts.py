"""How often detectors are read."""

from __future__ import annotations

from dataclasses import dataclass

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError

ESTIMATORS = ("parameter_shift", "bound", "exact")
"""In the order of enum qtg_estimator."""


@dataclass(frozen=True)
class Shots:
    """Shots of a training's step, of each setting of the detectors.

    Args:
        predictions: so many for each prediction.
        jacobian: so many on each side of every angle; as many as for predictions unless given.
        estimator: how derivatives are measured, "parameter_shift", "bound" or "exact", as in `Model.jacobian`.
    """

    predictions: int
    jacobian: int | None = None
    estimator: str = "parameter_shift"


def check_estimator(estimator: str) -> None:
    if not _arrays.among(estimator, ESTIMATORS):
        raise InvalidArgumentError(
            f"estimator is {estimator!r}; it must be one of {', '.join(map(repr, ESTIMATORS))}"
        )


def shot_count(shots: int, least: int = 1, name: str = "shots") -> int:
    """The number of shots, checked."""
    count = _arrays.integer(name, shots)
    if count < 1:
        raise InvalidArgumentError(
            f"{name} is {count}; it must be at least 1, and shots=None gives exact values where none are measured"
        )
    if count < least:
        raise InvalidArgumentError(
            f"{name} is {count}; a variance cannot be told from one shot, give {least} or more, or debias=False"
        )
    return count
