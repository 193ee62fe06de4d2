"""The seven figures of a study, one by one or on one sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from .._native import arrays
from .._native.errors import InvalidArgumentError
from ..convergence.record import Record
from .kernels import draw_kernel_change, draw_lambda_min, draw_spectrum
from .losses import draw_loss
from .outcomes import draw_accuracy, draw_predictions
from .phases import draw_phase
from .style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Draw = Callable[["Axes", "Record"], None]

FIGURES: dict[str, tuple[str, Draw]] = {
    "loss": ("Loss", draw_loss),
    "spectrum": ("Spectrum of the tangent kernel", draw_spectrum),
    "kernel_change": ("How far the kernel moved", draw_kernel_change),
    "lambda_min": ("Smallest eigenvalue", draw_lambda_min),
    "predictions": ("Predictions against labels", draw_predictions),
    "accuracy": ("Accuracy", draw_accuracy),
    "phase": ("Phase", draw_phase),
}
"""Name (also of the file): title and drawing."""


def single(name: str, study: Record) -> Figure:
    """One figure of FIGURES.

    Args:
        name: A key of FIGURES: "loss", "spectrum", "kernel_change", "lambda_min", "predictions", "accuracy" or
            "phase".
        study: What it shows.

    Raises:
        InvalidArgumentError: For another name, and for what is no study.
        ImportError: Matplotlib is missing.
    """
    if not arrays.among(name, FIGURES):
        raise InvalidArgumentError(f"name is {arrays.shown(name)}; {', '.join(FIGURES)} are possible")
    _expect_study(study)
    with style():
        from matplotlib.figure import Figure

        figure = Figure()
        figure.subplots_adjust(left=0.155, right=0.77, bottom=0.175, top=0.89)
        _panel(figure.add_subplot(), name, study)
        return figure


def overview(study: Record) -> Figure:
    """All seven on one sheet.

    Args:
        study: What it shows.

    Raises:
        InvalidArgumentError: For what is no study.
        ImportError: Matplotlib is missing.
    """
    _expect_study(study)
    with style():
        from matplotlib import pyplot as plt

        figure = plt.figure(figsize=(16.8, 6.0))
        figure.subplots_adjust(left=0.042, right=0.94, bottom=0.09, top=0.95, wspace=0.5, hspace=0.38)
        for place, name in enumerate(FIGURES):
            _panel(figure.add_subplot(2, 4, place + 1), name, study)
        return figure


def _expect_study(study: object) -> None:
    arrays.instance("study", study, Record, "a qt.convergence.Study")


def _panel(axes: Axes, name: str, study: Record) -> None:
    title, draw = FIGURES[name]
    axes.set_title(title)
    draw(axes, study)


def figure_bytes(figure: Figure) -> tuple[bytes, bytes]:
    """SVG (transparent, text kept as text) and PNG (white).

    Args:
        figure: Of `single`, `overview` or `compare_losses`.

    Raises:
        InvalidArgumentError: For what is no figure.
        ImportError: Matplotlib is missing.
    """
    svg, png = io.BytesIO(), io.BytesIO()
    with style():
        from matplotlib.figure import Figure

        arrays.instance("figure", figure, Figure, "a figure of Matplotlib")
        figure.savefig(svg, format="svg", transparent=True, metadata={"Date": None})
        figure.savefig(png, format="png", facecolor="white")
    return svg.getvalue(), png.getvalue()
