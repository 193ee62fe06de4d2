"""Ratios to the fastest peer as bars, with the goals."""

from __future__ import annotations

from pathlib import Path

from .report import ratio
from .workloads import case
from .workloads.case import PYTHON, C, Goal


def write(results: dict, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    matplotlib.rcParams["svg.hashsalt"] = "qtangent"
    import matplotlib.pyplot as plt

    bars = []
    for record in results["cases"]:
        goals = case(record["case"]).goals
        python, native = (ratio(record, Goal(0, route)) for route in (PYTHON, C))
        if python:
            goal = next(
                (g.ratio for g in goals if g.route == PYTHON and not g.against and not g.excluding), None
            )
            bars.append((record["case"], python[0], native[0] if native else None, goal))
    figure, axes = plt.subplots(figsize=(9, 1 + 0.34 * len(bars)), layout="constrained")
    for k, (_, python, native, goal) in enumerate(reversed(bars)):
        axes.barh(k, python, height=0.6, color="#3b6ea8", label="through Python" if k == 0 else None)
        if native:
            axes.plot(native, k, "o", color="#d17a22", label="from C" if k == 0 else None)
        if goal:
            axes.plot([goal, goal], [k - 0.4, k + 0.4], color="black", label="goal" if k == 0 else None)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(bars)), [name for name, *_ in reversed(bars)])
    axes.set_xlabel("times as fast as the fastest peer")
    axes.legend(loc="lower right")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
