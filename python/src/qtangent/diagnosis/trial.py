"""A short training, so that accuracy stands beside what theory says of the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from ..convergence.steps import log_grid
from ..convergence.task import Task
from ..optimizers import Adam
from ..runs import Run
from ..training import train
from .case import Case

_RATE = 0.05
_AMPLITUDES = {"quick": 6e10, "full": 1e12}
"""That gates may move, over all samples and steps; a step moves each about five times."""
_STEPS = {"quick": 300, "full": 2000}
_FEWEST_STEPS = 20
_RECORDS = 60


@dataclass(frozen=True)
class Trial:
    """Loss and accuracy of a training from the diagnosis's theta, at some of its steps (T,)."""

    optimizer: str
    step: tuple[int, ...]
    loss: tuple[float, ...]
    accuracy: tuple[float, ...] | None
    """Of classes; None for labels that are numbers."""
    share: float
    """The last loss, as a share of what the best constant prediction leaves."""


def trained(case: Case) -> Run:
    """A training as long as the budget allows; how long depends on sizes alone, so that the seed decides the bits."""
    circuit = case.model.circuit
    density = 2 if case.samples.is_mixed else 1
    amplitudes = 5.0 * len(case.samples) * max(len(circuit), 1) * 2.0 ** (density * circuit.n_qubits)
    most = _STEPS[case.budget]
    steps = int(np.clip(_AMPLITUDES[case.budget] / amplitudes, _FEWEST_STEPS, most))
    return train(
        case.model, case.y, X=case.samples, theta=case.theta, seed=case.seed, optimizer=Adam(_RATE), steps=steps,
        record=("loss", "predictions"), record_every=log_grid(steps, _RECORDS),
    )  # fmt: skip


def told(run: Run, task: Task) -> Trial:
    """What the training showed."""
    predictions: Real = np.asarray(run.predictions)
    loss = tuple(float(one) for one in run.loss)
    shares = [task.accuracy(one) for one in predictions] if task.has_classes else []
    return Trial(
        optimizer=f"Adam, learning rate {_RATE:g}",
        step=tuple(int(one) for one in run.step),
        loss=loss,
        accuracy=tuple(one for one in shares if one is not None) if shares else None,
        share=task.share(loss[-1]),
    )
