"""Writing a study to disk: numbers as JSON, arrays as NPZ, figures as SVG and PNG."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import ensure_folder, to_json, write_atomically
from .findings import findings
from .verdict import outcome

if TYPE_CHECKING:
    from ..record import Record

_MOST_KERNEL_BYTES = 1 << 24
"""Of the kernels of one curve: 200 of a hundred samples, 13 of four hundred."""


def save(study: Record, folder: Path, all_kernels: bool = False) -> dict[str, bytes]:
    """See `Study.save`; returns the SVG of each figure.

    The figures are drawn first, so that nothing is written if matplotlib is missing.
    """
    from ...plots import FIGURES, figure_bytes, single

    figures = {name: figure_bytes(single(name, study)) for name in FIGURES}
    ensure_folder(folder / "figures")
    for name, (svg, png) in figures.items():
        write_atomically(folder / "figures" / f"{name}.svg", svg)
        write_atomically(folder / "figures" / f"{name}.png", png)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays(study, all_kernels))  # type: ignore[arg-type]
    write_atomically(folder / "arrays.npz", buffer.getvalue())
    write_atomically(folder / "study.json", to_json(as_dict(study)))
    return {name: svg for name, (svg, _) in figures.items()}


def as_dict(study: Record) -> dict[str, Any]:
    """Settings and findings; arrays are left to `arrays`."""
    curves = {
        "actual": study.actual,
        "kernel_regression": study.kernel_regression,
        "asymptotic": study.asymptotic,
    }
    if study.noise_free is not None:
        curves["noise_free"] = study.noise_free
    told = outcome(study)
    return {
        "settings": study.settings,
        "seconds": study.elapsed,
        "loss": {
            name: None if one is None else {"first": float(one.loss[0]), "last": float(one.loss[-1])}
            for name, one in curves.items()
        },
        "asymptotic_reason": study.asymptotic_reason,
        "noise": None if study.under_noise is None else study.under_noise.as_dict(),
        "floor": {
            "value": study.floor,
            "reason": study.floor_reason,
            "outputs": [
                {
                    "pairwise": one.pairwise,
                    "collective": one.collective,
                    "tight": one.tight,
                    "closest_pair": one.closest_pair,
                    "closest_overlap": one.closest_overlap,
                }
                for one in study.floors
            ],
        },
        "rates": asdict(study.rates),
        "phase": study.phases.as_dict(),
        "kernel_change": float(study.kernel_change[-1]),
        "lambda_min": {"first": float(study.lambda_min[0]), "last": float(study.lambda_min[-1])},
        "lower_bound": None if study.lower_bound is None else float(study.lower_bound[-1]),
        "accuracy": {"train": _last(study.train_accuracy), "test": _last(study.test_accuracy)},
        "code": told.code.value,
        "verdict": told.sentence,
        "advice": told.advice,
        "findings": findings(study),
    }


def arrays(study: Record, all_kernels: bool = False) -> dict[str, np.ndarray]:
    """What was recorded, by name; of large kernels, unless all are asked for, those of some of the recorded times, the
    first and last included."""
    times, m = study.actual.kernel.shape[:2]
    kept = np.arange(times) if all_kernels else _kernels_kept(times, m)
    found: dict[str, np.ndarray | None] = {
        "step": np.asarray(study.run.step),
        "time": study.actual.time,
        "y": study.problem.y,
        "X": study.problem.X,
        "states": study.problem.states,
        "theta": np.asarray(study.run.theta_history),
        "spectrum": study.spectrum,
        "kernel_change": study.kernel_change,
        "lower_bound": study.lower_bound,
        "train_accuracy": study.train_accuracy,
        "test_accuracy": study.test_accuracy,
        "test_predictions": None if study.test is None else study.test.predictions,
        "test_y": None if study.test is None else study.test.y,
        "kernel_regression_predictions": study.kernel_regression.predictions,
        "kernel_regression_loss": study.kernel_regression.loss,
        "actual_predictions": study.actual.predictions,
        "actual_loss": study.actual.loss,
        "actual_kernel": study.actual.kernel[kept],
        "kernel_times": study.actual.time[kept],
    }
    if len(kept) == times:
        # Model, data and record, from which a study is loaded.
        found["run"] = np.frombuffer(study.run.__getstate__(), dtype=np.uint8)
    if study.asymptotic is not None:
        found |= {
            "asymptotic_predictions": study.asymptotic.predictions,
            "asymptotic_loss": study.asymptotic.loss,
            "asymptotic_kernel": study.asymptotic.kernel[kept],
        }
    if study.noise_free is not None:
        found |= {
            "noise_free_predictions": study.noise_free.predictions,
            "noise_free_loss": study.noise_free.loss,
        }
    return {name: array for name, array in found.items() if array is not None}


def _kernels_kept(times: int, m: int) -> np.ndarray:
    """Indices of the recorded times whose kernels (m, m) are saved: all, or as many as fit, evenly spread."""
    fitting = max(2, _MOST_KERNEL_BYTES // (8 * m * m))
    return np.unique(np.linspace(0, times - 1, min(times, fitting)).round().astype(int))


def _last(values: np.ndarray | None) -> float | None:
    return None if values is None else float(values[-1])
