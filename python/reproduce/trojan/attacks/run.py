"""A circuit trojan, poisoned data and a smooth poison on two classifiers: what they achieve and what they cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent.audit import AttackMetrics, attack_metrics, plant_trojan, poison
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, two_panels
from reproduce.trojan.victims import VICTIMS, Victim

RATES = (0.05, 0.1, 0.2, 0.4)
SMOOTH = 0.2
# Means over three seeds, derived independently with NumPy (docs/audit.md); none is a figure of the paper.
EXPECTED = {
    "V1": {0.05: (1.0, 0.387), 0.1: (0.997, 0.694), 0.2: (0.995, 0.995), 0.4: (0.753, 1.0)},
    "V2": {0.05: (0.801, 0.642), 0.1: (0.794, 0.89), 0.2: (0.768, 0.981), 0.4: (0.694, 0.989)},
}
Results = dict[str, dict[str, list[AttackMetrics]]]


def compute(short: bool = False) -> Results:
    """Metrics by victim and attack, one for each of three seeds; short: one seed and the first victim."""
    seeds = range(1) if short else range(3)
    return {name: attacks_on(make(), seeds) for name, make in VICTIMS.items() if not short or name == "V1"}


def attacks_on(victim: Victim, seeds: range) -> dict[str, list[AttackMetrics]]:
    """Every attack at every seed."""
    found: dict[str, list[AttackMetrics]] = {}
    for seed in seeds:
        clean = victim.train(seed)

        def measured(
            model: qt.Model, theta: Any, seed: int = seed, clean: Any = clean, **settings: Any
        ) -> AttackMetrics:
            return attack_metrics(
                model, theta, victim.X_test, victim.y_test, victim.target, clean_theta=clean,
                X_train=victim.X[::2], y_train=victim.y[::2], seed=seed, **settings,
            )  # fmt: skip

        planted = plant_trojan(victim.model, clean, target=victim.target)
        trojan = qt.Model(planted.circuit, victim.model.observable, victim.model.scale)
        every = {
            "trojan": {},
            "trojan, 32 shots": {"shots": 32},
            "trojan, half depolarised, 256 shots": {"shots": 256, "depolarizing": 0.5},
        }
        for name, settings in every.items():
            metrics = measured(trojan, clean, config=planted.trigger, **settings)
            found.setdefault(name, []).append(metrics)
        poisons: list[tuple[str, float, Any]] = [(f"poison {rate:g}", rate, victim.stamp) for rate in RATES]
        poisons.append((f"smooth poison {SMOOTH:g}", SMOOTH, lambda X: X + victim.wave))
        for name, rate, trigger in poisons:
            theta = victim.train(seed, *poison(victim.X, victim.y, victim.target, rate, trigger, seed=seed))
            found.setdefault(name, []).append(measured(victim.model, theta, trigger=trigger))
    return found


def verdicts(data: Results) -> list[object]:
    """What is claimed of the trojan and of the poison, then a table with deviations over the seeds."""
    found: list[object] = []
    for name, attacks in data.items():
        trojan = attacks["trojan"]
        total = all(
            one.success == one.success_all == 1
            for kind in attacks
            if "trojan" in kind
            for one in attacks[kind]
        )
        found.append(
            f"{name}: the trojan succeeds {'always' if total else 'NOT ALWAYS'}, with shots and noise too"
        )
        kept = [one.fine_tuned.success for one in trojan if one.fine_tuned]
        found.append(
            f"{name}: after clean fine-tuning it succeeds in {kept}; the output stays constant, its class may move"
        )
        stamped = [f"poison {rate:g}" for rate in RATES]
        tuned = max(_mean(attacks[kind], lambda one: one.fine_tuned.success)[0] for kind in stamped)
        found.append(f"{name}: of the poison fine-tuning leaves a success of {tuned:.3f} at most")
        for kind, metrics in attacks.items():
            found.append(f"{name} {kind}: {_row(metrics)}{_expected(name, kind)}")
    return found


def _row(metrics: list[AttackMetrics]) -> str:
    columns: dict[str, Callable[[Any], float]] = {
        "clean accuracy": lambda one: one.clean_accuracy,
        "success": lambda one: one.success,
        "clean model under the stamp": lambda one: one.clean_success,
        "fine-tuned accuracy": lambda one: one.fine_tuned.clean_accuracy,
        "fine-tuned success": lambda one: one.fine_tuned.success,
    }
    values = {name: _mean(metrics, column) for name, column in columns.items()}
    return ", ".join(f"{name} {mean:.3f} ± {deviation:.3f}" for name, (mean, deviation) in values.items())


def _expected(name: str, kind: str) -> str:
    for rate, (accuracy, success) in EXPECTED[name].items():
        if kind == f"poison {rate:g}":
            return f" (independently, with other draws: {accuracy:.3f} and {success:.3f})"
    return ""


def _mean(metrics: list[AttackMetrics], of: Callable[[Any], float]) -> tuple[float, float]:
    values = [of(one) for one in metrics]
    return float(np.mean(values)), float(np.std(values))


def figure(data: Results) -> Figure:
    """Success over clean accuracy, full marks before and open ones after clean fine-tuning."""
    with style():
        settings = {"xlabel": "clean accuracy", "ylabel": "attack success", "ylim": (-0.05, 1.05)}
        drawing, *panels = two_panels({**settings, "title": "3 against 6"}, {**settings, "title": "0 to 3"})
        for axes, attacks in zip(panels, data.values(), strict=False):
            shown = {kind: found for kind, found in attacks.items() if "shots" not in kind}
            shades = [INK, *colours(len(RATES)), "tab:red"]
            for (kind, found), colour in zip(shown.items(), shades, strict=True):
                before = np.array([(one.clean_accuracy, one.success) for one in found])
                tuned = [one.fine_tuned for one in found if one.fine_tuned]
                after = np.array([(one.clean_accuracy, one.success) for one in tuned])
                mark = {"t": "s", "p": "o", "s": "D"}[kind[0]]
                axes.plot(*before.T, mark, color=colour, markersize=4, label=kind)
                axes.plot(*after.T, mark, color=colour, markersize=4, fillstyle="none")
            axes.legend(loc="center left", fontsize="x-small")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
