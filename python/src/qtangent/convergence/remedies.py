"""What to do where a training cannot arrive or is too slow: sentences that studies and diagnoses share."""

from __future__ import annotations

from collections.abc import Sequence

from .._native.arrays import Real
from ..models import Model
from ..observables import value_range
from .bounds.floor import LossFloor
from .words import counted, number

ELSEWHERE = "Start elsewhere, or change circuit and encoding: nothing drives the loss down here."


def wider_measurement(model: Model, y: Real) -> str:
    """The scale at which every label can be measured, as far as the terms of the observables tell."""
    observables = model.observable if isinstance(model.observable, list) else [model.observable]
    sign = -1.0 if model.scale < 0 else 1.0
    ends = [sorted(sign * end for end in value_range(one)) for one in observables]
    needed = 0.0
    for column, (low, high) in zip(y.reshape(len(y), -1).T, ends, strict=True):
        for label, end in ((float(column.min()), low), (float(column.max()), high)):
            needed = max(needed, abs(label / end) if end * label > 0 else 0.0)
    if needed <= abs(model.scale):
        return "Shift the labels into the range of the measurement."
    return f"Raise the scale of the measurement from {model.scale:g} to more than {number(needed)}, or shrink the labels."


def other_encoding(floors: Sequence[LossFloor]) -> str:
    """Names the two samples of different labels whose states overlap most, over all outputs."""
    pairs = [(one.closest_overlap, one.closest_pair) for one in floors if one.closest_pair is not None]
    if not pairs:
        return "Encode the data otherwise."
    overlap, (first, second) = max(pairs)
    text = f"Encode the data otherwise: samples {first} and {second} overlap by {number(overlap, 2)}"
    if overlap > 1 - 1e-9:
        return f"{text}, and no measurement tells equal states apart."
    return f"{text}; a larger scale of the measurement tells them further apart."


def more_parameters(model: Model, rank: int, residuals: int, floors: Sequence[LossFloor]) -> str:
    """For a tangent kernel of a rank below the number of residuals.

    Where floors are known no parameter moves the encoded states, and each output moves as its observable does, which has
    4^n numbers: beyond them more parameters do not help.
    """
    parameters, qubits = model.n_params, model.circuit.n_qubits
    most = len(floors) * 4**qubits
    if 0 < most < residuals:
        return (
            "Give the circuit more parameters, and encode the data otherwise or in more qubits: after this encoding, on "
            f"{counted(qubits, 'qubit')}, at most {most} of {residuals} residuals move independently."
        )
    text = f"Give the circuit more parameters, at least {residuals} that move the predictions"
    if rank < min(parameters, residuals):
        few = f"only {rank} do so independently" if rank else "none does so"
        return f"{text}: of the {parameters} here {few}; or measure other qubits."
    return f"{text}."


def larger_scale(scale: float) -> str:
    """For a loss that falls as a power of the time."""
    return (
        f"Raise the scale of the measurement from {scale:g} to {2 * scale:g}: with labels inside its range the loss falls "
        "exponentially."
    )


def faster_descent(rate: float, stable: float, scale: float) -> str:
    """For an exponential that takes long."""
    return f"Raise the learning rate from {number(rate)}, stable up to {number(stable)}, or the scale from {scale:g}."
