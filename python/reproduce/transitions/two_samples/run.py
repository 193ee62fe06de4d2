"""Two samples have phases of their own, or share one; and near the edge training looks critical until it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent import convergence
from qtangent.plots.style import INK, style
from reproduce.convergence.common import colours, main, two_panels

BOX = {
    "both inside": (0.6, -0.3),
    "edge, inside": (1.0, -0.3),
    "outside, inside": (1.4, -0.3),
    "both on the edge": (1.0, -1.0),
    "outside, edge": (1.4, -1.0),
    "both outside": (1.4, -1.4),
}
"""Of a Pauli, which bounds every prediction of orthogonal states by itself."""
SHARED = {"inside": (0.3, 0.3), "edge": (0.5, 0.5), "outside": (0.7, 0.7)}
"""Of a projector, whose predictions of orthogonal states sum to at most 1."""
NEAR = (0.9, 0.97, 0.99)
"""Labels of one sample inside the edge of a Pauli."""


@dataclass(frozen=True)
class Found:
    """Studies by name, and for each label near the edge the horizons and the statistic a at each."""

    box: dict[str, Any]
    shared: dict[str, Any]
    structured: dict[str, Any]
    near: dict[float, tuple[float, np.ndarray, np.ndarray]]


def compute(short: bool = False) -> Found:
    """Three qubits, 200 parameters between Haar-random gates (162 in hardware-efficient circuits), two orthogonal states,
    to the normalised time 40; one sample near the edge in the exact limit, at horizons up to 10 crossover times."""
    p, time, records = (24, 2.0, 20) if short else (200, 40.0, 80)
    circuit, states = qt.ansatz.haar(3, p, seed=3), np.eye(8)[:2]
    pauli, projector = qt.Model(circuit, qt.pauli("ZII")), qt.Model(circuit, qt.projector("000"))
    layers = 4 if short else 27
    efficient = qt.Model(qt.ansatz.hardware_efficient(3, layers), qt.pauli("ZII"))

    def studied(model: qt.Model, labels: tuple[float, float]) -> Any:
        return convergence.study(model, labels, states=states, seed=2, time=time, records=records)

    box = dict(list(BOX.items())[:2]) if short else BOX
    return Found(
        {name: studied(pauli, labels) for name, labels in box.items()},
        {name: studied(projector, labels) for name, labels in SHARED.items()},
        {name: studied(efficient, labels) for name, labels in box.items()},
        {label: growth(label) for label in NEAR},
    )


def growth(label: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Crossover time, horizons, and a at each: the slope of ln(K/|r|) over the later half, times the horizon."""
    found = convergence.phase([-1.0, 1.0], [label], [[1.0, 0.0]])
    assert found.crossover_time is not None
    horizons = found.crossover_time * np.geomspace(0.05, 10, 25)
    statistic = []
    for horizon in horizons:
        time = np.linspace(horizon / 2, horizon, 40)
        run = qt.dynamics.tilted_limit([-1.0, 1.0], [0.5, 0.5], label, time)
        seen = abs(run.residuals) > 1e-12
        slope = np.polyfit(time[seen], np.log(run.kernel[seen] / abs(run.residuals[seen])), 1)[0]
        statistic.append(slope * horizon)
    return found.crossover_time, horizons, np.array(statistic)


def kinds(study: Any) -> tuple[list[str], list[str]]:
    """Of each mode, by data and by the run."""
    before = [one.kind for one in study.phases.before.modes if one.direction is not None]
    return before or ["frozen kernel"], list(study.phases.after.kinds)


def verdicts(data: Found) -> list[object]:
    """Modes by data and by run, and when a label near the edge is told from one on it."""
    told: list[object] = []
    for group, studies in (
        ("Pauli", data.box),
        ("projector", data.shared),
        ("hardware-efficient", data.structured),
    ):
        for name, study in studies.items():
            before, after = kinds(study)
            word = "agrees" if set(before) == set(after) else "differs"
            told.append(
                f"{group}, {name}: by data {', '.join(before)}; by the run {', '.join(after)}: {word}"
            )
    for label, (crossover, horizons, statistic) in data.near.items():
        at = float(np.interp(crossover, horizons, statistic))
        decided = horizons[statistic >= 1.5]
        told.append(
            f"y = {label:g}: t_x = {crossover:.3g}, a = {at:.2f} there, decided from t = {decided[0] / crossover:.2f} t_x on"
        )
    return told


def figure(data: Found) -> Figure:
    """The kernel along the edge that two samples share, and the statistic of labels near the edge."""
    with style():
        drawing, left, right = two_panels(
            {
                "xscale": "log",
                "yscale": "log",
                "xlabel": "normalised time t",
                "ylabel": "w K w / Z along (1, 1)",
                "title": "Two samples, one edge",
            },
            {
                "xscale": "log",
                "xlabel": "horizon over crossover time",
                "ylabel": "a",
                "title": "Labels near the edge",
            },
        )
        w = np.full(2, np.sqrt(0.5))
        for (name, study), colour in zip(data.shared.items(), colours(len(data.shared)), strict=True):
            for curve, line in ((study.actual, "-"), (study.asymptotic, ":")):
                left.plot(
                    curve.time[1:], np.einsum("i,tij,j->t", w, curve.kernel[1:], w), line, color=colour,
                    label=f"{name}, {SHARED[name][0]:g}" if line == "-" else None,
                )  # fmt: skip
        left.set_ylim(1e-5, None)
        left.legend(loc="lower left")
        for (label, (crossover, horizons, statistic)), colour in zip(
            data.near.items(), colours(len(data.near)), strict=True
        ):
            right.plot(horizons / crossover, statistic, color=colour, label=f"y = {label:g}")
        for level in (0.7, 1.5):
            right.axhline(level, color=INK, linewidth=0.7, linestyle=":")
        right.set_ylim(-1, 6)
        right.legend()
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
