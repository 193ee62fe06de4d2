"""A training in the plane of its principal directions, over the loss on that plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..runs import Run
from ..samples import Samples
from .minima import Minima
from .slices import Slice, slice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Parameters that moved by less than this share of the widest way stood still.
_STILL = 1e-8
# How much of the path's extent the picture shows beyond it, on each side.
_MARGIN = 0.35


@dataclass(frozen=True, eq=False)
class Path:
    """A training's path, projected to a plane.

    Attributes:
        coordinates: (T, 2), or (s, T, 2) for s parameter sets, of the recorded parameters along `plane.directions`;
            one column instead of two where one parameter moved.
        loss: (T,) or (s, T), of the training itself, which is beside the plane as far as `explained` is below 1.
        step: (T,), the recorded steps.
        plane: the loss on the plane through the mean of the path.
        explained: the share of the path's variance that lies in the plane, at most 1.
    """

    coordinates: Real
    loss: Real
    step: NDArray[np.int64]
    plane: Slice
    explained: float

    def plot(self, minima: Minima | None = None) -> Figure:
        """The path on the map of the plane's loss, and the loss over the steps.

        Args:
            minima: marks those that lie on the plane.

        Raises:
            ImportError: Matplotlib is missing.
            InvalidArgumentError: for minima of other parameters.
        """
        from ..plots.landscapes import path_figure

        paths, losses = self.coordinates, self.loss
        if losses.ndim == 1:
            paths, losses = paths[None], losses[None]
        return path_figure(self.plane.picture(minima), paths, self.step, losses, self.explained)


def path(
    run: Run,
    y: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    *,
    points: int | None = None,
) -> Path:
    """The way of a training through the landscape, in the plane of its principal directions.

    These are the first right singular vectors of the recorded parameters less their mean: no other plane holds more
    of the path's variance (Eckart, Young 1936; for trainings Li, Xu, Taylor, Studer, Goldstein, NeurIPS 2018).

    Args:
        run: recorded with record=("loss", "theta"), of one or several parameter sets.
        y: the labels of the training, (m,) or (m, k).
        X: its features (m, f), or `qt.Samples`, which take the place of X and states.
        states: its input states, (m, 2^n) or (m, 2^n, 2^n).
        points: of the plane along each axis; 81 unless given.

    Raises:
        InvalidArgumentError: for a run without recorded theta, one that did not move, and data other than its own.
        OutOfMemoryError: for more points than fit.
        Interrupted: after Ctrl-C.
    """
    history = _history(run)
    model, state = run.model, run._state
    steps = history.reshape(-1, history.shape[-1])
    mean, widths = steps.mean(axis=0), np.ptp(steps, axis=0)
    if widths.max() <= 1e-12 * max(1.0, float(np.abs(mean).max())):
        raise InvalidArgumentError(
            "the training did not move, so it has no directions; give it steps or another rate"
        )
    # Only directions of what moved, if by more than the rounding of its gradient: a plane needs no others.
    moved = widths > _STILL * widths.max()
    _, sizes, vectors = np.linalg.svd((steps - mean)[:, moved], full_matrices=True)
    directions = np.zeros((len(vectors[:2]), steps.shape[1]))
    directions[:, moved] = vectors[:2]
    # Each direction's largest entry is positive: signs of singular vectors are arbitrary.
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]
    coordinates = (history - mean) @ directions.T
    flat = coordinates.reshape(-1, len(directions))
    kind = "cross_entropy" if state.loss else "mse"
    _require_same_data(run, history, y, X, states, kind)
    low, high = flat.min(axis=0), flat.max(axis=0)
    # A straight path would leave a plane without width.
    margin = _MARGIN * np.maximum(high - low, 0.25 * np.max(high - low))
    span = np.stack([low - margin, high + margin], axis=1)
    plane = slice(
        model, y, X, states, directions=directions, centre=mean, span=span, points=points, loss=kind
    )
    explained = float(np.sum(sizes[:2] ** 2) / np.sum(sizes**2))
    return Path(coordinates, run.loss, run.step, plane, explained)


def _history(run: Run) -> Real:
    """(T, p) or (s, T, p)."""
    try:
        return run.theta_history
    except AttributeError:
        raise InvalidArgumentError(
            'the run has no recorded theta; train it with record=("loss", "theta") to see its path'
        ) from None


def _require_same_data(
    run: Run, history: Real, y: ArrayLike, X: ArrayLike | Samples | None, states: ArrayLike | None, kind: str
) -> None:
    """The loss of these data where the training began and ended must be the recorded one."""
    model = run.model
    ends = history[..., [0, -1], :].reshape(-1, history.shape[-1])
    recorded = run.loss[..., [0, -1]].ravel()
    found = model.loss(ends, y, X=X, states=states, loss=kind)
    tolerance = 1e-9 if model.precision == "double" else 1e-4
    if not np.allclose(found, recorded, rtol=tolerance, atol=tolerance * float(np.max(np.abs(recorded)))):
        worst = int(np.argmax(np.abs(found - recorded)))
        raise InvalidArgumentError(
            f"with these data the loss is {found[worst]:.6g} where the run recorded {recorded[worst]:.6g}; pass the "
            "y, X and states of the training"
        )
