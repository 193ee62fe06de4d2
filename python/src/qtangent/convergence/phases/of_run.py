"""The phase that a training shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model, expect_model
from ...observables import Observable
from ...runs import Run
from ..bounds.overlaps import spectrum
from ..clock import time_unit
from ..words import number
from .data import CRITICAL, FROZEN_ERROR, FROZEN_KERNEL, Phase
from .of_data import phase_of_data

UNDECIDED = "undecided"

_DECIDED, _FLAT = 1.5, 0.7
_SMALLEST = 1e-7  # |r| in widths of the spectrum and K/Zsum in squares of it: below, rounding is what is seen
_VANISHED = 1e-10
_FEWEST = 4


@dataclass(frozen=True, eq=False)
class RunPhase:
    """The phase of each mode of a training, from the growth of ln(K/|r|)."""

    kind: str
    """Of all modes: the first of "frozen error", "undecided", "critical", "frozen kernel" that one shows."""
    kinds: tuple[str, ...]
    """Of each mode."""
    statistic: Real
    """a of each mode, (n,): slope of ln(K/|r|) over the later half of the records, times the last time; NaN where |r| or K
    is too small for long, and `kinds` tells which of the two is left at the end."""
    expected: Phase | None
    """What data and spectrum say; None where features act after parameters, or data or measurement are too large."""
    is_trapped: bool
    """Whether the labels are inside and the error freezes all the same: under-parameterised, or a local minimum."""
    explanation: str

    def __str__(self) -> str:
        return self.explanation


def phase_of_run(run: Run, model: Model | None = None, directions: ArrayLike | None = None) -> RunPhase:
    """The phase that a recorded training of one output shows, sample by sample or along given directions.

    ln(K/|r|) grows at the rate C = K - 2 lambda r, which is positive where the kernel freezes, negative where the error
    does, and 0 at the edge. With a its slope over the later half of the records times the last time: a >= 1.5 is a frozen
    kernel, a <= -1.5 a frozen error, |a| <= 0.7 critical on this horizon, anything between undecided. Derived, with
    the thresholds' measured errors, in docs/maths.md.

    Args:
        run: with the record ("loss", "predictions", "kernel"), of an optimiser that has a time (gradient descent or flow).
        model: of the run; the run's own without.
        directions: unit vectors w (n, m) whose w K w and |w r| are followed, as `phase(...).normals`; every sample by
            itself without.

    Raises:
        InvalidArgumentError: for several outputs or parameter sets, cross-entropy, an optimiser without a time, too few
            records, directions of another shape.
        AttributeError: if predictions or kernels were not recorded.
    """
    if not isinstance(run, Run):
        raise InvalidArgumentError(f"run is {run!r}; a qt.Run is expected")
    network = run.model if model is None else model
    expect_model(network)
    if isinstance(network.observable, list) or run.y.dtype.kind != "f":
        raise InvalidArgumentError("phases are those of one output with mean squared error")
    edges = None if directions is None else _arrays.real("directions", directions)
    before = phase_of_data(run)
    return shown(run, network, edges, None if isinstance(before, str) else before)


def shown(run: Run, network: Model, edges: Real | None, expected: Phase | None) -> RunPhase:
    """`phase_of_run` where what data and spectrum say is known.

    Args:
        run: as there.
        network: of the run.
        edges: unit vectors (n, m), or None for every sample by itself.
        expected: by the data.

    Raises:
        InvalidArgumentError: as there.
        AttributeError: as there.
    """
    labels, times = np.asarray(run.y, dtype=np.float64), run.time
    predictions, kernel = run.predictions, run.kernel
    if predictions.ndim != 2:
        raise InvalidArgumentError(f"the run has {len(predictions)} parameter sets; phases are those of one")
    if np.isnan(times).any():
        raise InvalidArgumentError(
            "the run's optimizer has no time; train by GradientDescent or GradientFlow"
        )
    assert isinstance(network.observable, Observable)
    levels = spectrum(network.observable, network.scale)
    m = predictions.shape[1]
    w = np.eye(m) if edges is None else edges
    if w.ndim != 2 or w.shape[1] != m:
        raise InvalidArgumentError(f"directions has shape {w.shape}; (n, {m}) is expected")
    # A measurement with one level moves nothing, and no unit makes that larger.
    width = 1.0 if isinstance(levels, str) else float(np.ptp(levels)) or 1.0
    residuals = abs((predictions - labels) @ w.T) / width
    kernels = np.einsum("ni,tij,nj->tn", w, kernel, w) / (time_unit(network, len(labels))[0] * width**2)
    statistic = np.array([_growth(times, r, k) for r, k in zip(residuals.T, kernels.T, strict=True)])
    kinds = tuple(_kind(a, r, k) for a, r, k in zip(statistic, residuals[-1], kernels[-1], strict=True))
    order = (FROZEN_ERROR, UNDECIDED, CRITICAL, FROZEN_KERNEL)
    kind = next(one for one in order if one in kinds)
    trapped = kind == FROZEN_ERROR and expected is not None and expected.kind == FROZEN_KERNEL
    return RunPhase(kind, kinds, statistic, expected, trapped, explained(kinds, statistic, trapped))


def _growth(time: Real, residual: Real, kernel: Real) -> float:
    """Slope of ln(K/|r|) over the later half of the records above rounding, times the last of their times; their unit
    cancels."""
    visible = np.flatnonzero((residual > _SMALLEST) & (kernel > _SMALLEST) & (time > 0))
    later = visible[len(visible) // 2 :]
    if len(later) < _FEWEST:
        return float("nan")
    slope = np.polyfit(time[later], np.log(kernel[later] / residual[later]), 1)[0]
    return float(slope * time[later[-1]])


def _kind(a: float, residual: float, kernel: float) -> str:
    if np.isnan(a):
        # No law to fit: whichever of the two is left at the end.
        if kernel < _VANISHED <= residual:
            return FROZEN_ERROR
        return FROZEN_KERNEL if residual < _SMALLEST <= kernel else UNDECIDED
    if a >= _DECIDED:
        return FROZEN_KERNEL
    if a <= -_DECIDED:
        return FROZEN_ERROR
    return CRITICAL if abs(a) <= _FLAT else UNDECIDED


def explained(kinds: tuple[str, ...], statistic: Real, trapped: bool) -> str:
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    shown = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    values = ", ".join("too small to follow" if np.isnan(one) else number(one) for one in statistic[:4])
    text = f"Modes of the training: {shown} (growth of ln(K/|r|) {values}{', ...' if len(statistic) > 4 else ''})."
    if trapped:
        text += (
            " The labels are within reach of the measurement, so this is no phase of the data: there are too few "
            "parameters, the circuit reaches a part of the unitaries only, or training is caught in a local minimum."
        )
    return text
