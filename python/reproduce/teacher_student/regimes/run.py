"""Three regimes of one student in the plane: near the teacher, from small neurons, and lazy."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from qtangent.classical import StudentStudy, TwoLayerNetwork, study
from qtangent.plots.style import ACTUAL, FAINT, INK, style
from reproduce.convergence.common import main

TEACHER = np.array([[1.0, 0.2], [-0.5, 1.1], [0.7, 0.8]])
M, ALPHA = 20, 100.0


def compute(short: bool = False) -> dict[str, StudentStudy]:
    """Twenty students of three teacher neurons to time 2,000, from starts of our own settings; short: to time 50."""
    net = TwoLayerNetwork(TEACHER)
    time = 50.0 if short else 2000.0
    mass = float(np.linalg.norm(TEACHER, axis=1).sum())
    return {
        "local": study(net, net.near_teacher(M, angle=0.3, seed=1), time=time),
        "mean field": study(net, net.small(M, seed=1), time=time, limit=True),
        f"lazy, alpha = {ALPHA:g}": study(
            net, net.small(M, mass=mass, seed=1), time=time, alpha=ALPHA, limit=True
        ),
    }


def verdicts(data: dict[str, StudentStudy]) -> list[object]:
    """NTK regime or feature learning, how near students come to the teacher, and the late laws."""
    found: list[object] = []
    for name, result in data.items():
        found.append(f"{name}: {result.verdict}")
        if result.settings["alpha"] == 1:
            path = result.matches()
            found.append(
                f"{name}: the teacher's neurons are {np.degrees(path.nearest[-1].max()):.2g} degrees from the "
                f"nearest student, |grad L| ~ L^{path.exponent:.3f}, {path.rate.law}"
            )
    return found


def figure(data: dict[str, StudentStudy]) -> Figure:
    """Where the neurons go, |w| w, and the losses with those of the frozen kernel."""
    with style():
        drawing = Figure(figsize=(9.6, 5.8), layout="constrained")
        panels = drawing.subplots(2, len(data))
        for (top, below), (name, result) in zip(panels.T, data.items(), strict=True):
            top.set(title=name, aspect="equal", xlabel="|w| w₁", ylabel="|w| w₂")
            path = result.run.path
            assert path is not None
            moved = np.linalg.norm(path, axis=2)[..., None] * path
            for neuron in range(moved.shape[1]):
                top.plot(*moved[:, neuron].T, color=FAINT, linewidth=0.8)
            top.plot(*moved[-1].T, "o", color=ACTUAL, markersize=3)
            for line in TEACHER:
                top.plot(*np.array([-line, line]).T, color=INK, linewidth=0.6, linestyle=":")
            top.plot(*TEACHER.T, "x", color=INK)
            time = result.actual.time[1:]
            curves = (("training", result.actual, "-"), ("frozen kernel", result.kernel_regression, "--"))
            for label, curve, line in curves:
                below.plot(time, curve.loss[1:], line, color=ACTUAL, label=label)
            if result.asymptotic is not None:
                below.plot(time, result.asymptotic.loss[1:], ":", color=INK, label="limit m → ∞")
            below.set(xscale="log", yscale="log", xlabel="time η t", ylabel="loss L")
            below.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
