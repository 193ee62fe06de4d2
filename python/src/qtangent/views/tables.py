"""What a training recorded, as tables of pandas and datasets of xarray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import require
from .._native.arrays import Real

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset

_AXES = {
    "loss": ("step",),
    "measured_loss": ("step",),
    "time": ("step",),
    "predictions": ("step", "sample", "output"),
    "kernel": ("step", "sample", "sample_2"),
    "theta": ("step", "parameter"),
}
_ABOUT = {
    "loss": "loss on the full training set",
    "measured_loss": "what the shots tell of the loss",
    "time": "normalised time, NaN for optimisers that have none",
    "predictions": "predictions of the training samples",
    "kernel": "tangent kernel J J^T, summed over outputs",
    "theta": "parameters",
}


def frame(
    steps: NDArray[np.int64], values: Mapping[str, Real], has_sets: bool, parameters: Sequence[str]
) -> DataFrame:
    """A row a step; of arrays those with a number, or with one a parameter, a step.

    Raises:
        ImportError: pandas is missing.
    """
    pandas = require("pandas", "pandas", "sweep")
    columns: dict[str, Real] = {}
    for name in ("loss", "measured_loss", "time", "theta"):
        if name not in values:
            continue
        array = values[name]
        sets = (
            [(f"[{k}]", one) for k, one in enumerate(array)] if has_sets and name != "time" else [("", array)]
        )
        for suffix, one in sets:
            if name == "theta":
                columns |= {f"{label}{suffix}": one[:, k] for k, label in enumerate(parameters)}
            else:
                columns[f"{name}{suffix}"] = one
    result: DataFrame = pandas.DataFrame(columns, index=pandas.Index(steps, name="step"))
    return result


def dataset(
    steps: NDArray[np.int64], values: Mapping[str, Real], has_sets: bool, parameters: Sequence[str]
) -> Dataset:
    """Every array with names for its axes.

    Raises:
        ImportError: xarray is missing.
    """
    xr = require("xarray", "xarray", "sweep")
    variables: dict[str, Any] = {}
    for name, array in values.items():
        axes = ("set", *_AXES[name]) if has_sets and name != "time" else _AXES[name]
        variables[name] = (axes[: array.ndim], array, {"long_name": _ABOUT[name]})
    coordinates: dict[str, Any] = {"step": steps}
    if "theta" in values:
        coordinates["parameter"] = list(parameters)
    result: Dataset = xr.Dataset(variables, coords=coordinates)
    return result
