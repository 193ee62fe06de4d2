"""Where trainings end: a histogram of final losses against the levels of the minima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .marks import BEST, SPURIOUS, legend_below
from .style import INK, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BARS = 48


def levels_figure(
    final_loss: Real,
    threshold: float,
    interval: tuple[float, float],
    levels: Real,
    spurious: NDArray[np.bool_],
) -> Figure:
    """How many trainings ended at which loss; bars of failures are hatched, levels of minima stand below the axis.

    Args:
        final_loss: (starts,).
        threshold: below it a training succeeded.
        interval: of the success rate.
        levels: losses of the known minima (c,); may be empty.
        spurious: (c,).

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure()
        figure.subplots_adjust(left=0.155, right=0.965, bottom=0.26, top=0.89)
        axes = figure.add_subplot()
        low = float(min(final_loss.min(), *levels)) if len(levels) else float(final_loss.min())
        high = float(max(final_loss.max(), *levels)) if len(levels) else float(final_loss.max())
        width = (high - low) / _BARS or 1.0
        # The lowest level lies in the middle of a bar.
        edges = low + width * (np.arange(_BARS + 2) - 0.5)
        success = final_loss < threshold
        for chosen, settings in (
            (success, {"facecolor": BEST}),
            (~success, {"facecolor": "none", "edgecolor": SPURIOUS, "hatch": "////", "linewidth": 0.8}),
        ):
            counts, _ = np.histogram(final_loss[chosen], edges)
            there = counts > 0
            axes.bar(
                edges[:-1][there], 100 * counts[there] / len(final_loss), width, align="edge", **settings
            )
        axes.set(
            xlim=(edges[0], edges[-1]),
            xlabel="final loss L",
            ylabel="trainings, %",
            title="Where training ends",
        )
        axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
        _rug(axes, levels, spurious)
        rate = np.count_nonzero(success) / len(final_loss)
        axes.annotate(
            f"{100 * rate:.3g} % succeed\n({100 * interval[0]:.3g} to {100 * interval[1]:.3g} %)",
            xy=(1, 1), xycoords="axes fraction", ha="right", va="top", color=INK, fontsize=8,
        )  # fmt: skip
        return figure


def _rug(axes: Axes, levels: Real, spurious: NDArray[np.bool_]) -> None:
    """A sign below the axis at every level."""
    from matplotlib.lines import Line2D

    across = axes.get_xaxis_transform()
    best, wrong = np.unique(levels[~spurious]), np.unique(levels[spurious])
    dot: dict[str, Any] = {"marker": "o", "markersize": 4.4, "color": BEST, "linestyle": "none"}
    bar: dict[str, Any] = {
        "marker": "|",
        "markersize": 6.0,
        "color": SPURIOUS,
        "linestyle": "none",
        "markeredgewidth": 0.9,
    }
    shown = []
    for places, settings, text in ((best, dot, "best minimum"), (wrong, bar, "spurious minima")):
        if len(places):
            axes.plot(places, np.full(len(places), -0.045), transform=across, clip_on=False, **settings)
            shown.append(Line2D([], [], label=text, **settings))
    pad = 5.0 if shown else 0.0
    axes.tick_params(axis="x", pad=3.0 + pad)
    legend_below(axes, shown, pad)
