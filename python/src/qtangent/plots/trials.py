"""The short training of a diagnosis: its loss, and beside it its accuracy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .style import ACTUAL, FAINT, label_lines, log_height, mark_level, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..diagnosis.record import Record


def trial_figures(diagnosis: Record) -> dict[str, tuple[str, Figure]]:
    """What each figure shows, and the figure: "loss", and "accuracy" of classes."""
    found = {"loss": ("Loss of the short training", _figure("Loss", diagnosis, _draw_loss))}
    if diagnosis.trial.accuracy is not None:
        found["accuracy"] = ("Accuracy of the short training", _figure("Accuracy", diagnosis, _draw_accuracy))
    return found


def _figure(title: str, diagnosis: Record, draw: Callable[[Axes, Record], None]) -> Figure:
    with style():
        from matplotlib.figure import Figure

        figure = Figure()
        figure.subplots_adjust(left=0.155, right=0.77, bottom=0.175, top=0.89)
        axes = figure.add_subplot()
        axes.set_title(title)
        draw(axes, diagnosis)
        axes.set(xlabel="step", xlim=(0, diagnosis.trial.step[-1]))
        return figure


def _draw_loss(axes: Axes, diagnosis: Record) -> None:
    trial, reference = diagnosis.trial, diagnosis.subject.reference
    losses = np.array(trial.loss)
    axes.plot(trial.step, losses, color=ACTUAL)
    positive = losses[losses > 0]
    if len(positive):
        low, high = min(float(positive.min()), reference), max(float(positive.max()), reference)
        axes.set(ylim=(low / 1.5, high * 1.6), ylabel="loss L")
        log_height(axes)
    mark_level(axes, reference, "best constant prediction")
    label_lines(axes, [(float(trial.step[-1]), float(trial.loss[-1]), "training", ACTUAL)])


def _draw_accuracy(axes: Axes, diagnosis: Record) -> None:
    trial = diagnosis.trial
    assert trial.accuracy is not None
    shares = 100 * np.array(trial.accuracy)
    axes.step(trial.step, shares, where="post", color=ACTUAL, clip_on=False)
    axes.set(ylabel="right, %", ylim=(min(float(shares.min()) - 3, 45), 100))
    axes.axhline(50, color=FAINT, linewidth=0.6, zorder=0)
    label_lines(axes, [(float(trial.step[-1]), float(shares[-1]), f"training {shares[-1]:.1f}", ACTUAL)])
