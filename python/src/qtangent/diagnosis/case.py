"""What a diagnosis is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._native.arrays import Real
from ..models import Model
from ..samples import Samples

if TYPE_CHECKING:
    from ..circuits import Circuit

Budget = Literal["quick", "full"]


@dataclass(frozen=True)
class Case:
    """A model, its data, and how much computing the answer is worth."""

    model: Model
    y: Real
    """(m,) or (m, k)."""
    samples: Samples
    theta: Real
    """(p,), where the kernel is taken and trainings start; drawn by `seed`."""
    budget: Budget
    seed: int
    family: Callable[[int, int], Circuit | Model] | None = None
    """family(qubits, layers): circuits of other sizes, for trends; models where the observable does not scale by itself."""
