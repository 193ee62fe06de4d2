"""What a search for minima takes, and whether it goes by the loss's coefficients or by the simulator."""

from __future__ import annotations

import ctypes

import numpy as np

from .. import _native
from .. import _signatures as c
from ..models import Model
from .critical import separable
from .polynomial import Polynomial

STARTS_EACH = 96
MOST_STARTS = 30_000
SIMULATED_STARTS = 300
# Of a search by coefficients from the usual starts; what takes longer may be left to the simulator.
_PATIENCE = 600.0
# Seconds of one start for each coefficient of the loss that is not zero, measured.
_EACH_TERM = 2e-7
# Hessians of one start on the simulator, each with its gradient and trials, measured.
_HESSIANS = 30


def usual_starts(p: int) -> int:
    """Of a search by coefficients in p parameters."""
    return min(MOST_STARTS, STARTS_EACH << p)


def terms(loss: Polynomial) -> int:
    """How many coefficients are not zero up to rounding."""
    moduli = np.abs(loss.coefficients)
    return int(np.count_nonzero(moduli > 1e-14 * moduli.max()))


def start_seconds(loss: Polynomial) -> float:
    """Of one start of a search by coefficients: in proportion to those that are not zero."""
    return _EACH_TERM * terms(loss)


def simulated_start_seconds(model: Model, m: int, has_states: bool) -> float:
    """Of one start of a search on the simulator."""
    seconds = ctypes.c_double()
    _native.call(
        "qtg_model_duration",
        model._handle,
        c.QTG_TASK_LOSS_HESSIAN,
        1,
        m,
        int(has_states),
        ctypes.byref(seconds),
    )
    return _HESSIANS * seconds.value


def is_simulated(loss: Polynomial, model: Model, m: int, has_states: bool) -> bool:
    """Whether the simulator searches although memory holds the coefficients: where the usual starts take more than ten
    minutes by them, and a start less on the simulator. Not where the loss is a sum of functions of one parameter each."""
    if separable.is_separable(loss):
        return False
    each = start_seconds(loss)
    return (
        each * usual_starts(loss.coefficients.ndim) > _PATIENCE
        and simulated_start_seconds(model, m, has_states) < each
    )
