"""The phase that a run's data and measurement decide."""

from __future__ import annotations

from ..._native.errors import InvalidArgumentError
from ...runs import Run
from ...training import begin
from ..bounds.overlaps import spectrum
from ..theory import data_floors
from .data import Phase, phase
from .reach import Reach

_MOST_SAMPLES = 128
_MOST_PRODUCTS = 4e9
_MOST_QUBITS = 10  # whose observables are diagonalised in a moment


def phase_of_data(run: Run, horizon: float | None = None) -> Phase | str:
    """What data and spectrum say of a run before its first step, or why they say nothing. Of a circuit with channels the
    spectrum is the one that they leave.

    Args:
        run: of mean squared error.
        horizon: normalised time of the training.

    Raises:
        NumericalError: Eigenvalues do not converge.
    """
    model, labels = run.model, run.y
    observable = model.observable
    if isinstance(observable, list) or labels.ndim != 1 or labels.dtype.kind != "f":
        return "phases are those of one output with mean squared error"
    noise = model.contraction
    if noise.meaning == "guide":
        return "what noise leaves of the measurement is known for random gates, and these are local"
    if len(noise.q):
        model = model._without_channels()
        run = begin(model, labels, X=run.samples, theta=run.theta)
    _, reason = data_floors(run)
    if reason is not None:
        return reason
    if len(labels) > _MOST_SAMPLES:
        return f"the phase of more than {_MOST_SAMPLES} samples is not computed"
    if model.circuit.n_qubits > _MOST_QUBITS:
        return f"the phase on more than {_MOST_QUBITS} qubits is not computed"
    levels = spectrum(observable, model.scale)
    if isinstance(levels, str):
        return levels
    if len(noise.q):
        levels = levels.mean() + noise.Q * (levels - levels.mean())
    try:
        # Their overlaps are the same for all parameters.
        states = model.output_states(run.theta, run.samples)
        if 2 * len(labels) * Reach(levels, states).products > _MOST_PRODUCTS:
            return f"the phase of {len(labels)} samples of this size takes too long"
        return phase(levels, labels, states, horizon or None)
    except InvalidArgumentError as error:
        return str(error)
