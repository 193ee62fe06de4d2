"""The loss along one or two directions of parameter space."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import qr

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..capacity.ensemble.periods import periods
from ..models import Model, expect_model
from ..samples import Samples
from .minima import Minima

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..plots.landscapes import Picture

_POINTS = {1: 401, 2: 81}
# Radians of theta within which a minimum lies on a slice.
_ON_SLICE = 1e-6
# Of a direction's length: how little of it a parameter that stays may have, by rounding.
_STILL = 1e-9


@dataclass(frozen=True, eq=False)
class Slice:
    """The loss at centre + sum over the axes of t_a direction_a.

    Attributes:
        axes: for each of the one or two axes the values t_a, (points,), in radians where the direction is a parameter.
        loss: (points,), or (points, points) with the first axis first.
        centre: (p,), radians; 0 in the parameters that are axes.
        directions: (1, p) or (2, p).
        parameters: those that are the axes; None where directions were given.
        period: (p,), of the loss in every parameter, in radians; infinite where none is known.
    """

    axes: tuple[Real, ...]
    loss: Real
    centre: Real
    directions: Real
    parameters: tuple[int, ...] | None
    period: Real

    def theta(self, *t: ArrayLike) -> Real:
        """The parameters at coordinates on the slice.

        Args:
            t: for each axis a number, or an array (points,).

        Returns:
            (p,), or (points, p).

        Raises:
            InvalidArgumentError: for another number of coordinates than of axes.
        """
        if len(t) != len(self.axes):
            raise InvalidArgumentError(f"{len(t)} coordinates are given, the slice has {len(self.axes)} axes")
        moved = np.stack([arrays.real("t", one) for one in t], axis=-1) @ self.directions
        return np.asarray(self.centre + moved, dtype=np.float64)

    def minima(self, minima: Minima) -> tuple[Real, NDArray[np.int64]]:
        """Where minima lie on the slice.

        Args:
            minima: of the same loss. Parameters that they leave out have to be at the slice's centre, and the slice may
                not move them.

        Returns:
            Their coordinates (c, 1) or (c, 2), every image that periods bring into the picture, and the number of the
            minimum that each is, (c,).

        Raises:
            InvalidArgumentError: for minima of other parameters.
        """
        studied = list(minima.parameters)
        left_out = np.setdiff1d(np.arange(len(self.centre)), studied)
        if np.any(np.abs(self.directions[:, left_out]) > _STILL):
            raise InvalidArgumentError(
                f"the minima are those of parameters {studied}, but the slice moves others too: find minima of all "
                "parameters that it moves"
            )
        theta = np.tile(self.centre, (len(minima), 1))
        theta[:, studied] = minima.theta
        found = [(t, number) for number, point in enumerate(theta) for t in self._images(point)]
        coordinates = np.array([t for t, _ in found]).reshape(-1, len(self.axes))
        return coordinates, np.array([number for _, number in found], dtype=np.int64)

    def _images(self, theta: Real) -> list[Real]:
        """All t in the picture where the slice meets theta, up to periods.

        As many coordinates as there are axes give candidates, one for each of their images within reach; the others
        are compared modulo their periods.
        """
        period = np.minimum(self.period, 1e300)
        _, _, pivots = qr(self.directions, pivoting=True, mode="economic")
        chosen = np.asarray(pivots)[: len(self.axes)]
        matrix = self.directions[:, chosen].T
        corners = self.theta(*np.meshgrid(*[axis[[0, -1]] for axis in self.axes])).reshape(-1, len(theta))
        ranges = []
        for l in chosen:
            low, high = corners[:, l].min() - theta[l], corners[:, l].max() - theta[l]
            shift = _ON_SLICE / period[l]
            ranges.append(range(math.ceil(low / period[l] - shift), math.floor(high / period[l] + shift) + 1))
        found = []
        for turns in itertools.product(*ranges):
            image = theta[chosen] + np.array(turns) * period[chosen] - self.centre[chosen]
            t = np.linalg.solve(matrix, image)
            inside = all(
                axis[0] - _ON_SLICE <= one <= axis[-1] + _ON_SLICE
                for axis, one in zip(self.axes, t, strict=True)
            )
            away = self.theta(*t) - theta
            if inside and np.max(np.abs(away - period * np.round(away / period))) < _ON_SLICE:
                found.append(t)
        return found

    def plot(self, minima: Minima | None = None) -> Figure:
        """A curve, or a map with lines of equal loss.

        Args:
            minima: marks those that lie on the slice, spurious ones by another sign.

        Raises:
            ImportError: Matplotlib is missing.
            InvalidArgumentError: for minima of other parameters.
        """
        from ..plots.landscapes import slice_figure

        return slice_figure(self.picture(minima))

    def picture(self, minima: Minima | None = None) -> Picture:
        """What `plot` draws.

        Args:
            minima: those to mark.

        Raises:
            InvalidArgumentError: for minima of other parameters.
        """
        from ..plots.landscapes import Marks, Picture

        places, numbers = np.zeros((0, len(self.axes))), np.zeros(0, dtype=np.int64)
        levels, spurious = np.zeros(0), np.zeros(0, dtype=bool)
        if minima is not None:
            places, numbers = self.minima(minima)
            levels, spurious = minima.loss[numbers], minima.spurious[numbers]
        if self.parameters is None:
            names = tuple(f"along direction {a + 1}" for a in range(len(self.axes)))
        else:
            names = tuple(f"parameter {l}, radians" for l in self.parameters)
        marks = Marks(places, levels, spurious)
        return Picture(self.axes, self.loss, names, self.parameters is not None, marks)


def slice(
    model: Model,
    y: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    *,
    parameters: Sequence[int] | None = None,
    directions: ArrayLike | None = None,
    centre: ArrayLike | None = None,
    span: ArrayLike | None = None,
    points: int | None = None,
    loss: str = "mse",
) -> Slice:
    """The loss on a line or plane through parameter space, all its points evaluated together.

    Args:
        model: with one observable or several.
        y: labels (m,) or (m, k), or integer labels (m,) for loss="cross_entropy".
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: (m, 2^n) or (m, 2^n, 2^n).
        parameters: one or two of them are the axes; all unless given, where the circuit has no more than two.
        directions: (1, p) or (2, p), vectors of parameter space, linearly independent.
        centre: (p,), through which the slice goes; needed unless the axes are all parameters.
        span: (low, high) for all axes, or one such pair an axis, (1, 2) or (2, 2); unless given a period of a parameter
            from 0 (2 pi where it has none), and -1 to 1 along directions.
        points: along each axis, at least 2; 401 on a line and 81 on a plane unless given.
        loss: "mse" or "cross_entropy", as for `qt.train`.

    Raises:
        InvalidArgumentError: for shapes and numbers that do not fit, and dependent directions.
        OutOfMemoryError: for more points than fit.
        Interrupted: after Ctrl-C.
    """
    expect_model(model)
    p = model.n_params
    if p == 0:
        raise InvalidArgumentError("the circuit has no parameters, so there is no landscape to show")
    period = periods(model)
    middle = np.zeros(p) if centre is None else arrays.real("centre", centre)
    arrays.expect_shape("centre", middle, (p,), "(p,)")
    arrays.finite("centre", middle)
    chosen: tuple[int, ...] | None = None
    if directions is None:
        chosen = _axes(parameters, p)
        vectors = np.eye(p)[list(chosen)]
        if centre is None and len(chosen) < p:
            raise InvalidArgumentError(
                f"the circuit has {p} parameters and the slice {len(chosen)} axes; pass centre, ({p},), for the others"
            )
        middle = np.where(vectors.any(axis=0), 0.0, middle)
        default = np.array([[0.0, period[l] if np.isfinite(period[l]) else 2 * np.pi] for l in chosen])
    else:
        if parameters is not None:
            raise InvalidArgumentError("parameters and directions are both given; one of them is expected")
        vectors = _directions(directions, p)
        if centre is None:
            raise InvalidArgumentError(f"pass centre, ({p},), from which the directions go")
        default = np.tile([-1.0, 1.0], (len(vectors), 1))
    axes = _grid(default if span is None else span, points, len(vectors))
    grid = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=-1)
    values = model.loss(middle + grid @ vectors, y, X=X, states=states, loss=loss)
    shape = tuple(len(axis) for axis in axes)
    return Slice(tuple(axes), values.reshape(shape), middle, vectors, chosen, period)


def _axes(parameters: Sequence[int] | None, p: int) -> tuple[int, ...]:
    if parameters is None and p > 2:
        raise InvalidArgumentError(
            f"the circuit has {p} parameters; pass one or two of them as parameters, or directions"
        )
    chosen = (
        tuple(range(p))
        if parameters is None
        else tuple(int(l) for l in arrays.indices("parameters", parameters))
    )
    if len(chosen) not in (1, 2) or len(set(chosen)) < len(chosen) or not set(chosen) <= set(range(p)):
        raise InvalidArgumentError(
            f"parameters is {parameters!r}; one or two different numbers from 0 to {p - 1} are expected"
        )
    return chosen


def _directions(directions: ArrayLike, p: int) -> Real:
    vectors = arrays.real("directions", directions)
    if vectors.ndim != 2 or len(vectors) not in (1, 2) or vectors.shape[1] != p:
        raise InvalidArgumentError(f"directions has shape {vectors.shape}; (1, {p}) or (2, {p}) is expected")
    arrays.finite("directions", vectors)
    if np.linalg.matrix_rank(vectors) < len(vectors):
        raise InvalidArgumentError("directions are linearly dependent, so they span no slice of their number")
    return vectors


def _grid(span: ArrayLike, points: int | None, n_axes: int) -> list[Real]:
    ends = arrays.real("span", span)
    if ends.shape not in ((2,), (n_axes, 2)):
        raise InvalidArgumentError(f"span has shape {ends.shape}; (2,) or ({n_axes}, 2) is expected")
    arrays.finite("span", ends)
    count = _POINTS[n_axes] if points is None else arrays.integer("points", points)
    if count < 2:
        raise InvalidArgumentError(f"points is {count}; at least 2 an axis are needed")
    pairs = np.broadcast_to(ends, (n_axes, 2))
    for low, high in pairs:
        if low >= high:
            raise InvalidArgumentError(f"span goes from {low:g} to {high:g}; the first has to be smaller")
    return [np.linspace(low, high, count) for low, high in pairs]
