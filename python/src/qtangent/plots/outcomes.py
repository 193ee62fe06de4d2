"""What the network answers: predictions against labels, accuracy over training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._native.arrays import Real
from .style import ACTUAL, FAINT, FROZEN, INK, label_lines, log_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..convergence.record import Record


def draw_predictions(axes: Axes, study: Record) -> None:
    """Predictions after training over their labels: training samples left, held-out samples right."""
    y, scale = study.problem.y.ravel(), study.settings["scale"]
    groups = [("training", y, study.actual.predictions[-1].ravel())]
    if study.test is not None and study.test.y is not None:
        groups.append(("held out", study.test.y.ravel(), study.test.predictions[-1].ravel()))
    labels = np.unique(y)
    if len(labels) > 10:
        _scatter(axes, groups)
        return
    ticks = []
    for place, (name, target, predicted) in enumerate(groups):
        for rank, label in enumerate(labels):
            x = place * (len(labels) + 0.5) + rank
            chosen = predicted[target == label]
            axes.plot(
                x + _spread(chosen, scale), chosen, linestyle="none", marker="o", markersize=2.6,
                markeredgewidth=0, alpha=0.75, color=(ACTUAL, FROZEN)[rank % 2],
            )  # fmt: skip
            axes.plot([x - 0.42, x + 0.42], [label, label], color=INK, linewidth=0.9)
            ticks.append((x, f"{label:+g}"))
        middle = place * (len(labels) + 0.5) + (len(labels) - 1) / 2
        axes.text(
            middle, -0.13, name, transform=axes.get_xaxis_transform(), ha="center", va="top", fontsize=8
        )
    axes.set_xticks([x for x, _ in ticks], [text for _, text in ticks])
    axes.tick_params(axis="x", length=0)
    axes.set(ylabel="prediction", xlim=(-0.6, ticks[-1][0] + 0.6))
    axes.axhline(0, color=FAINT, linewidth=0.6, zorder=0)


def draw_accuracy(axes: Axes, study: Record) -> None:
    """Share of right answers over training."""
    curves = [
        (name, 100 * values, colour)
        for name, values, colour in (
            ("training", study.train_accuracy, ACTUAL),
            ("held out", study.test_accuracy, FROZEN),
        )
        if values is not None
    ]
    time = study.actual.time
    for _, values, colour in curves:
        axes.step(time[1:], values[1:], where="post", color=colour, clip_on=False)
    log_time(axes, time)
    lowest = min((float(values[1:].min()) for _, values, _ in curves), default=50.0)
    axes.set(ylabel="accuracy, %", ylim=(min(lowest - 3, 90), 100))
    if not curves:
        axes.text(0.5, 0.5, "labels are no classes", transform=axes.transAxes, ha="center", color=FAINT)
    label_lines(axes, [(float(time[-1]), float(v[-1]), f"{name} {v[-1]:.1f}", c) for name, v, c in curves])


def _scatter(axes: Axes, groups: list[tuple[str, Real, Real]]) -> None:
    for (name, target, predicted), colour in zip(groups, (ACTUAL, FROZEN), strict=False):
        axes.plot(target, predicted, linestyle="none", marker="o", markersize=2.6, color=colour, label=name)
    axes.axline((0, 0), slope=1, color=FAINT, linewidth=0.6)
    axes.set(xlabel="label", ylabel="prediction")
    axes.legend()


def _spread(values: Real, scale: float) -> Real:
    """Sideways places that keep dots of similar height apart, left and right in turn."""
    offsets = np.zeros(len(values))
    bins = np.floor(values / scale / 0.05).astype(int)
    for one in np.unique(bins):
        members = np.flatnonzero(bins == one)
        rank = np.arange(len(members))
        offsets[members] = np.where(rank % 2, 1, -1) * ((rank + 1) // 2)
    reach = np.abs(offsets).max(initial=0)
    return np.asarray(offsets * min(0.07, 0.4 / max(reach, 1)), dtype=np.float64)
