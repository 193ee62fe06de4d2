"""Reading a saved study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..._native.errors import CorruptedFileError, FileError, QTangentError
from ..._native.strangers import parse_json, read_all, read_npz
from ...dynamics.curves import curve
from ...runs import Run
from ..held_out import HeldOutPredictions
from ..problem import Problem
from ..theory import asymptotic_curve, floors_of
from ..under_noise import UnderNoise, noise_free_curve


def load(folder: Path) -> dict[str, Any]:
    """See `Study.load`; the fields of a record by name."""
    try:
        content = parse_json(read_all(folder / "study.json"))
        with (folder / "arrays.npz").open("rb") as file:
            arrays = read_npz(file)
    except OSError as error:
        raise FileError(f"cannot read the study in {folder}: {error.strerror or error}") from error
    except ValueError as error:
        raise CorruptedFileError(f"the study in {folder} is damaged: {error}") from error
    if "run" not in arrays:
        raise FileError(
            f"the study in {folder} lacks its run: an older version saved it, or its kernels were too large to be saved "
            "unasked; save it with all_kernels=True (--all-kernels)"
        )
    try:
        return _fields(content, arrays)
    except QTangentError:
        raise
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise CorruptedFileError(f"the study in {folder} is damaged: {error!r}") from error


def _fields(content: dict[str, Any], arrays: dict[str, Any]) -> dict[str, Any]:
    run = Run.__new__(Run)
    run.__setstate__(arrays["run"].tobytes())
    y, time = arrays["y"], arrays["time"]
    problem = Problem(run.model, y, arrays.get("X"), arrays.get("states"), run.theta_history[0])
    actual = curve(time, run.predictions, y, np.asarray(run.kernel / problem.z_sum))
    frozen = np.broadcast_to(actual.kernel[0], actual.kernel.shape)
    # Integrated anew, to the same bits: it is the one curve that can be asked for more than what was saved.
    limit = asymptotic_curve(problem, time)[0] if "asymptotic_loss" in arrays else None
    floors, floor_reason = floors_of(problem, run)
    test = None
    if "test_predictions" in arrays:
        test = HeldOutPredictions(arrays.get("test_y"), arrays["test_predictions"])
    return {
        "problem": problem,
        "settings": content["settings"],
        "run": run,
        "actual": actual,
        "kernel_regression": curve(time, arrays["kernel_regression_predictions"], y, frozen),
        "asymptotic": limit,
        "asymptotic_reason": content["asymptotic_reason"],
        "floors": floors,
        "floor_reason": floor_reason,
        "lower_bound": arrays.get("lower_bound"),
        "test": test,
        "elapsed": content["seconds"],
        "noise_free": noise_free_curve(problem, time),
        "under_noise": UnderNoise.loaded(problem, content.get("noise")),
    }
