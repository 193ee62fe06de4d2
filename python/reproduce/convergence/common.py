"""What the experiments share: drawing of ensembles, the command line, writing of the figure."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from qtangent.plots.figures import figure_bytes

EXPERIMENTS = (
    "loss_curves",
    "limit",
    "kernel_regression",
    "measurement_scale",
    "late_law",
    "structured_circuits",
    "lie_algebra",
)


def colours(count: int) -> list[Any]:
    """From light to dark, for an ordered axis."""
    return list(colormaps["viridis_r"](np.linspace(0.15, 0.95, count)))


def band(axes: Axes, time: Any, values: Any, colour: Any, label: str | None = None) -> None:
    """Geometric mean over the draws (draws, T) and the band between their quartiles."""
    t, curves = np.asarray(time), np.asarray(values)
    shown = t > 0
    low, high = np.quantile(curves, [0.25, 0.75], axis=0)
    axes.fill_between(t[shown], low[shown], high[shown], color=colour, alpha=0.2, linewidth=0)
    axes.plot(t[shown], np.exp(np.log(curves).mean(axis=0))[shown], color=colour, label=label)


LOSS_AXES = {
    "xscale": "log",
    "yscale": "log",
    "xlabel": "normalised time t",
    "ylabel": "loss L",
    "title": "Loss",
}
"""Settings of the axes that show losses in most experiments."""


def two_panels(left: dict[str, Any], right: dict[str, Any]) -> tuple[Figure, Axes, Axes]:
    """A wide figure with two axes and their settings."""
    figure = Figure(figsize=(8.4, 3.2), layout="constrained")
    first, second = figure.subplots(1, 2)
    for axes, settings in ((first, left), (second, right)):
        axes.set(**settings)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_formatter(NullFormatter())
    return figure, first, second


def sizes_axis(axes: Axes, sizes: Any) -> None:
    """Ticks at the numbers of parameters that were run."""
    axes.set_xticks([int(size) for size in sizes], [str(int(size)) for size in sizes])
    axes.minorticks_off()


def main(
    file: str,
    compute: Callable[[bool], Any],
    verdicts: Callable[[Any], Sequence[object]],
    figure: Callable[[Any], Figure],
    table: Callable[[Any], str] | None = None,
) -> None:
    """Run the experiment, print its verdicts and write figure.svg, and table.md where there is one, beside `file` (not for
    a short run)."""
    parser = argparse.ArgumentParser(prog=Path(file).parent.name)
    parser.add_argument("--short", action="store_true", help="a small version, which writes no figure")
    short = parser.parse_args().short
    started = time.perf_counter()
    data = compute(short)
    for verdict in verdicts(data):
        print(verdict)
    svg, _ = figure_bytes(figure(data))
    if not short:
        (Path(file).parent / "figure.svg").write_bytes(svg)
        if table is not None:
            (Path(file).parent / "table.md").write_text(table(data))
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
