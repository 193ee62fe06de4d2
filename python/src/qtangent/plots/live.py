"""The loss of a training, drawn while it runs."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..callbacks import Callback
from ..convergence.files import write_atomically
from ..views.curve import curves

_MOST_SETS = 3


class Live(Callback):
    """Draws the loss while a training runs: `qt.train(..., callback=qt.plots.Live())`.

    In a notebook the picture is shown below the cell and replaced; elsewhere, or besides, it is written to a file. Steps are
    noted where the training runs and drawn in the thread that called for it, so that a slow screen does not slow it down.
    Of several parameter sets the first three are drawn.

    Args:
        path: an SVG file; needed where there is no notebook.
        every: seconds between two pictures, 0 or more.

    Raises:
        InvalidArgumentError: for numbers out of range, for what is no path, and without one where there is no notebook.
        FileError: where the file cannot be written, before the training.
    """

    def __init__(self, path: str | Path | None = None, every: float = 0.5) -> None:
        self._path = None if path is None else arrays.file_path(path)
        self._every = arrays.number("every", every)
        if self._every < 0:
            raise InvalidArgumentError(f"every is {every}; 0 seconds or more are expected")
        self._handle: Any = None

    def begin(self, step: int, steps: int) -> None:
        """Empties the picture, and shows it where there is a notebook.

        Args:
            step: where the training stands.
            steps: how many are to be made.

        Raises:
            InvalidArgumentError: without a notebook or a path.
            FileError: if the file cannot be written.
        """
        self._last, self._drawn, self._shown = float(step + steps), -np.inf, -1
        self._steps: list[int] = []
        self._losses: list[Real] = []
        display = _notebook()
        if display is None and self._path is None:
            raise InvalidArgumentError(
                "Live() draws in notebooks; elsewhere give it a file: Live('loss.svg')"
            )
        if self._path is not None:
            # What cannot be written is told before the training.
            write_atomically(self._path, self._svg().encode())
        self._handle = None if display is None else display(_Picture(self._svg()), display_id=True)

    def __call__(self, step: int, loss: Any, theta: Real) -> bool:
        """Notes the loss."""
        self._losses.append(np.atleast_1d(loss)[:_MOST_SETS])
        self._steps.append(step)
        return False

    def draw(self) -> None:
        """A new picture, where the last one is old enough."""
        if time.monotonic() - self._drawn >= self._every:
            self._update()

    def end(self) -> None:
        """The last picture."""
        self._update()

    def _update(self) -> None:
        self._drawn = time.monotonic()
        if len(self._steps) == self._shown:
            return
        self._shown = len(self._steps)
        svg = self._svg()
        if self._handle is not None:
            self._handle.update(_Picture(svg))
        if self._path is not None:
            write_atomically(self._path, svg.encode())

    def _svg(self) -> str:
        # The training's thread may be adding to the lists.
        count = len(self._steps)
        steps, losses = np.array(self._steps[:count], dtype=np.float64), self._losses[:count]
        sets = len(losses[0]) if losses else 1
        values = np.array(losses, dtype=np.float64).reshape(count, sets)
        names = ["loss"] if sets == 1 else [f"set {k}" for k in range(sets)]
        lines = [(name, steps, values[:, k]) for k, name in enumerate(names)]
        return curves(lines, "step", "Loss of the training so far", self._last)


class _Picture:
    def __init__(self, svg: str) -> None:
        self._svg = svg

    def _repr_html_(self) -> str:
        return self._svg

    def __repr__(self) -> str:
        return "<qtangent.plots.Live>"


def _notebook() -> Any:
    """IPython's display function, if this runs in a notebook's kernel."""
    if "IPython" not in sys.modules:
        return None
    shell = importlib.import_module("IPython").get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return importlib.import_module("IPython.display").display
