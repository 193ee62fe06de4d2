"""Loss curves: actual, frozen kernel, over-parameterised limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..convergence.three_curves import ThreeCurves
from ..dynamics.curves import RESOLUTION
from .style import (
    ACTUAL,
    FROZEN,
    LIMIT,
    WITHOUT_NOISE,
    label_lines,
    log_height,
    log_time,
    mark_level,
    say_instead,
    style,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DECADES_BELOW = 3  # the frozen curve may leave the picture; it soon falls out of any range


def draw_loss(
    axes: Axes, study: ThreeCurves, limits: tuple[float, float] | None = None, times: Real | None = None
) -> None:
    """The three losses on a log-log grid, named at their ends, with the floor of the data.

    Args:
        limits: of the heights, `loss_range` of this study unless given.
        times: that the axis covers, (T,) with its 0, those of this study unless given.
    """
    curves = [("training", study.actual, ACTUAL), ("frozen kernel", study.kernel_regression, FROZEN)]
    curves += [
        (name, one, colour) for (name, one), colour in zip(study.limits, (LIMIT, WITHOUT_NOISE), strict=False)
    ]
    if not any(one.loss[1:].any() for _, one, _ in curves):
        say_instead(axes, study.actual.time if times is None else times, "zero throughout", study.time_name)
        return
    low, high = limits or loss_range([study])
    ends = []
    for name, one, colour in curves:
        shown = one.time > 0
        axes.plot(one.time[shown], one.loss[shown], color=colour, zorder=3 if name == "training" else 2)
        ends.append((float(one.time[-1]), float(np.clip(one.loss[-1], low, high)), name, colour))
    log_time(axes, study.actual.time if times is None else times, study.time_name)
    axes.set(ylim=(low, high), ylabel="loss L")
    log_height(axes)
    if study.floor and study.floor > low:
        mark_level(axes, study.floor, "floor of the data")
    label_lines(axes, ends)


def loss_range(studies: list[ThreeCurves]) -> tuple[float, float]:
    """Limits that show training and limit down to what counts as zero, the frozen kernel three decades further."""
    seen = [one.loss for study in studies for one in (study.actual, study.asymptotic) if one is not None]
    lowest = min(float(loss.min()) for loss in seen)
    frozen = min(float(study.kernel_regression.loss.min()) for study in studies)
    highest = max(float(loss.max()) for loss in seen)
    if highest == 0:
        return RESOLUTION, 1.0
    bottom = max(min(lowest, frozen), lowest * 10.0**-_DECADES_BELOW) / 1.5
    return max(bottom, RESOLUTION * highest), highest * 1.6


def compare_losses(named: list[tuple[str, ThreeCurves]]) -> Figure:
    """Small multiples of the loss with common axes, one panel a study.

    Args:
        named: Titles with their studies.

    Raises:
        InvalidArgumentError: For none, or anything else.
        ImportError: Matplotlib is missing.
    """
    named = _titled(named)
    with style():
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        columns = min(len(named), 2)
        rows = -(-len(named) // columns)
        figure = Figure(
            figsize=(4.4 * columns, 2.6 * rows), layout=ConstrainedLayoutEngine(wspace=0.04, hspace=0.06)
        )
        panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        limits = loss_range([study for _, study in named])
        # Steps differ from study to study, and so do the first and the last recorded time.
        times = np.unique(np.concatenate([study.actual.time for _, study in named]))
        for panel in panels.flat[len(named) :]:
            panel.remove()
        for panel, (name, _) in zip(panels.flat, named, strict=False):
            title(panel, name)
            log_time(panel, times)
            panel.set_ylim(limits)
            log_height(panel)
        figure.draw_without_rendering()
        for place, (_, study) in enumerate(named):
            panel = panels.flat[place]
            draw_loss(panel, study, limits, times)
            lowest = place + columns >= len(named)
            panel.tick_params(labelbottom=lowest, labelleft=place % columns == 0)
            panel.set(
                xlabel=panel.get_xlabel() if lowest else "",
                ylabel="" if place % columns else panel.get_ylabel(),
            )
        return figure


def _titled(named: Iterable[Any]) -> list[tuple[str, ThreeCurves]]:
    found = arrays.several("named", named, "titles with their studies")
    if not found:
        raise InvalidArgumentError("named is empty; at least one title with its study is expected")
    for place, one in enumerate(found):
        match one:
            case (str(), ThreeCurves()):
                pass
            case _:
                raise InvalidArgumentError(
                    f"named[{place}] is {arrays.shown(one)}; a title and a study are expected"
                )
    return found
