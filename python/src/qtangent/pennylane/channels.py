"""PennyLane's channels, with the names and meanings that they have here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..channels import Channel
from ..noise import (
    amplitude_damping,
    bit_flip,
    depolarizing,
    kraus,
    pauli,
    phase_damping,
    phase_flip,
    thermal_relaxation,
)
from .symbols import is_symbolic

# By the numbers of the operation, in its order.
_NAMED: dict[str, Callable[..., Channel]] = {
    "BitFlip": bit_flip,
    "PhaseFlip": phase_flip,
    "DepolarizingChannel": lambda p: depolarizing(p, 1),
    "PhaseDamping": phase_damping,
    "AmplitudeDamping": amplitude_damping,
    "GeneralizedAmplitudeDamping": amplitude_damping,
    "ThermalRelaxationError": lambda pe, t1, t2, tg: thermal_relaxation(t1, t2, tg, pe),
}


def is_channel(operation: Any) -> bool:
    """Whether an operation is a channel, of PennyLane or a user's own."""
    from pennylane.operation import Channel as Theirs

    return isinstance(operation, Theirs)


def read_channel(operation: Any) -> Channel:
    """The channel of an operation: one of those of `qt.noise` where PennyLane means the same, else its Kraus operators.

    Raises:
        InvalidArgumentError: for symbols, which are angles, as its numbers, and for what `qt.noise.kraus` refuses.
    """
    name = operation.name
    if is_symbolic(operation.data):
        raise InvalidArgumentError(
            "parameters and features are angles, not strengths of noise; give it numbers"
        )
    if type(operation).__module__.partition(".")[0] == "pennylane":
        if name in _NAMED:
            return _NAMED[name](*map(float, operation.data))
        if name == "PauliError":
            return pauli({operation.hyperparameters["operators"]: float(operation.data[0])})
    return kraus([np.asarray(one) for one in operation.kraus_matrices()], name)
