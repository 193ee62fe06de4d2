"""A table of numbers with a class in every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from .._native.arrays import Real
from .origin import Origin


@dataclass(frozen=True)
class Table:
    """What a file or a built-in data set holds."""

    features: Real
    """(N, f), finite."""
    labels: NDArray[Any]
    """(N,)"""
    columns: Sequence[str]
    """Names of the features."""
    origin: Origin
    notes: Sequence[str] = ()
    """What was recognised or left out, for the data set's description."""
