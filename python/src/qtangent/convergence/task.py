"""What a training is for: labels that are classes or numbers, and when it has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._native.arrays import Real
from ..models import Model
from ..observables import value_range
from .held_out import MOST_CLASSES, accuracy

RIGHT = 0.95
"""Share of training samples on their own side from which classes count as learnt."""
LEFT = 0.05
"""Share of the reference loss up to which numbers count as learnt, and up to which labels may lie out of range."""

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Task:
    """The labels of a training."""

    y: Real
    """(m,) or (m, k)."""

    @cached_property
    def reference(self) -> float:
        """What a loss is held against: that of the best constant prediction; where all labels are equal that of the
        prediction 0, and 1/2 where they are 0."""
        flat = self.y.reshape(len(self.y), -1)
        # Equal labels may differ from their mean, and from each other, by rounding.
        if np.ptp(flat, axis=0).max() > _ROUNDING * np.abs(flat).max():
            # Squares of the smallest numbers are 0.
            return float(np.sum((flat - flat.mean(axis=0)) ** 2)) / (2 * len(flat)) or 0.5
        return float(np.sum(flat**2)) / (2 * len(flat)) or 0.5

    @cached_property
    def has_classes(self) -> bool:
        """Whether labels are classes: of one output at most ten different ones, no more than half the samples or two; of
        several outputs two different ones, the larger of them once a sample."""
        different = np.unique(self.y)
        if self.y.ndim == 2:
            return len(different) == 2 and bool(np.all((self.y == different[1]).sum(axis=1) == 1))
        return 2 <= len(different) <= min(MOST_CLASSES, max(2, len(self.y) // 2))

    def accuracy(self, predictions: Real) -> float | None:
        """Share of samples on their own side, predictions as y; None for numbers."""
        if not self.has_classes:
            return None
        found = accuracy(predictions[None], self.y, self.y)
        return None if found is None else float(found[0])

    def right(self, predictions: Real) -> np.ndarray:
        """Which samples (m,) are on their own side; only for classes."""
        if self.y.ndim == 2:
            return np.asarray(predictions.argmax(-1) == self.y.argmax(-1))
        classes = np.unique(self.y)
        return np.asarray(classes[np.abs(predictions[:, None] - classes).argmin(-1)] == self.y)

    def share(self, loss: float) -> float:
        """A loss as a share of the reference."""
        return loss / self.reference

    def arrived(self, loss: float, right: float | None) -> bool:
        """Whether this loss, or this accuracy of classes, is what training was for."""
        return self.share(loss) <= LEFT or (right is not None and right >= RIGHT)

    def out_of_range(self, model: Model) -> float:
        """The loss that remains where every prediction is the value nearest to its label in an interval that holds all
        that is measured."""
        observables = model.observable if isinstance(model.observable, list) else [model.observable]
        total = 0.0
        for labels, observable in zip(self.y.reshape(len(self.y), -1).T, observables, strict=True):
            low, high = sorted(model.scale * end for end in value_range(observable))
            total += float(np.sum((labels - np.clip(labels, low, high)) ** 2)) / (2 * len(labels))
        return total
