"""The same circuits on constructed and on random data: how many minima both have, and what training makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.plots.style import INK, style
from reproduce.convergence.common import main, sizes_axis, two_panels

SAMPLES = 8
# Boxes allowed for the proof that no minimum is missing.
BOXES = 100_000
TRAINING = {"optimizer": qt.Adam(0.02), "starts": 1000, "steps": 1500}


@dataclass(frozen=True)
class Counts:
    """Numbers of minima and success rates by p and draw, (p, draws); those of constructed data (p,)."""

    p: Any
    minima: Any
    complete: Any
    rate: Any
    hard_minima: Any
    hard_rate: Any


def brick(n: int) -> qt.Circuit:
    """Layers of fixed RY, RZ and a chain of CZ, between them parameter l about X on qubit l."""
    circuit = qt.Circuit(n)
    for layer in range(n + 1):
        if layer:
            circuit.rx(2 * qt.param(layer - 1), layer - 1)
        for q in range(n):
            circuit.ry(0.4 + 0.5 * q + 0.9 * layer, q).rz(0.5 + 0.3 * q + 0.7 * layer, q)
        for q in range(n - 1):
            circuit.cz(q, q + 1)
    return circuit


def compute(short: bool = False) -> Counts:
    """p = 1 to 4 on p qubits, 5 draws of 8 Haar states with labels of a teacher of the same circuit; short: p = 1, 2."""
    sizes, draws = (np.arange(1, 3), 2) if short else (np.arange(1, 5), 5)
    shape = (len(sizes), draws)
    minima, complete, rate = np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool), np.zeros(shape)
    hard_minima, hard_rate = np.zeros(len(sizes), dtype=int), np.zeros(len(sizes))
    for place, p in enumerate(map(int, sizes)):
        hard = qt.landscape.hard_dataset(brick(p), qt.pauli("Z" * p))
        found = qt.landscape.find_minima(hard.model, hard.labels, states=hard.states)
        hard_minima[place] = len(found)
        hard_rate[place] = _rate(hard.model, hard.labels, hard.states, found, 0)
        model = qt.Model(brick(p), qt.pauli("Z" * p))
        for draw in range(draws):
            states = qt.encoding.haar_states(p, SAMPLES, orthogonal=False, seed=draw)
            teacher = np.random.default_rng(draw).uniform(0, np.pi, p)
            y = model.predict(teacher, states=states)
            found = qt.landscape.find_minima(model, y, states=states, seed=draw, boxes=BOXES)
            minima[place, draw], complete[place, draw] = len(found), found.complete
            rate[place, draw] = _rate(model, y, states, found, draw)
    return Counts(sizes, minima, complete, rate, hard_minima, hard_rate)


def _rate(model: qt.Model, y: Any, states: Any, found: qt.landscape.Minima, seed: int) -> float:
    """Of the trainings, those that end in a minimum that is not spurious."""
    trained = qt.landscape.success_rate(model, y, states=states, seed=seed, **TRAINING)
    counts = qt.landscape.basins(trained, found).counts
    return float(counts[~found.spurious].sum() / TRAINING["starts"])


def verdicts(data: Counts) -> list[object]:
    """Numbers of minima and success rates for each p."""
    found: list[object] = []
    for place, p in enumerate(data.p):
        proven, counts = data.complete[place], data.minima[place]
        found.append(
            f"p = {p}: {data.hard_minima[place]} minima on constructed data, {counts.min()} to {counts.max()} on random "
            f"({np.count_nonzero(proven)} of {len(proven)} lists complete); Adam succeeds in {data.hard_rate[place]:.3f} "
            f"and in {data.rate[place].min():.3f} to {data.rate[place].max():.3f}"
        )
    traps = np.count_nonzero(data.minima > 1)
    found.append(
        f"random data are not free of traps: {traps} of {data.minima.size} draws have more than one minimum"
    )
    return found


def figure(data: Counts) -> Figure:
    """Numbers of minima and success rates over p, a dot a draw, hollow where a list is a lower bound."""
    with style():
        drawing, left, right = two_panels(
            {
                "xlabel": "parameters p",
                "ylabel": "minima a period",
                "yscale": "log",
                "title": "How many minima",
            },
            {
                "xlabel": "parameters p",
                "ylabel": "success rate of Adam",
                "title": "How often training succeeds",
            },
        )
        p = np.repeat(data.p[:, None], data.minima.shape[1], axis=1)
        beside = p + np.linspace(-0.18, 0.18, data.minima.shape[1])
        for axes, values in ((left, data.minima), (right, data.rate)):
            for chosen, filling, text in (
                (data.complete, "#3b8fc4", "random data, list complete"),
                (~data.complete, "none", "random data, lower bound"),
            ):
                if chosen.any():
                    axes.plot(
                        beside[chosen], values[chosen], "o", color="#3b8fc4", markerfacecolor=filling, markersize=3.6,
                        label=text,
                    )  # fmt: skip
        for axes, values in ((left, data.hard_minima), (right, data.hard_rate)):
            axes.plot(
                data.p, values, "x-", color="#d55e00", linewidth=0.9, markersize=5, label="constructed data"
            )
            sizes_axis(axes, data.p)
        left.plot(data.p, 2.0**data.p, color=INK, linewidth=0.8, linestyle="--", label="2^p")
        left.set_yticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
        left.minorticks_off()
        left.legend(loc="upper left")
        right.set_ylim(0, 1.05)
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
