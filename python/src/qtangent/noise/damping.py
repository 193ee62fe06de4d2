"""Channels of one qubit that lose energy or phase."""

from __future__ import annotations

import math

import numpy as np

from .._native import arrays as _arrays
from .._native.arrays import Complex
from .._native.errors import InvalidArgumentError
from ..channels import Channel
from .general import kraus
from .probabilities import not_negative, probability

# A t2 computed as 2 t1 may exceed it by rounding.
_TIME_TOLERANCE = 1e-12


def phase_damping(l: float) -> Channel:
    """The state of the qubit leaks with probability l: X and Y are left with sqrt(1 - l). It equals
    phase_flip((1 - sqrt(1 - l))/2). PennyLane, Aer and TensorCircuit mean the same.

    Args:
        l: 0 to 1.

    Raises:
        InvalidArgumentError: for l outside [0, 1].
    """
    return kraus(_dephasing(probability("l", l)), f"phase_damping({l:.4g})")


def amplitude_damping(g: float, excited: float = 0.0) -> Channel:
    """Decay with probability g towards a population `excited` of |1>: Z -> (1 - g) Z + g (1 - 2 excited), X and Y are left
    with sqrt(1 - g). With excited = 0 the decay to |0>.

    Aer's amplitude_damping_error(g, excited) means the same; PennyLane's GeneralizedAmplitudeDamping(g, p) has p = excited,
    TensorCircuit's p = 1 - excited.

    Args:
        g: 0 to 1.
        excited: 0 to 1.

    Raises:
        InvalidArgumentError: for numbers outside [0, 1].
    """
    g, excited = probability("g", g), probability("excited", excited)
    words = f"{g:.4g}" + (f", {excited:.4g}" if excited else "")
    return kraus(_decay(g, excited), f"amplitude_damping({words})")


def thermal_relaxation(t1: float, t2: float, time: float, excited: float = 0.0) -> Channel:
    """What a qubit with relaxation time t1 and coherence time t2 suffers in `time`: populations go to their equilibrium as
    exp(-time/t1), coherences vanish as exp(-time/t2).

    Args:
        t1, t2: positive, in the unit of time; infinite is possible.
        time: at least 0.
        excited: the population of |1> in equilibrium, 0 to 1.

    Raises:
        InvalidArgumentError: for times that are not positive, and for t2 > 2 t1, which no qubit has.
    """
    times = {}
    for name, value in (("t1", t1), ("t2", t2)):
        times[name] = math.inf if value == math.inf else _arrays.number(name, value)
        if times[name] <= 0:
            raise InvalidArgumentError(f"{name} is {times[name]:g}; it must be positive")
    time, excited = not_negative("time", time), probability("excited", excited)
    if times["t2"] > 2 * times["t1"] * (1 + _TIME_TOLERANCE):
        raise InvalidArgumentError(
            f"t2 is {times['t2']:.15g} and t1 is {times['t1']:.15g}; coherence lasts at most 2 t1"
        )
    decay = -math.expm1(-time / times["t1"])
    # sqrt(1 - g) sqrt(1 - l) = exp(-time/t2)
    dephasing = max(0.0, -math.expm1(time / times["t1"] - 2 * time / times["t2"]))
    operators = [b @ a for b in _dephasing(dephasing) for a in _decay(decay, excited)]
    words = f"{times['t1']:.4g}, {times['t2']:.4g}, {time:.4g}" + (f", {excited:.4g}" if excited else "")
    return kraus([one for one in operators if np.any(one)], f"thermal_relaxation({words})")


def reset(p: float = 1.0) -> Channel:
    """The qubit is put to |0> with probability p.

    Args:
        p: 0 to 1.

    Raises:
        InvalidArgumentError: for p outside [0, 1].
    """
    p = probability("p", p)
    operators = [math.sqrt(1 - p) * np.eye(2), math.sqrt(p) * _unit(0, 0), math.sqrt(p) * _unit(0, 1)]
    return kraus(operators, f"reset({p:.4g})")


def _dephasing(l: float) -> list[Complex]:
    return [np.diag([1, math.sqrt(1 - l)]).astype(np.complex128), math.sqrt(l) * _unit(1, 1)]


def _decay(g: float, excited: float) -> list[Complex]:
    """Kraus operators; those without weight are left out."""
    found = []
    for weight, kept, target in ((1 - excited, 0, 0), (excited, 1, 1)):
        if weight > 0:
            stays = math.sqrt(1 - g) * np.eye(2, dtype=np.complex128)
            stays[kept, kept] = 1
            found += [math.sqrt(weight) * stays, math.sqrt(weight * g) * _unit(target, 1 - target)]
    return found


def _unit(row: int, column: int) -> Complex:
    matrix = np.zeros((2, 2), dtype=np.complex128)
    matrix[row, column] = 1
    return matrix
