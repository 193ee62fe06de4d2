"""What measurements ask of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from numpy.typing import ArrayLike

from .._native.arrays import Complex, Real
from ..circuits import Circuit
from ..noise import NoiseModel
from ..observables import Observable
from ..samples import Samples


class Simulator(Protocol):
    """A model: its exact numbers, and siblings of it with other circuits and observables."""

    _n_qubits: int
    _n_params: int
    _n_features: int
    _n_outputs: int
    _outputs: tuple[int, ...]
    _circuit: Circuit
    _given: list[Observable]
    _noise: NoiseModel | None
    _method: str
    _scale: float

    @property
    def n_outputs(self) -> int: ...

    def _like(
        self, circuit: Circuit, observables: Sequence[Observable], scale: float, method: str | None = None
    ) -> Simulator: ...

    def predict(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        chunk: int | None = None,
    ) -> Real: ...

    def jacobian(self, theta: ArrayLike, X: ArrayLike | Samples | None = None) -> Real: ...

    def output_states(self, theta: ArrayLike, X: ArrayLike | Samples | None = None) -> Complex: ...
