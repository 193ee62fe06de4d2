"""How fast students near their teacher learn it: t^-3 with superfluous neurons, exponentially with exactly as many."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from qtangent.classical import MatchPath, TwoLayerNetwork, match_path
from qtangent.convergence.claims.verdict import over_draws
from qtangent.plots.style import FAINT, style
from reproduce.convergence.common import LOSS_AXES, colours, main, two_panels

RATE = 0.1
WINDOW = (1e3, 1e4)
VISIBLE = 1e-13
"""Losses below are rounding."""
R, D = 3, 4
SIZES = {"m = 9, three for each": 9, "m = 3, one for each": 3}
# Rounding leaves 1e-16 of (sum of all masses)^2: exact students are there long before the others' power law begins.
_TIMES = {9: 1e4, 3: 60.0}


def separated_teacher(seed: int) -> np.ndarray:
    """R neurons of length 1, the first draw of the seed whose lines are at least 60 degrees apart."""
    random = np.random.default_rng(seed)
    while True:
        teacher = random.standard_normal((R, D))
        teacher /= np.linalg.norm(teacher, axis=1)[:, None]
        if abs(np.triu(teacher @ teacher.T, 1)).max() <= 0.5:
            return teacher


def compute(short: bool = False) -> dict[str, list[MatchPath]]:
    """Matches along the paths from teachers of 8 seeds, for both numbers of students; short: 2 seeds."""
    found: dict[str, list[MatchPath]] = {}
    for name, m in SIZES.items():
        steps = round(_TIMES[m] / RATE)
        recorded = np.unique(np.geomspace(1, steps, 150).astype(int))
        found[name] = []
        for seed in range(2 if short else 8):
            net = TwoLayerNetwork(separated_teacher(seed))
            start = net.near_teacher(m, angle=0.2, seed=seed)
            run = net.train(start, RATE, steps, record_every=recorded, record_path=True)
            found[name].append(match_path(net, run))
    return found


def late_slopes(path: MatchPath) -> tuple[float, float]:
    """Of log L over log t, and of log |grad L| over log L, in WINDOW."""
    late = (path.time >= WINDOW[0]) & (path.time <= WINDOW[1])
    x, y = np.log(path.loss[late]), np.log(path.gradient_norm[late])
    return float(np.polyfit(np.log(path.time[late]), x, 1)[0]), float(np.polyfit(x, y, 1)[0])


def verdicts(data: dict[str, list[MatchPath]]) -> list[object]:
    """Exponents against -3, 2/3 and 1/2, within 3 %; the descent inner product against 1."""
    wide, exact = data.values()
    slopes, powers = np.array([late_slopes(path) for path in wide]).T
    found: list[object] = []
    for name, values, expected in (
        ("loss over time, superfluous neurons", slopes, -3.0),
        ("gradient over loss, superfluous neurons", powers, 2 / 3),
        ("gradient over loss, exact size", np.array([path.exponent for path in exact]), 0.5),
    ):
        mean = over_draws(values)
        word = "agrees with" if abs(mean.value / expected - 1) < 0.03 else "CONTRADICTS"
        found.append(f"{name}: exponent {mean} {word} {expected:.4f}")
    laws = [path.rate.law for path in exact]
    found.append(f"laws at exact size: {', '.join(laws)}")
    every = [path for paths in data.values() for path in paths]
    least = min(float(path.descent[path.loss > VISIBLE].min()) for path in every)
    found.append(
        f"descent inner product over L: at least {least:.3f} along all paths (the paper's lemma 8: 1)"
    )
    return found


def figure(data: dict[str, list[MatchPath]]) -> Figure:
    """Losses over time, and gradients over losses."""
    with style():
        drawing, left, right = two_panels(
            {**LOSS_AXES, "xlabel": "time η t", "title": "Loss", "ylim": (VISIBLE, 1)},
            {
                "xscale": "log",
                "yscale": "log",
                "xlabel": "loss L",
                "ylabel": "|grad L|",
                "xlim": (VISIBLE, 1),
            },
        )
        right.set_title("Gradient over loss")
        for (name, paths), colour in zip(data.items(), colours(len(data)), strict=True):
            for number, path in enumerate(paths):
                seen = path.loss > VISIBLE
                label = name if number == 0 else None
                left.plot(path.time[seen], path.loss[seen], color=colour, linewidth=0.9, label=label)
                right.plot(path.loss[seen], path.gradient_norm[seen], color=colour, linewidth=0.9)
        t = np.array([30.0, 1e4])
        left.plot(t, 3e2 * t**-3, color=FAINT, linestyle=":", label="t⁻³")
        losses = np.array([VISIBLE, 1e-2])
        right.plot(losses, 8 * losses ** (2 / 3), color=FAINT, linestyle=":")
        right.annotate("L^(2/3)", (2e-6, 1e-2), color=FAINT)
        left.legend(loc="lower left")
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
