"""Minima in pictures: a dot for the best, a cross for a spurious one, so that no colour is needed to tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .style import ACTUAL, INK, LIMIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

BEST = LIMIT
SPURIOUS = ACTUAL


def mark_minima(axes: Axes, x: Real, y: Real, spurious: NDArray[np.bool_], halo: bool = False) -> None:
    """The signs, at points (c,), above everything else; with a white halo for dark ground."""
    for chosen, settings in ((spurious, _cross()), (~spurious, _dot())):
        if not chosen.any():
            continue
        if halo:
            under = dict(settings, color="white", markersize=settings["markersize"] + 2.4, zorder=5)
            under["markeredgewidth"] += 1.6
            axes.plot(x[chosen], y[chosen], linestyle="none", clip_on=False, **under)
        axes.plot(x[chosen], y[chosen], linestyle="none", clip_on=False, zorder=6, **settings)


def explain_marks(axes: Axes, spurious: NDArray[np.bool_]) -> None:
    """A line below the axes that says what the signs are; nothing without minima."""
    from matplotlib.lines import Line2D

    shown = []
    if (~spurious).any():
        shown.append(Line2D([], [], linestyle="none", label="best minimum", **_dot()))
    if spurious.any():
        shown.append(Line2D([], [], linestyle="none", label="spurious minimum", **_cross()))
    legend_below(axes, shown)


def legend_below(axes: Axes, handles: list[Line2D], pad: float = 0.0) -> None:
    """What the signs mean, in one line below the name of the horizontal axis, `pad` points lower than usual."""
    from matplotlib.transforms import ScaledTranslation

    if handles:
        down = ScaledTranslation(0, -(31 + pad) / 72, axes.figure.dpi_scale_trans)
        axes.legend(
            handles=handles, loc="upper right", bbox_to_anchor=(1.0, 0.0), bbox_transform=axes.transAxes + down,
            ncols=2, borderaxespad=0, borderpad=0, handletextpad=0.2, columnspacing=1.2, labelcolor=INK,
        )  # fmt: skip


def _dot() -> dict[str, Any]:
    return {"marker": "o", "markersize": 6.0, "color": BEST, "markeredgewidth": 0.0}


def _cross() -> dict[str, Any]:
    return {"marker": "X", "markersize": 5.6, "color": SPURIOUS, "markeredgewidth": 0.0}
