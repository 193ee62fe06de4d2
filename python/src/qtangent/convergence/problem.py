"""What a study is asked about: a model, its data and where training starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._native.arrays import Complex, Real
from .clock import time_unit

if TYPE_CHECKING:
    from ..models import Model
    from ..samples import Samples


@dataclass(frozen=True)
class Problem:
    """Model, training data and initial parameters."""

    model: Model
    y: Real
    """(m,) or (m, k)."""
    X: Real | None
    states: Complex | None
    theta: Real
    """(p,), the initial parameters."""

    @classmethod
    def of(cls, model: Model, y: Real, samples: Samples, theta: Real) -> Problem:
        """With arrays of its own, which nobody else can change."""
        return cls(model, y.copy(), samples.X, samples.states, theta)

    @property
    def z_sum(self) -> float:
        """Zsum of the circuit; the number of samples where it has none, and time is learning rate times steps."""
        return time_unit(self.model, len(self.y))[0]

    @property
    def z_sum_reason(self) -> str | None:
        """Why the circuit has no Zsum; None where it has one."""
        return time_unit(self.model, len(self.y))[1]

    @property
    def outputs(self) -> int:
        """Number of outputs k."""
        return 1 if self.y.ndim == 1 else self.y.shape[1]

    def __repr__(self) -> str:
        return f"<qtangent.Problem: {len(self.y)} samples, {self.model!r}>"
