"""Kernel and residual of the mode that decides the phase, with the closed forms that hold at late times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import dynamics
from .._native.arrays import Real
from ..convergence.phases.data import CRITICAL, FROZEN_ERROR
from .style import ACTUAL, FAINT, FROZEN, LIMIT, label_lines, log_height, log_time, say_instead

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..convergence.record import Record
    from ..dynamics.curves import Curve

_VISIBLE = 1e-14
_LATEST = 1e-7


def draw_phase(axes: Axes, study: Record) -> None:
    """w K w and |w r| along the mode that decides, of training and of the limit, and the laws of its phase."""
    w, kind = _mode(study)
    if w is None:
        say_instead(axes, study.actual.time, "no phase is told", study.time_name)
        return
    time = study.actual.time[1:]
    ends = []
    for name, curve, colour in (
        ("training", study.actual, ACTUAL),
        (study.limit_name, study.asymptotic, LIMIT),
    ):
        if curve is None:
            continue
        kernel, residual = _along(curve, w)
        axes.plot(time, _shown(kernel[1:]), color=colour)
        axes.plot(time, _shown(residual[1:]), color=colour, linestyle=(0, (4, 2)))
        if kernel[-1] > _VISIBLE:
            ends.append((float(time[-1]), float(kernel[-1]), name, colour))
    if not any(np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any() for line in axes.lines):
        say_instead(axes, study.actual.time, "kernel and residual are zero", study.time_name)
        return
    for at, values, style in _laws(study, w, kind):
        axes.plot(at, _shown(values), color=FROZEN, linewidth=0.9, linestyle=style)
        ends.append((float(time[-1]), float(max(values[-1], _VISIBLE)), "closed form", FROZEN))
    log_time(axes, study.actual.time, study.time_name)
    axes.set(ylabel=f"{study.kernel_name} (full), |r| (dashed)")
    log_height(axes)
    axes.text(0.02, 0.03, kind, transform=axes.transAxes, color=FAINT, fontsize=8)
    label_lines(axes, ends[:3])


def _mode(study: Record) -> tuple[Real | None, str]:
    """The direction that decides: of the edge, or where there is none that of the last kernel's softest eigenvector."""
    found = study.phases
    if found.before is None:
        if found.after is None or study.problem.y.ndim != 1:
            return None, ""
        kind = found.after.kind
    else:
        kind = found.before.kind
        for mode in found.before.modes:
            if mode.kind == kind and mode.direction is not None:
                return mode.direction, kind
    return np.asarray(np.linalg.eigh(study.actual.kernel[-1])[1][:, 0], dtype=np.float64), kind


def _along(curve: Curve, w: Real) -> tuple[Real, Real]:
    """w K w and |w r| over time."""
    return np.einsum("i,tij,j->t", w, curve.kernel, w), abs(curve.residuals @ w)


def _shown(values: Real) -> Real:
    return np.where(values > _VISIBLE, values, np.nan)


def _laws(study: Record, w: Real, kind: str) -> list[tuple[Real, Real, str]]:
    """Times, values and line style of the closed forms.

    For one sample the generalised Lotka-Volterra law with the lambda measured a third of the way to where rounding begins:
    lambda settles late.
    For more, along an edge: K = 1/t where it is critical, the distance from it where the error freezes.
    """
    time, m = study.actual.time, len(study.problem.y)
    if m == 1:
        kernels, residuals = study.actual.kernel[:, 0, 0], study.actual.residuals[:, 0]
        visible = time[(kernels > _LATEST) & (abs(residuals) > _LATEST)]
        if not len(visible):
            return []
        first = int(np.searchsorted(time, visible[-1] / 3))
        kernel, residual = float(kernels[first]), float(residuals[first])
        theta = np.asarray(study.run.theta_history)[first]
        unit = study.problem.z_sum
        mu = study.problem.model.dqntk(theta, X=study.problem.X, states=study.problem.states)
        lam = float(np.ravel(mu)[0]) / unit**2 / kernel
        law = dynamics.lotka_volterra(residual, kernel, lam, time[first:] - time[first])
        return [(time[first:], law.kernel, ":"), (time[first:], abs(law.residuals), ":")]
    before = study.phases.before
    if before is None or kind not in (CRITICAL, FROZEN_ERROR):
        return []
    late = time[time > 1]
    if kind == CRITICAL:
        return [(late, 1 / late, ":")] if len(late) else []
    level = abs(float(w @ (before.nearest - study.problem.y)))
    return [(time[1:], np.full(len(time) - 1, level), ":")]
