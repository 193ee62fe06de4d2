"""The time in which a training is told: normalised by the generators, or learning rate times steps where they depend on
the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._native.errors import InvalidArgumentError

if TYPE_CHECKING:
    from ..models import Model


def time_unit(model: Model, m: int) -> tuple[float, str | None]:
    """What K is divided by and, where that is not Zsum, why: a step eta on m samples advances the time by eta/m times it.

    Where an angle multiplies a parameter with a feature there is no Zsum; with m in its place time is eta times steps.
    """
    try:
        return float(model.z_sum), None
    except InvalidArgumentError as error:
        return float(m), str(error)
