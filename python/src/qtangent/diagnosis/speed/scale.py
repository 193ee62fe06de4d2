"""The scale of the measurement from which on the labels are inside its reach, so that training is exponential."""

from __future__ import annotations

import math

import numpy as np

from ..._native.arrays import Real
from ...convergence.bounds.overlaps import overlaps, spectrum
from ...convergence.codes import Code
from ...convergence.result import Study
from ...convergence.words import number
from ..case import Case
from ..finding import Finding, missing

_EDGE = 1e-6
_SOURCE = "arXiv 2311.18144 for the three regimes; docs/maths.md, Phases"
_MOST = 4e8  # products of the overlaps


def exponential_scale(case: Case, study: Study) -> Finding:
    """Least scale at which every label, and every pair of labels, is inside what the measurement can attain."""
    model = case.model
    observables = model.observable if isinstance(model.observable, list) else [model.observable]
    spectra = [spectrum(one, 1.0) for one in observables]
    for found in spectra:
        if isinstance(found, str):
            return missing("exponential_scale", found, _SOURCE)
    distances = _distances(case, study)
    columns = case.y.reshape(len(case.y), -1).T
    least = max(
        edge_scale(labels, np.asarray(levels), distances)
        for labels, levels in zip(columns, spectra, strict=True)
    )
    only = "" if distances is not None else " by their range alone"
    caveat = "More than two samples may need a larger one still." if distances is not None else (
        "Features act after parameters or the states are too many, so overlaps say nothing."
    )  # fmt: skip
    if math.isinf(least):
        return Finding(
            "exponential_scale", None, None, model.scale, Code.FROZEN,
            "No scale brings the labels inside: equal states have different labels, or labels are on a side where the "
            "measurement has no levels.", _SOURCE,
        )  # fmt: skip
    scale = abs(model.scale)
    if scale > (1 + _EDGE) * least:
        verdict, word = Code.EXPONENTIAL, "inside: with enough parameters training is exponential"
    elif scale >= (1 - _EDGE) * least:
        verdict, word = (
            Code.SUBLINEAR,
            "on the edge: training is sublinear, and exponential at any larger scale",
        )
    else:
        verdict, word = (
            Code.FROZEN,
            "outside: the error freezes, and training is exponential only at a larger scale",
        )
    return Finding(
        "exponential_scale", least, None, scale, verdict,
        f"The labels need a scale above {number(least)}{only}; at {number(scale)} they are {word}.", _SOURCE, caveat,
    )  # fmt: skip


def edge_scale(y: Real, levels: Real, distances: Real | None) -> float:
    """The scale at which the first label or pair of labels (m,) reaches the edge, for levels of scale 1.

    |y_a - y_b| <= s (high - low) T_ab with T the trace distance (docs/floor.md), and low s <= y <= high s.
    """
    high, low = float(levels.max()), float(levels.min())
    needed = [_needed(float(y.max()), high), _needed(-float(y.min()), -low)]
    if distances is not None and high > low:
        apart = abs(y[:, None] - y[None, :])
        far = apart > 1e-12
        with np.errstate(divide="ignore"):
            needed.append(float((apart[far] / ((high - low) * distances[far])).max(initial=0.0)))
    return max(needed)


def _needed(label: float, level: float) -> float:
    """s with s level = label; 0 where every scale does."""
    if label <= 0:
        return 0.0 if level >= 0 or label == 0 else label / level
    return label / level if level > 0 else math.inf


def _distances(case: Case, study: Study) -> Real | None:
    """Trace distances of the pure states that enter the trainable part, (m, m); None where they are not known."""
    m, d = len(case.y), 2**case.model.circuit.n_qubits
    if study.floor_reason is not None or case.samples.is_mixed or m * m * d > _MOST:
        return None
    states = case.model.output_states(case.theta, case.samples)
    return np.sqrt(np.clip(1 - overlaps(states), 0, None))
