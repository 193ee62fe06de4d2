"""The limit of a circuit with noise: that of the circuit without, with a measurement of smaller range."""

from __future__ import annotations

from dataclasses import dataclass

from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..models import Model
from ..observables import mean_value
from .flows import Flow

_ROUNDING = 1e-12


@dataclass(frozen=True)
class ShiftedFlow:
    """A flow whose predictions and labels are moved by a constant."""

    flow: Flow
    shift: float

    @property
    def y(self) -> Real:
        return self.flow.y + self.shift

    @property
    def time(self) -> Real:
        return self.flow.time

    def trajectory(self) -> tuple[Real, Real]:
        predictions, kernel = self.flow.trajectory()
        return predictions + self.shift, kernel

    def dqntk(self) -> Real:
        return self.flow.dqntk()


def contracted(model: Model, contraction: float | None) -> tuple[Model, float]:
    """The model whose limit is wanted, and what its predictions lack: M - mean is contracted, the mean of the values stays.

    Raises:
        InvalidArgumentError: for channels without a contraction, and for a contraction outside [-1/(4^n - 1), 1].
    """
    if contraction is None:
        first = model._circuit._first_channel()
        if first is None:
            return model, 0.0
        if len(model.contraction.q):
            raise InvalidArgumentError(
                f"the circuit has the channel {first[1].name}; the limit needs to know what noise leaves of the "
                "measurement: pass contraction=model.contraction.Q (docs/noise.md, 'The limit under noise'), or a model "
                "without channels"
            )
        return model._without_channels(), 0.0
    share = _arrays.number("contraction", contraction)
    plain = model._without_channels()
    # Of a channel's Choi matrix, which is positive; depolarising with p = 1 reaches it.
    least = -1 / (4**plain.circuit.n_qubits - 1)
    if not least * (1 + _ROUNDING) <= share <= 1:
        raise InvalidArgumentError(
            f"contraction is {share:g}; noise leaves {least:.3g} to 1 of the measurement's range"
        )
    mean = plain.scale * mean_value(plain._observables[0])
    narrowed = Model(plain.circuit, plain.observable, share * plain.scale, plain.precision)
    return narrowed, (1 - share) * mean
