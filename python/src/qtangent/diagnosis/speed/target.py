"""The loss that counts as trained, and what finding out may cost."""

from __future__ import annotations

import numpy as np

from ...convergence.task import LEFT, Task
from ...convergence.words import number
from ..case import Case
from ..work import jacobian_work

_AMPLITUDES = {"quick": 6e9, "full": 1e11}
_MOST = {"quick": 120, "full": 600}
_FEWEST = 12


def target_loss(case: Case, floor: float) -> tuple[float, str]:
    """The share of the reference loss at which a training has arrived, above the floor of the data; and the words."""
    reference = Task(case.y).reference
    above = " above the floor of the data" if floor else ""
    words = f"{number(100 * LEFT)} % of the loss of the best constant prediction{above}"
    return floor + LEFT * max(reference - floor, LEFT * reference), words


def evaluations(case: Case) -> int:
    """How many predictions with their Jacobian the budget allows."""
    each = jacobian_work(case.model, len(case.samples), case.samples.is_mixed)
    return int(np.clip(_AMPLITUDES[case.budget] / each, _FEWEST, _MOST[case.budget]))
