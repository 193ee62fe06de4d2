"""C-SVMs with the recurrent tangent kernel on the UCR/UEA sets that packages ship, beside other kernels and time warping."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from qtangent.plots.style import style
from reproduce.convergence.common import colours, main
from reproduce.recurrent_kernel import machines
from reproduce.recurrent_kernel.sets import SETS, Split, published, sinusoids
from scipy.stats import rankdata

PACKAGES = ("qtangent", "scikit-learn", "numpy", "aeon", "pyts", "tslearn")
COLUMNS = {"DTW_Rn_1NN": "DTW 1-NN, published", "best": "best of 36, published"}


@dataclass(frozen=True)
class Table:
    """Test accuracies (sets, methods), the settings behind them, and what is known of the sets."""

    sets: dict[str, str]
    methods: list[str]
    accuracy: Any
    settings: list[dict[str, str]]
    published: dict[str, dict[str, float]]
    versions: str

    @property
    def ranks(self) -> Any:
        """Mean over the sets of a method's rank by accuracy, 1 the best, ties averaged."""
        return np.mean([rankdata(-row) for row in self.accuracy], axis=0)

    def share(self, part: float) -> Any:
        """P90, P95: the share of sets where a method has at least `part` of the best accuracy there."""
        return (self.accuracy >= part * self.accuracy.max(axis=1, keepdims=True) - 1e-12).mean(axis=0)

    @property
    def of_the_best(self) -> Any:
        """PMA: the mean over the sets of accuracy over the best accuracy there."""
        return (self.accuracy / self.accuracy.max(axis=1, keepdims=True)).mean(axis=0)


def one_set(name: str) -> tuple[str, dict[str, tuple[float, str]]]:
    """What a set looks like, and the accuracy and settings of every method."""
    split = SETS[name]()
    found = machines.accuracies(split, machines.METHODS)
    print(
        name, {method: round(value, 3) for method, (value, _) in found.items()}, file=sys.stderr, flush=True
    )
    return described(split), found


def described(split: Split) -> str:
    lengths = split.lengths
    length = f"{lengths.min()}" if lengths.min() == lengths.max() else f"{lengths.min()}-{lengths.max()}"
    return f"{len(split.train)}/{len(split.test)} | {length} | {split.train[0].shape[1]} | {len(np.unique(split.y))}"


def compute(short: bool = False) -> Table:
    """Nine sets, five methods, settings by ten folds of the training split; short: noisy sinusoids, without the packages."""
    if short:
        split = sinusoids(seed=0, noise=0.5, spread=10, train=40, test=40)
        methods = {
            "recurrent NTK": lambda split: machines.recurrent(split, machines.SHORT_GRID),
            "RBF": machines.rbf,
        }
        found = {"sinusoids": (described(split), machines.accuracies(split, methods))}
        return collected(found, {}, "short")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = dict(zip(SETS, pool.map(one_set, SETS), strict=True))
    known = {column: published(column) for column in COLUMNS}
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return collected(found, known, f"{versions}; {date.today().isoformat()}")


def collected(found: Any, known: dict[str, dict[str, float]], versions: str) -> Table:
    methods = list(next(iter(found.values()))[1])
    accuracy = np.array([[results[method][0] for method in methods] for _, results in found.values()])
    settings = [{method: results[method][1] for method in methods} for _, results in found.values()]
    return Table(
        {name: text for name, (text, _) in found.items()}, methods, accuracy, settings, known, versions
    )


def verdicts(data: Table) -> list[object]:
    """Where the recurrent kernel wins and where it loses, then the scores over all sets."""
    found: list[object] = []
    for name, row in zip(data.sets, data.accuracy, strict=True):
        others = row[1:].max()
        best = ", ".join(
            method for method, value in zip(data.methods, row, strict=True) if value == row.max()
        )
        word = "wins" if row[0] > others else "ties" if row[0] == others else "LOSES"
        found.append(f"{name}: the recurrent kernel {word}, {row[0]:.3f} against {others:.3f}; best {best}")
    scores = zip(data.methods, data.ranks, data.accuracy.mean(axis=0), data.of_the_best, strict=True)
    for method, rank, mean, share in scores:
        found.append(f"{method}: mean rank {rank:.2f}, mean accuracy {mean:.3f}, of the best {share:.3f}")
    return found


def table(data: Table) -> str:
    """The page beside the figure."""
    published_columns = [COLUMNS[column] for column in data.published]
    head = ["set", "train/test", "length", "channels", "classes", *data.methods, *published_columns]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, row in zip(data.sets, data.accuracy, strict=True):
        values = [f"**{value:.3f}**" if value == row.max() else f"{value:.3f}" for value in row]
        values += [f"{column[name]:.3f}" if name in column else "" for column in data.published.values()]
        lines.append(f"| {name} | {data.sets[name]} | " + " | ".join(values) + " |")
    scores = {
        "mean rank": data.ranks,
        "mean accuracy": data.accuracy.mean(axis=0),
        "P90": data.share(0.90),
        "P95": data.share(0.95),
        "PMA": data.of_the_best,
    }
    lines += ["", "| score | " + " | ".join(data.methods) + " |", "|" + "---|" * (1 + len(data.methods))]
    for name, values in scores.items():
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |")
    lines += ["", "| set | " + " | ".join(f"{method}: chosen" for method in data.methods) + " |"]
    lines.append("|" + "---|" * (1 + len(data.methods)))
    for name, chosen in zip(data.sets, data.settings, strict=True):
        lines.append(f"| {name} | " + " | ".join(chosen[method] for method in data.methods) + " |")
    return "\n".join([f"Test accuracies; {data.versions}.", "", *lines, ""])


def figure(data: Table) -> Figure:
    """The accuracies of every method on every set."""
    with style():
        drawing = Figure(figsize=(8.4, 3.2), layout="constrained")
        axes = drawing.subplots()
        places, width = np.arange(len(data.sets)), 0.8 / len(data.methods)
        for k, (method, colour) in enumerate(zip(data.methods, colours(len(data.methods)), strict=True)):
            left = places + width * (k - (len(data.methods) - 1) / 2)
            axes.bar(left, data.accuracy[:, k], width, color=colour, label=method)
        axes.set_xticks(places, [name.replace("Wiimote", "\nWiimote") for name in data.sets], rotation=20)
        axes.set(
            ylabel="test accuracy", ylim=(0.3, 1.0), title="Sequences, settings chosen on the training split"
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure, table)
