"""A model: a circuit, what is measured after it, and the factor in front."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _native
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..model_calls import TRAJECTORIES, Cost
from ..noise import Contraction, NoiseModel
from ..noise.contraction import contraction_of, without_channels
from ..observables import Observable
from ..views.cards import card
from .kernels import Kernels
from .losses import Losses
from .predictions import Predictions
from .second_derivatives import SecondDerivatives

# How many observables a notebook shows.
_SHOWN = 6
_PRECISIONS = {"double": c.QTG_PRECISION_DOUBLE, "single": c.QTG_PRECISION_SINGLE}
_METHODS = {
    "auto": c.QTG_SIMULATION_AUTO, "pure": c.QTG_SIMULATION_AUTO, "density": c.QTG_SIMULATION_DENSITY,
    TRAJECTORIES: c.QTG_SIMULATION_TRAJECTORIES,
}  # fmt: skip


class Model(Predictions, Losses, Kernels, SecondDerivatives):
    """yhat = scale * tr(O U(theta, x) rho U^dagger), for one observable or a list of k; with channels in the circuit
    scale * tr(O E(rho)).

    `theta` is (p,), or (s, p) for s parameter sets at once, which puts s first in every result. Samples come as
    features `X` (m, f), input states `states` (m, 2^n) or (m, 2^n, 2^n), or both, or as `qt.Samples` in X's place;
    without either there is one sample, |0...0>. With one observable (not in a list) results have no axis of outputs.

    Every call raises InvalidArgumentError for shapes that do not fit, OutOfMemoryError before anything is
    allocated, NumericalError where a result overflows, and Interrupted after Ctrl-C.

    Args:
        circuit: copied; later changes to it do not reach the model.
        observable: an observable, or a list of them on as many qubits.
        scale: factor of every prediction.
        precision: in which numbers the circuit is simulated; parameters, data and results are float64 in either.
            "single" takes eight samples at a time where "double" takes four, on x86-64-v4 eight: up to 1.9 times the
            speed, there 1.6, with an error of about a millionth (docs/reliability.md). Fisher information, second
            derivatives, large states and density matrices stay in double precision.
        noise: what `qt.NoiseModel` puts into the circuit and into the observables; the model's own circuit and
            observables have it already.
        method: "auto" simulates density matrices where the observables depend on channels, state vectors elsewhere;
            "pure" refuses channels; "density" simulates density matrices in any case (docs/noise.md). Of a circuit with
            channels there are predictions, Jacobians, tangent kernels, losses and trainings. "trajectories" estimates
            predictions, Jacobians and tangent kernels from random state vectors, on more qubits than density matrices have,
            where a call says how many (`estimate`).
    """

    def __init__(
        self,
        circuit: Circuit,
        observable: Observable | Sequence[Observable],
        scale: float = 1.0,
        precision: str = "double",
        noise: NoiseModel | None = None,
        method: str = "auto",
    ) -> None:
        if not _arrays.among(precision, _PRECISIONS):
            raise InvalidArgumentError(f"precision is {precision!r}; 'double' or 'single' is expected")
        if not _arrays.among(method, _METHODS):
            raise InvalidArgumentError(
                f"method is {method!r}; 'auto', 'pure', 'density' or 'trajectories' is expected"
            )
        if not isinstance(circuit, Circuit):
            raise InvalidArgumentError(f"circuit is {circuit!r}; a qt.Circuit is expected")
        self._single = isinstance(observable, Observable)
        observables: list[Observable] = []
        for given in observable if isinstance(observable, (list, tuple)) else [observable]:
            if not isinstance(given, Observable):
                raise InvalidArgumentError(
                    f"{given!r} is not an observable; use qt.pauli, qt.hermitian or qt.projector"
                )
            observables.append(given)
        given_observables = list(observables)
        if noise is not None:
            if not isinstance(noise, NoiseModel):
                raise InvalidArgumentError(f"noise is {noise!r}; a qt.NoiseModel is expected")
            circuit, observables = noise.apply(circuit), [noise.measured(one) for one in observables]
        if method == "pure" and (first := circuit._first_channel()) is not None:
            raise InvalidArgumentError(
                f"the circuit has the channel {first[1].name}, which method='pure' does not simulate; use 'auto'"
            )
        self._noise, self._method, self._samplers = noise, method, {}
        self._circuit, self._observables = circuit.copy(), observables
        # What detectors are set to, which errors of theirs do not change.
        self._given = given_observables
        self._scale = _arrays.number("scale", scale)
        handles = np.array([given._handle for given in observables], dtype=np.int64)
        self._handle = _native.create(
            "qtg_model_create_by_method",
            circuit._handle,
            _arrays.pointer(handles),
            len(handles),
            self._scale,
            _PRECISIONS[precision],
            _METHODS[method],
        )
        self._precision = precision
        # What every call needs to know; asking the native library costs as much as a small call.
        self._n_qubits, self._n_params = self._circuit.n_qubits, self._circuit.n_params
        self._n_features = self._circuit.n_features
        self._n_outputs = len(observables)
        self._outputs = () if self._single else (len(observables),)
        self._costs = functools.lru_cache(64)(functools.partial(Cost, self._handle))

    @property
    def circuit(self) -> Circuit:
        """A copy of the circuit that is simulated: the one that was given, with the channels of the noise."""
        return self._circuit.copy()

    @property
    def observable(self) -> Observable | list[Observable]:
        """The observable, or the list of them, as it was given, with the readout errors of the noise."""
        return self._observables[0] if self._single else list(self._observables)

    @property
    def scale(self) -> float:
        """The factor of every prediction."""
        return self._scale

    @property
    def precision(self) -> str:
        """ "double" or "single"."""
        return self._precision

    @property
    def noise(self) -> NoiseModel | None:
        """The noise that was given; circuit and observables have it already."""
        return self._noise

    @property
    def method(self) -> str:
        """ "auto", "pure", "density" or "trajectories", as it was given."""
        return self._method

    @functools.cached_property
    def contraction(self) -> Contraction:
        """By how much the channels contract the range of the measurement, and after how many layers labels 1 and -1 are
        out of reach; see `qtangent.noise.Contraction`."""
        return contraction_of(self._circuit, self._observables, self._scale)

    def _without_channels(self) -> Model:
        """The model without its channels; readout errors stay in its observables."""
        return Model(without_channels(self._circuit), self.observable, self._scale, self._precision)

    @property
    def n_params(self) -> int:
        """Number of parameters p."""
        return self._n_params

    @property
    def z_sum(self) -> float:
        """Zsum = sum_l Z_l over the parameterised occurrences, Z_l = (tr G_l^2 - (tr G_l)^2/d)/(d^2 - 1) with the
        square of each angle's factor.

        Raises:
            InvalidArgumentError: where an angle is param*feature, since Zsum then depends on the data.
        """
        result = ctypes.c_double()
        _native.call("qtg_model_z_sum", self._handle, ctypes.byref(result))
        return result.value

    def _like(
        self, circuit: Circuit, observables: Sequence[Observable], scale: float, method: str | None = None
    ) -> Model:
        """A model of a circuit that has the noise already, and of a list of observables that is yet to be misread."""
        measured = [self._noise.measured(one) if self._noise else one for one in observables]
        other = Model(circuit, measured, scale, self._precision, method=method or self._method)
        other._noise, other._given = self._noise, list(observables)
        return other

    def __getstate__(self) -> tuple[Any, ...]:
        given = self._circuit, self.observable, self._scale, self._precision
        return (*given, self._method, self._noise, self._given)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        # Of versions without noise there are four.
        circuit, observable, scale, precision, *rest = state
        method, noise, given = rest or ("auto", None, None)
        Model.__init__(self, circuit, observable, scale, precision, method=method)
        self._noise, self._given = noise, given or self._observables

    def _repr_html_(self) -> str:
        facts: list[tuple[str, object]] = [
            ("parameters", self._n_params),
            ("features", self._n_features),
            ("scale", f"{self._scale:g}"),
            ("precision", self._precision),
        ]
        for k, one in enumerate(self._observables[:_SHOWN]):
            facts.append(("observable" if self._single else f"observable {k}", one._described))
        if self._n_outputs > _SHOWN:
            facts.append(("...", f"{self._n_outputs - _SHOWN} more observables"))
        return card(f"Model of {self._n_qubits} qubits", facts, self._circuit._repr_html_())

    def __repr__(self) -> str:
        precision = "" if self._precision == "double" else f", {self._precision} precision"
        return (
            f"<qtangent.Model: {self._circuit!r}, {self.n_outputs} outputs, scale {self._scale:g}{precision}>"
        )


def expect_model(value: object) -> None:
    """
    Raises:
        InvalidArgumentError: for what is no model.
    """
    if not isinstance(value, Model):
        raise InvalidArgumentError(f"model is {_arrays.shown(value):.80}; a qt.Model is expected")
