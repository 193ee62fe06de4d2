"""Measurements that the native library draws."""

from __future__ import annotations

import copy
import ctypes
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from .. import _native, model_calls
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.inputs import Theta
from ..circuits import Circuit
from ..samples import Samples
from .occurrences import Rules
from .probes import chances
from .settings import Setting
from .simulator import Simulator

if TYPE_CHECKING:
    from ..model_calls import Cost, ModelCalls

# More qubits are too many for a density matrix where there need not be one.
_FEW_QUBITS = 8
# How the lengths of arrays are called, where not as the arrays.
_COUNTS = {"frequencies": "rotations", "factors": "entries", "constants": "outputs"}


class Instrument:
    """Settings of the detectors of a model and, where there are rules, shifted angles that tell derivatives."""

    def __init__(
        self,
        model: Simulator,
        parts: Sequence[tuple[int, Setting]],
        constants: Real,
        rules: Rules | None = None,
    ) -> None:
        scale = model._scale
        found = [(output, setting, chances(setting)) for output, setting in parts]
        probes = [probe for _, _, one in found for probe in one.probes]
        circuit = model._circuit if rules is None else rules.circuit
        self._runs = 1 if rules is None else 2 * len(rules.frequencies) + 1
        # Nothing to measure needs a model still.
        self._probes = cast(
            "ModelCalls", model._like(circuit, probes or model._given, 1.0, _method(circuit, self._runs))
        )
        ends = np.cumsum([0, *(len(one.probes) for _, _, one in found)])
        arrays: dict[str, NDArray[Any]] = {
            "frequencies": np.empty(0) if rules is None else rules.frequencies,
            "entries": np.empty((0, 3), dtype=np.int64) if rules is None else _entries(rules),
            "factors": np.empty(0) if rules is None else rules.factor,
            "constants": np.asarray(constants, dtype=np.float64),
            "settings": np.array(
                [
                    (output, first, len(one.probes), len(setting.outcomes))
                    for (output, setting, one), first in zip(found, ends, strict=False)
                ],
                dtype=np.int64,
            ).reshape(-1, 4),
            "outcomes": np.concatenate([np.empty(0), *(scale * setting.outcomes for _, setting, _ in found)]),
            "chances": np.concatenate([np.empty(0), *(one.factors.ravel() for _, _, one in found)]),
        }
        given = c.qtg_measurement_parts(struct_size=ctypes.sizeof(c.qtg_measurement_parts))
        for name, values in arrays.items():
            arrays[name] = np.ascontiguousarray(values)
            setattr(given, name, _arrays.pointer(arrays[name]))
            setattr(given, f"n_{_COUNTS.get(name, name)}", len(values))
        self._handle = _native.create("qtg_measurement_create", self._probes._handle, ctypes.byref(given))
        self._n_outputs = len(constants)
        # As a model does, so that what a call took tells the next one how long to expect.
        self._costs = functools.lru_cache(64)(functools.partial(_cost, self._probes._costs, self._runs))

    def predict(
        self, sets: Theta, samples: Samples, shots: int, seed: int, chunk: int = 0
    ) -> tuple[Real, Real]:
        """Measured predictions and estimates of their variances (s, m, k); for 0 shots exact ones, variances of one shot."""
        shape = (sets.sets, len(samples), self._n_outputs)
        means, variances = np.empty(shape), np.empty(shape)
        given = shots, _arrays.seed(seed), chunk
        self._run("qtg_measurement_predict", 1, sets, samples, *given, then=(means, variances))
        return means, variances

    def jacobian(
        self, sets: Theta, samples: Samples, shots: int, seed: int, estimator: int, step: int = 0
    ) -> tuple[Real, Real]:
        """Measured derivatives and estimates of their variances (s, m, k, p), as `predict`."""
        shape = (sets.sets, len(samples), self._n_outputs, sets.values.shape[-1])
        means = _native.result("the measured derivatives", shape, 1, "samples")
        variances = _native.result("their variances", shape, 1, "samples")
        given = shots, _arrays.seed(seed), step, estimator
        self._run("qtg_measurement_jacobian", self._runs, sets, samples, *given, then=(means, variances))
        return means, variances

    def _run(
        self, name: str, runs: int, sets: Theta, samples: Samples, *given: Any, then: tuple[Real, ...]
    ) -> None:
        cost = model_calls.admit(self._probes, c.QTG_TASK_PREDICT, sets, samples)
        if runs > 1:
            cost = self._costs(sets.sets, samples._size, samples._dimension > 0)
        model_calls.run(cast("ModelCalls", self), cost, name, sets, samples, *given, then=then)


def _cost(
    of_model: Callable[[int, int, int, bool], Cost], runs: int, sets: int, m: int, has_states: bool
) -> Cost:
    """That of so many runs."""
    cost = copy.copy(of_model(c.QTG_TASK_PREDICT, sets, m, has_states))
    cost.seconds *= runs
    return cost


def _entries(rules: Rules) -> Any:
    return np.stack([rules.rotation, rules.parameter, rules.feature], axis=1)


def _method(circuit: Circuit, runs: int) -> str | None:
    """One sweep through density matrices tells both sides of all angles: of few qubits faster than a run for each."""
    n = circuit.n_qubits
    is_dense = any(one.name in ("unitary", "evolve") for one in circuit)
    return "density" if n <= _FEW_QUBITS and 2 ** (n + 1) <= runs and not is_dense else None
