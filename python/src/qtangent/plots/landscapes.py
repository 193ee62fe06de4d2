"""The loss along lines and planes of parameter space, and trainings on it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .marks import explain_marks, mark_minima
from .style import ACTUAL, FAINT, FROZEN, INK, log_height, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Low losses are dark: valleys.
_DEEP, _MIDDLE, _HIGH = "#0d2f4d", FROZEN, "#eef4f8"


@dataclass(frozen=True, eq=False)
class Marks:
    """Minima on a slice.

    Attributes:
        places: (c, 1) or (c, 2), in the coordinates of the axes.
        loss: (c,).
        spurious: (c,).
    """

    places: Real
    loss: Real
    spurious: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Picture:
    """What a slice shows.

    Attributes:
        axes: one or two arrays (points,).
        loss: (points,) or (points, points), the first axis first.
        names: of the axes.
        in_pi: whether an axis is an angle with ticks at fractions of pi.
        marks: the minima on it.
    """

    axes: tuple[Real, ...]
    loss: Real
    names: tuple[str, ...]
    in_pi: bool
    marks: Marks


def slice_figure(picture: Picture) -> Figure:
    """A curve, or a map.

    Args:
        picture: what it shows.

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(3.8, 2.6) if len(picture.axes) == 1 else (3.8, 3.2))
        axes = figure.add_subplot()
        if len(picture.axes) == 1:
            figure.subplots_adjust(left=0.155, right=0.965, bottom=0.235, top=0.89)
            draw_line(axes, picture)
        else:
            figure.subplots_adjust(left=0.155, right=0.9, bottom=0.19, top=0.91)
            draw_map(axes, picture)
        axes.set_title("Loss")
        return figure


def path_figure(
    picture: Picture, paths: Real, step: NDArray[np.int64], losses: Real, explained: float
) -> Figure:
    """The plane with paths on it, and beside it the losses of the training.

    Args:
        picture: the plane, or the line of a circuit with one parameter.
        paths: (s, T, 2), or (s, T, 1).
        step: (T,).
        losses: (s, T).
        explained: the share of the variance that the plane holds.

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.6, 3.2))
        figure.subplots_adjust(left=0.08, right=0.975, bottom=0.19, top=0.91, wspace=0.42)
        plane, curve = figure.subplots(1, 2)
        if len(picture.axes) == 1:
            draw_line(plane, picture)
        else:
            draw_map(plane, picture)
        for path, loss in zip(paths, losses, strict=True):
            x, y = (path[:, 0], path[:, 1]) if path.shape[1] == 2 else (path[:, 0], loss)
            for target, across, up in ((plane, x, y), (curve, step, loss)):
                target.plot(across, up, color="white", linewidth=2.8, zorder=3)
                target.plot(across, up, color=ACTUAL, linewidth=1.4, zorder=4)
                target.plot(
                    across[:1], up[:1], marker="s", markersize=4.6, color=ACTUAL, markeredgecolor="white", zorder=7,
                    clip_on=False,
                )  # fmt: skip
        plane.set_title(f"Plane of {100 * explained:.3g} % of the variance")
        curve.set(xlim=(step[0], max(step[-1], step[0] + 1)), xlabel="step (■ start)", ylabel="loss L")
        curve.set_title("Loss of the training")
        if np.all(losses > 0):
            log_height(curve)
        return figure


def draw_line(axes: Axes, picture: Picture) -> None:
    """The loss over one axis."""
    (t,) = picture.axes
    axes.plot(t, picture.loss, color=FROZEN)
    marks = picture.marks
    mark_minima(axes, marks.places[:, 0], marks.loss, marks.spurious)
    axes.set(xlim=(t[0], t[-1]), xlabel=picture.names[0], ylabel="loss L")
    low, high = float(picture.loss.min()), float(picture.loss.max())
    axes.set_ylim(low - 0.06 * (high - low or 1.0), high + 0.04 * (high - low or 1.0))
    if picture.in_pi:
        _ticks_in_pi(axes.xaxis, t)
    explain_marks(axes, marks.spurious)


def draw_map(axes: Axes, picture: Picture) -> None:
    """The loss over two axes, dark where it is low."""
    from matplotlib.colors import LinearSegmentedColormap

    first, second = picture.axes
    colours = LinearSegmentedColormap.from_list("loss", [_DEEP, _MIDDLE, _HIGH])
    shown = axes.pcolormesh(first, second, picture.loss.T, cmap=colours, shading="gouraud", rasterized=True)
    if np.ptp(picture.loss) > 0:
        axes.contour(first, second, picture.loss.T, levels=9, colors=INK, linewidths=0.35, alpha=0.55)
    marks = picture.marks
    mark_minima(axes, marks.places[:, 0], marks.places[:, 1], marks.spurious, halo=True)
    axes.set(xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))
    axes.set(xlabel=picture.names[0], ylabel=picture.names[1])
    if picture.in_pi:
        _ticks_in_pi(axes.xaxis, first)
        _ticks_in_pi(axes.yaxis, second)
    bar = axes.figure.colorbar(shown, ax=axes, fraction=0.05, pad=0.03)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, labelsize=7.5, colors=INK)
    bar.ax.grid(False)
    for line in bar.ax.spines.values():
        line.set_color(FAINT)
    explain_marks(axes, marks.spurious)


def _ticks_in_pi(axis: object, t: Real) -> None:
    """Ticks at quarters of the axis' length, written as multiples of pi, where these are simple fractions."""
    places = t[0] + (t[-1] - t[0]) * np.arange(5) / 4
    shares = [Fraction(place / np.pi).limit_denominator(16) for place in places]
    if all(abs(float(share) * np.pi - place) < 1e-9 for share, place in zip(shares, places, strict=True)):
        axis.set_ticks(places, [_in_pi(share) for share in shares])  # type: ignore[attr-defined]


def _in_pi(share: Fraction) -> str:
    if share == 0:
        return "0"
    sign, size = ("\N{MINUS SIGN}" if share < 0 else ""), abs(share.numerator)
    return f"{sign}{'' if size == 1 else size}π" + (f"/{share.denominator}" if share.denominator > 1 else "")
