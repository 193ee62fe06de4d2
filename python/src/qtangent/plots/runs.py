"""The loss of one training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .style import ACTUAL, FAINT, log_height, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run_figure(steps: NDArray[np.int64], losses: Real) -> Figure:
    """Losses (s, T) over steps (T,); of several parameter sets all faint, and their median.

    Raises:
        ImportError: Matplotlib is missing.
    """
    with style():
        from matplotlib.figure import Figure

        figure = Figure(layout="constrained")
        axes = figure.subplots()
        several = len(losses) > 1
        for row in losses:
            axes.plot(steps, row, color=FAINT if several else ACTUAL, linewidth=0.7 if several else 1.5)
        if several:
            axes.plot(steps, np.median(losses, axis=0), color=ACTUAL)
        axes.set(xlabel="step", ylabel="loss L" + (", median in colour" if several else ""))
        if (losses > 0).all():
            log_height(axes)
        return figure
