"""Figures of students: the three curves, the kernel, and the neurons beside the teacher's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .kernels import draw_kernel_change, draw_lambda_min, draw_spectrum
from .losses import draw_loss
from .style import ACTUAL, FAINT, FROZEN, LIMIT, label_lines, log_height, log_time, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..classical.path import MatchPath
    from ..convergence.three_curves import ThreeCurves

_MOST_ANGLES = 200  # curves beyond that hide each other


def draw_residuals(axes: Axes, path: MatchPath) -> None:
    """|R|, and its parts from neurons that are matched and from their angles."""
    whole = np.sqrt(2 * np.maximum(path.loss, 0))
    curves = [
        ("residual", whole, ACTUAL),
        ("matched part", path.matched_residual, FROZEN),
        ("from angles", path.rest_residual, LIMIT),
    ]
    time, ends = path.time[1:], []
    for name, values, colour in curves:
        shown = np.where(values > 0, values, np.nan)[1:]
        axes.plot(time, shown, color=colour)
        known = shown[np.isfinite(shown)]
        if known.size:
            ends.append((float(time[-1]), float(known[-1]), name, colour))
    log_time(axes, path.time, "time η t")
    axes.set(ylabel="norm")
    log_height(axes)
    label_lines(axes, ends)


def draw_angles(axes: Axes, path: MatchPath) -> None:
    """Every neuron's angle to the nearest of the teacher's, and the largest of the teacher's to the nearest neuron."""
    time = path.time[1:]
    axes.plot(time, np.degrees(path.angles[1:, :_MOST_ANGLES]), color=FAINT, linewidth=0.7)
    worst = np.degrees(path.nearest[1:].max(axis=1))
    axes.plot(time, worst, color=ACTUAL)
    log_time(axes, path.time, "time η t")
    axes.set(ylabel="angle to the nearest, degrees", ylim=(0, None))
    label_lines(axes, [(float(time[-1]), float(worst[-1]), "teacher's worst", ACTUAL)])


def sheet(study: ThreeCurves, path: MatchPath | None) -> Figure:
    """Losses, change and spectrum of the kernel and its smallest eigenvalue; of a path residuals and angles too.

    Args:
        study: What it shows.
        path: Of its neurons.

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12.6, 6.0))
        figure.subplots_adjust(left=0.055, right=0.925, bottom=0.09, top=0.95, wspace=0.5, hspace=0.38)
        drawn = {
            "Loss": draw_loss,
            "How far the kernel moved": draw_kernel_change,
            "Spectrum of the tangent kernel": draw_spectrum,
            "Smallest eigenvalue": draw_lambda_min,
        }
        for place, (title, draw) in enumerate(drawn.items()):
            axes = figure.add_subplot(2, 3, place + 1)
            axes.set_title(title)
            draw(axes, study)
        if path is not None:
            for place, (title, of_path) in enumerate(
                (("Parts of the residual", draw_residuals), ("Neurons and the teacher's", draw_angles))
            ):
                axes = figure.add_subplot(2, 3, place + 5)
                axes.set_title(title)
                of_path(axes, path)
        return figure
