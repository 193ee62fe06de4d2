"""What a study is asked about: a model, its data and where training starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .curves import FloatArray
from .support import ComplexArray

if TYPE_CHECKING:
    from ..models import Model


@dataclass(frozen=True)
class Problem:
    """Model, training data and initial parameters."""

    model: Model
    y: FloatArray
    """(m,) or (m, k)."""
    X: FloatArray | None
    states: ComplexArray | None
    theta: FloatArray
    """(p,), the initial parameters."""

    @classmethod
    def of(
        cls, model: Model, y: FloatArray, X: ArrayLike | None, states: ArrayLike | None, theta: FloatArray
    ) -> Problem:
        """Convert the arrays once; their shapes were checked by the training that drew theta."""
        return cls(
            model,
            y,
            None if X is None else np.asarray(X, dtype=np.float64),
            None if states is None else np.asarray(states, dtype=np.complex128),
            theta,
        )

    @property
    def z_sum(self) -> float:
        return float(self.model.z_sum)

    @property
    def outputs(self) -> int:
        """Number of outputs k."""
        return 1 if self.y.ndim == 1 else self.y.shape[1]
