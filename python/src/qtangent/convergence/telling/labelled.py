"""A study as a labelled array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._extras import require

if TYPE_CHECKING:
    from xarray import Dataset

    from ..record import Record

_ABOUT = {
    "loss": "1/(2m) sum of squared residuals",
    "predictions": "predictions of the training samples",
    "kernel": "tangent kernel / Zsum, summed over outputs",
}


def dataset(study: Record) -> Dataset:
    """The curves as actual_loss, kernel_regression_loss and so on; the spectrum, theta and accuracies of the training.

    Raises:
        ImportError: xarray is missing.
    """
    xr = require("xarray", "xarray", "sweep")
    curves = {"actual": study.actual, "kernel_regression": study.kernel_regression}
    if study.asymptotic is not None:
        curves["asymptotic"] = study.asymptotic
    variables: dict[str, Any] = {}
    for name, curve in curves.items():
        outputs = ("output",) if curve.predictions.ndim == 3 else ()
        axes = {
            "loss": ("time",),
            "predictions": ("time", "sample", *outputs),
            "kernel": ("time", "sample", "sample_2"),
        }
        for field, about in _ABOUT.items():
            variables[f"{name}_{field}"] = (axes[field], getattr(curve, field), {"long_name": about})
    variables |= {
        "theta": (("time", "parameter"), study.run.theta_history),
        "spectrum": (
            ("time", "eigenvalue"),
            study.spectrum,
            {"long_name": "eigenvalues of K / Zsum, increasing"},
        ),
        "kernel_change": (
            ("time",),
            study.kernel_change,
            {"long_name": "||K(t) - K(0)|| / ||K(0)||, Frobenius"},
        ),
    }
    several = {
        "lower_bound": study.lower_bound,
        "train_accuracy": study.train_accuracy,
        "test_accuracy": study.test_accuracy,
    }
    variables |= {name: (("time",), array) for name, array in several.items() if array is not None}
    coordinates = {
        "time": ("time", study.actual.time, {"long_name": study.time_name}),
        "step": ("time", study.run.step),
        "parameter": list(study.problem.model.circuit.parameter_names),
    }
    result: Dataset = xr.Dataset(variables, coords=coordinates, attrs=dict(study.settings))
    return result
