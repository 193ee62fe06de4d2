"""The phase of a training, told twice: from its data before any step, and from what it then did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..._native.errors import QTangentError
from ...runs import Run
from ..clock import time_unit
from .data import Mode, Phase
from .of_data import phase_of_data
from .of_run import RunPhase, shown


@dataclass(frozen=True)
class Phases:
    """What data and spectrum say, and what the training shows; or why they do not."""

    before: Phase | None
    after: RunPhase | None
    reason: str | None
    """Why `before` is None, or `after` where both are not."""

    @classmethod
    def of(cls, run: Run) -> Phases:
        """Of a run with kernels, by an optimiser that has a time.

        Args:
            run: with the record ("loss", "predictions", "kernel").

        Raises:
            NumericalError: Eigenvalues do not converge.
        """
        y = run.y
        unit, _ = time_unit(run.model, len(y))
        found = phase_of_data(run, horizon=float(run.time[-1]) * unit / len(y))
        if y.ndim != 1 or y.dtype.kind != "f":
            return cls(None, None, str(found))
        before = None if isinstance(found, str) else found
        reason = found if isinstance(found, str) else None
        edges = before.normals if before is not None and len(before.normals) else None
        try:
            after = shown(run, run.model, edges, before)
        except QTangentError as error:
            return cls(before, None, reason or str(error))
        return cls(before, after, reason)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        before, after = self.before, self.after
        return {
            "reason": self.reason,
            "before": None
            if before is None
            else {
                "kind": before.kind,
                "margin": float(before.margin),
                "distance": float(before.distance),
                "gap": _float(before.gap),
                "crossover_time": _float(before.crossover_time),
                "modes": [_mode(one) for one in before.modes],
                "sentence": before.explanation,
            },
            "after": None
            if after is None
            else {
                "kind": after.kind,
                "kinds": list(after.kinds),
                "statistic": [float(one) for one in after.statistic],
                "is_trapped": after.is_trapped,
                "sentence": after.explanation,
            },
        }


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _mode(mode: Mode) -> dict[str, Any]:
    return {
        "kind": mode.kind,
        "count": mode.count,
        "gap": _float(mode.gap),
        "direction": None if mode.direction is None else mode.direction.tolist(),
    }
