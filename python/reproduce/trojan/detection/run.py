"""What seven tests say of two classifiers: clean, with a trojan asleep or awake, and with poisoned weights."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.audit import Report, inspect, plant_trojan, poison
from qtangent.plots.style import INK, style
from reproduce.convergence.common import main, two_panels
from reproduce.trojan.victims import VICTIMS, Victim

PROBES = 60
SHADES = {"not run": 0.0, "intact": 0.2, "rewritten": 0.4, "tampered": 1.0}
# What an audit should come to: a poison leaves the circuit as it was.
EXPECTED = {
    "clean": "intact",
    "dormant": "tampered",
    "dormant, no golden circuit": "tampered",
    "active": "tampered",
    "active, no golden circuit": "tampered",
    "poisoned": "intact",
    "smooth poison": "intact",
}
Results = dict[str, dict[str, list[Report]]]


def compute(short: bool = False) -> Results:
    """Reports by victim and state, one for each of three seeds; short: one seed and the first victim."""
    seeds = range(1) if short else range(3)
    return {name: audits_of(make(), seeds) for name, make in VICTIMS.items() if not short or name == "V1"}


def audits_of(victim: Victim, seeds: range) -> dict[str, list[Report]]:
    """Every state at every seed."""
    found: dict[str, list[Report]] = {state: [] for state in EXPECTED}
    golden, X, y = victim.model, victim.X_test[:PROBES], victim.y_test[:PROBES]
    for seed in seeds:
        theta = victim.train(seed)
        planted = plant_trojan(golden, theta, target=victim.target)
        suspect = qt.Model(planted.circuit, golden.observable, golden.scale)
        active = qt.Model(planted.circuit.bind(planted.trigger), golden.observable, golden.scale)

        def poisoned(trigger: Any, seed: int = seed) -> Any:
            return victim.train(seed, *poison(victim.X, victim.y, victim.target, 0.2, trigger, seed=seed))

        found["clean"].append(inspect(golden, golden, theta, X, y, seed=seed))
        found["dormant"].append(inspect(suspect, golden, theta, X, y, seed=seed))
        found["dormant, no golden circuit"].append(inspect(suspect, None, theta, X, y, seed=seed))
        found["active"].append(inspect(suspect, golden, theta, X, y, planted.trigger, seed=seed))
        found["active, no golden circuit"].append(inspect(active, None, theta, X, y, seed=seed))
        found["poisoned"].append(inspect(golden, golden, poisoned(victim.stamp), X, y, seed=seed))
        smooth = poisoned(lambda rows: rows + victim.wave)
        found["smooth poison"].append(inspect(golden, golden, smooth, X, y, seed=seed))
    return found


def verdicts(data: Results) -> list[object]:
    """Whether each state gets the verdict it should; then how often each test raised an alarm."""
    found: list[object] = []
    for name, states in data.items():
        for state, reports in states.items():
            right = sum(report.verdict == EXPECTED[state] for report in reports)
            word = "as it should be" if right == len(reports) else "NOT ALWAYS"
            found.append(f"{name} {state}: {EXPECTED[state]} in {right} of {len(reports)}, {word}")
            alarms = Counter(
                test for report in reports for test, one in report.tests.items() if one.verdict == "tampered"
            )
            found.append(
                "   alarms: " + (", ".join(f"{test} {count}" for test, count in alarms.items()) or "none")
            )
    return found


def figure(data: Results) -> Figure:
    """The verdict of every test on every state, at the first seed."""
    with style():
        drawing, *panels = two_panels({"title": "3 against 6"}, {"title": "0 to 3"})
        for axes, states in zip(panels, data.values(), strict=False):
            tests = list(next(iter(states.values()))[0].tests)
            grid = np.array(
                [[SHADES[reports[0].tests[test].verdict] for test in tests] for reports in states.values()]
            )
            axes.imshow(grid, cmap="Reds", vmin=0, vmax=1.4, aspect="auto")
            for (row, column), _ in np.ndenumerate(grid):
                reports = list(states.values())[row]
                word = reports[0].tests[tests[column]].verdict
                ink = "white" if word == "tampered" else INK
                axes.text(column, row, word, ha="center", va="center", fontsize=5, color=ink)
            axes.set_xticks(range(len(tests)), tests, rotation=35, ha="right", fontsize=6)
            axes.set_yticks(range(len(states)), list(states), fontsize=6)
            axes.minorticks_off()
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
