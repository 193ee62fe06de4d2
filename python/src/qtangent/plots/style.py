"""One look for all figures: thin lines, no frames, colours that colour-blind readers can tell apart."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from .._extras import require
from .._native.arrays import Real

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK = "#30343b"
"""Text and axes; the report replaces it by the colour of the page's text."""
FAINT = "#8b929c"
"""Grid, bounds and labels of the second rank; legible on light and dark pages."""

# From the palette of Okabe and Ito, darkened or lightened to be legible on white and on near black.
ACTUAL = "#d55e00"
FROZEN = "#3b8fc4"
LIMIT = "#0f9d76"
WITHOUT_NOISE = "#a8588b"

_LONGEST = 60

SETTINGS: dict[Any, Any] = {
    "figure.figsize": (3.8, 2.6),
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "axes.facecolor": "none",
    "savefig.dpi": 200,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.fonttype": "none",
    "svg.hashsalt": "qtangent",
    # What others set for figures of their own, and these are not made for. Names of files may hold dollar signs.
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "axes.formatter.use_mathtext": False,
    "text.parse_math": False,
    "text.usetex": False,
}


@contextmanager
def style() -> Iterator[None]:
    """The settings, for figures drawn inside."""
    mpl = require("matplotlib", "matplotlib", "plot")
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # SVG keeps text as text, and who shows it has other fonts.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        yield


def title(axes: Axes, text: str) -> None:
    """A title in one line, from any text: what cannot be shown is escaped, of long ones the middle left out."""
    plain = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    axes.set_title(plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 20]}…{plain[-19:]}")


def log_time(axes: Axes, time: Real, name: str = "normalised time t") -> None:
    """A logarithmic axis over the recorded times after 0, on which curves of one time are points."""
    from matplotlib.ticker import NullLocator

    first, last = float(time[1]), float(time[-1])
    if first == last:
        first, last = first / 2, 2 * last
        for line in axes.lines:
            line.set_marker(".")
    axes.set(xscale="log", xlabel=name, xlim=(first, last))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(_power)


def say_instead(axes: Axes, time: Real, text: str, name: str = "normalised time t") -> None:
    """Why a panel shows no curve, over the axis of time."""
    log_time(axes, time, name)
    axes.tick_params(left=False, labelleft=False)
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=FAINT)


def log_height(axes: Axes) -> None:
    """A logarithmic height of any range: powers of ten, or plain numbers where those are too few."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(_power)
    if high / low < 100:
        few = high / low < 8
        axes.yaxis.set_major_locator(MaxNLocator(4) if few else LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.4g}")


def _power(value: float, _: float) -> str:
    """Plain text: matplotlib's mathematical typesetting takes longer than the whole rest of a figure."""
    return "10" + f"{round(np.log10(value))}".translate(_SUPERSCRIPTS)


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def label_lines(axes: Axes, entries: list[tuple[float, float, str, str]]) -> None:
    """Write each label (x, y, text, colour) right of its line's end, moved apart where they would overlap."""
    axes.get_ylim()  # settles limits that matplotlib computes late
    transform = axes.transData
    heights = [float(transform.transform((x, y))[1]) for x, y, _, _ in entries]
    spacing = 1.25 * 8 * float(axes.figure.dpi) / 72
    bottom, top = (float(axes.bbox.y0), float(axes.bbox.y1))
    placed: list[float] = []
    for rank, index in enumerate(sorted(range(len(entries)), key=heights.__getitem__)):
        height = min(max(heights[index], bottom), top)
        placed.append(height if rank == 0 else max(height, placed[-1] + spacing))
    overflow = max(0.0, placed[-1] - top) if placed else 0.0
    for place, index in zip(placed, sorted(range(len(entries)), key=heights.__getitem__), strict=True):
        _, _, text, colour = entries[index]
        inside = (place - overflow - bottom) / (top - bottom)
        axes.annotate(
            text,
            xy=(1, inside),
            xycoords="axes fraction",
            xytext=(4, 0),
            textcoords="offset points",
            color=colour,
            fontsize=8,
            va="center",
            annotation_clip=False,
        )


def mark_level(axes: Axes, level: float, text: str) -> None:
    """A dotted horizontal line with its name below its left end."""
    axes.axhline(level, color=FAINT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    axes.annotate(
        text,
        xy=(0, level),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3, -2),
        textcoords="offset points",
        color=FAINT,
        fontsize=7.5,
        va="top",
    )
