"""What parameter-shift rules measure, by the function of the C interface."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from qtangent import Model, Samples, _native, model_calls
from qtangent import _signatures as c
from qtangent._native.arrays import Real, pointer
from qtangent._native.inputs import Theta


class Shifts(NamedTuple):
    """Predictions at every shift of every rotation exp(-i phi P/2) that the observables see and parameters enter: along
    its angle f(phi + delta) = centre + (f - centre) cos delta + slope sin delta.

    Attributes:
        predictions: (m,) or (m, k), s parameter sets in front.
        slopes, centres: the same with an axis of rotations behind.
        rotation, parameter, feature: (q,) each, which parameter enters which rotation, times a feature where it is not -1.
        factor: (q,), the derivative of the angle for the parameter, apart from the feature.
    """

    predictions: Real
    slopes: Real
    centres: Real
    rotation: NDArray[np.int64]
    parameter: NDArray[np.int64]
    feature: NDArray[np.int64]
    factor: Real


def shifts(model: Model, sets: Theta, samples: Samples) -> Shifts:
    """What parameter-shift rules measure, by one sweep there and one back.

    Raises:
        InvalidArgumentError: unless the model simulates density matrices.
    """
    cost = model_calls.admit(model, c.QTG_TASK_JACOBIAN, sets, samples)
    given = model._handle, int(samples._dimension > 0)
    length = ctypes.c_int64()
    _native.call("qtg_model_occurrences", *given, None, None, 0, ctypes.byref(length))
    indices, factors = np.empty((length.value, 3), dtype=np.int64), np.empty(length.value)
    if length.value:
        _native.call(
            "qtg_model_occurrences",
            *given,
            pointer(indices),
            pointer(factors),
            length.value,
            ctypes.byref(length),
        )
    rotations = int(indices[:, 0].max(initial=-1)) + 1
    shape = (*sets.axis, len(samples), *model._outputs)
    predictions = np.empty(shape)
    slopes, centres = np.empty((*shape, rotations)), np.empty((*shape, rotations))
    model_calls.run(model, cost, "qtg_model_shifts", sets, samples, then=(predictions, slopes, centres))
    rotation, parameter, feature = indices.T.copy()
    return Shifts(predictions, slopes, centres, rotation, parameter, feature, factors)
