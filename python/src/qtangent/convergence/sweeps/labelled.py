"""The points of a sweep as a labelled array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..._extras import require
from ..._native.errors import CorruptedFileError
from .point import Arrays, Point, Settings

if TYPE_CHECKING:
    import xarray

AXES = ("n", "p", "m", "scale", "seed")

_ABOUT = {
    "loss": "1/(2m) sum of squared residuals of the training",
    "kernel_regression_loss": "loss if the tangent kernel stayed at K(0)",
    "asymptotic_loss": "loss in the over-parameterised limit, from the same initial measurement",
    "lower_bound": "sublinear lower bound of the loss",
    "kernel_regression_distance": "largest |prediction - its kernel regression| over the samples",
    "asymptotic_distance": "largest |prediction - its over-parameterised limit| over the samples",
    "kernel_drift": "||K(t) - K(0)|| / ||K(0)||, Frobenius",
    "asymptotic_kernel_drift": "the same of the kernel in the over-parameterised limit",
    "kernel_distance": "||K(t)/Zsum - K_limit(t)|| / ||K_limit(t)||, Frobenius",
    "lambda_min": "smallest eigenvalue of K/Zsum",
    "lambda_max": "largest eigenvalue of K/Zsum",
    "z_sum": "Zsum of the circuit",
}


def prepare() -> None:
    """Imports xarray, and what it imports itself with its first dataset, such as dask: as long as some points take."""
    require("xarray", "xarray", "sweep").Dataset({"loss": ("time", np.zeros(1))})


def dataset(
    found: Mapping[Point, Arrays], axes: Mapping[str, list[float]], settings: Settings
) -> xarray.Dataset:
    """Points put in their places; NaN where one is missing, and `complete` tells which are there.

    Raises:
        CorruptedFileError: for points that do not fit the settings.
    """
    xr = require("xarray", "xarray", "sweep")
    shape = tuple(len(axes[name]) for name in AXES)
    times = settings.recorded_times
    draws = max((len(arrays["loss"]) for arrays in found.values()), default=1)
    sizes = {"loss": (draws, len(times)), "z_sum": (draws,)}
    values = {name: np.full(shape + sizes.get(name, sizes["loss"]), np.nan) for name in _ABOUT}
    complete = np.zeros(shape, dtype=bool)
    for point, arrays in found.items():
        place = tuple(axes[name].index(getattr(point, name)) for name in AXES)
        complete[place] = True
        for name, array in arrays.items():
            if name not in values or array.shape[1:] != sizes.get(name, sizes["loss"])[1:]:
                raise CorruptedFileError(
                    f"the point {point.name} has {name} of shape {array.shape}, and the sweep's settings tell "
                    f"{len(times)} times: sweep.json or the point is damaged; compute the sweep again in another folder"
                )
            values[name][place][: len(array)] = array
    variables = {
        name: ((*AXES, "draw", "time")[: array.ndim], array, {"long_name": _ABOUT[name]})
        for name, array in values.items()
    }
    coordinates = {name: np.asarray(axes[name]) for name in AXES}
    attributes = {"long_name": "normalised time: a descent step eta advances it by eta Zsum / m"}
    result: xarray.Dataset = xr.Dataset(
        {**variables, "complete": (AXES, complete)},
        coords={**coordinates, "draw": np.arange(draws), "time": ("time", times, attributes)},
        attrs={"dt": "chosen for each point" if settings.dt is None else settings.dt},
    )
    return result
