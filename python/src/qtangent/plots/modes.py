"""The Fourier spectrum of predictions and loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._native.arrays import Real
from .marks import legend_below
from .style import ACTUAL, FROZEN, log_height, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Of the largest modulus: below stands rounding.
_ZERO = 1e-13
_SIGNS: tuple[tuple[float, dict[str, Any]], ...] = (
    (-0.16, {"marker": "o", "color": FROZEN, "markersize": 3.4}),
    (0.16, {"marker": "x", "color": ACTUAL, "markersize": 4.0}),
)


@dataclass(frozen=True, eq=False)
class Modes:
    """A spectrum.

    Attributes:
        name: of what.
        order: (c,), |k_1| + ... + |k_p| of every mode.
        modulus: (c,).
        largest: the largest order that the degrees allow.
    """

    name: str
    order: Real
    modulus: Real
    largest: int


def modes_figure(groups: list[Modes]) -> Figure:
    """The moduli of Fourier coefficients over their order, those above rounding.

    Args:
        groups: one or two spectra.

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator

        figure = Figure()
        figure.subplots_adjust(left=0.155, right=0.965, bottom=0.235, top=0.89)
        axes = figure.add_subplot()
        signs = []
        for one, (shift, settings) in zip(groups, _SIGNS, strict=False):
            there = one.modulus > _ZERO * one.modulus.max(initial=0)
            signs += axes.plot(
                one.order[there] + shift, one.modulus[there], linestyle="none", markeredgewidth=0.8,
                label=f"{one.name}: {np.count_nonzero(there)} of {len(one.modulus)} modes", **settings,
            )  # fmt: skip
            axes.axvline(one.largest + 0.5, color=settings["color"], linewidth=0.8, linestyle=(0, (1, 2)))
        highest = max(one.largest for one in groups)
        axes.set(xlim=(-0.6, highest + 0.9), xlabel="order |k₁| + … + |kₚ|", ylabel="|Fourier coefficient|")
        axes.set_title("Fourier spectrum")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        log_height(axes)
        legend_below(axes, signs)
        return figure
