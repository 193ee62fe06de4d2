"""The tangent kernel over training: spectrum, smallest eigenvalue, relative change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..convergence.three_curves import kernel_drift
from .style import ACTUAL, FAINT, LIMIT, label_lines, log_height, log_time, say_instead

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..convergence.three_curves import ThreeCurves

_SMALLEST = 1e-12  # of the largest eigenvalue: below stands rounding error


def draw_spectrum(axes: Axes, study: ThreeCurves) -> None:
    """All eigenvalues of the study's kernel."""
    time, spectrum = study.actual.time[1:], study.spectrum[1:]
    shown = np.where(spectrum > _SMALLEST * spectrum.max(), spectrum, np.nan)
    if not np.isfinite(shown).any():
        say_instead(axes, study.actual.time, "the tangent kernel is zero", study.time_name)
        return
    axes.plot(time, shown[:, 1:-1], color=FAINT, linewidth=0.7)
    axes.plot(time, shown[:, [0, -1]], color=ACTUAL)
    log_time(axes, study.actual.time, study.time_name)
    axes.set(ylabel=f"eigenvalues of {study.kernel_name}")
    log_height(axes)
    ends = [(time[-1], shown[-1, i], name, ACTUAL) for i, name in ((-1, "largest"), (0, "smallest"))]
    label_lines(axes, [end for end in ends if np.isfinite(end[1])][: spectrum.shape[1]])


def draw_lambda_min(axes: Axes, study: ThreeCurves) -> None:
    """The smallest eigenvalue, of training and of the limit."""
    curves = [("training", study.lambda_min, ACTUAL)]
    if study.asymptotic is not None:
        lowest = np.asarray(np.linalg.eigvalsh(study.asymptotic.kernel)[:, 0], dtype=np.float64)
        curves.append((study.limit_name, lowest, LIMIT))
    # A kernel of more rows than its Jacobian has columns is singular: rounding error of the largest eigenvalue is left.
    top = float(study.spectrum.max())
    ends = []
    for name, values, colour in curves:
        shown = np.where(values > _SMALLEST * top, values, np.nan)[1:]
        known = shown[np.isfinite(shown)]
        if known.size:
            axes.plot(study.actual.time[1:], shown, color=colour)
            ends.append((study.actual.time[-1], known[-1], name, colour))
    if not ends:
        say_instead(axes, study.actual.time, "zero: the kernel is singular throughout", study.time_name)
        return
    log_time(axes, study.actual.time, study.time_name)
    axes.set(ylabel=f"smallest eigenvalue of {study.kernel_name}")
    log_height(axes)
    label_lines(axes, ends)


def draw_kernel_change(axes: Axes, study: ThreeCurves) -> None:
    """||K(t) - K(0)|| / ||K(0)||, of training and of the limit."""
    curves = [("training", study.kernel_change, ACTUAL)]
    if study.asymptotic is not None:
        curves.append((study.limit_name, kernel_drift(study.asymptotic.kernel), LIMIT))
    for _, values, colour in curves:
        axes.plot(study.actual.time[1:], 100 * values[1:], color=colour)
    log_time(axes, study.actual.time, study.time_name)
    axes.set_ylim(0)
    axes.set_ylabel("change of K since t = 0, %")
    label_lines(axes, [(study.actual.time[-1], 100 * values[-1], name, c) for name, values, c in curves])
