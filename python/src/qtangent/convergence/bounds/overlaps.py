"""The overlaps of the data as the trainable part of the circuit sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..._native.arrays import Complex, Real
from .weighted_states import weighted_states

if TYPE_CHECKING:
    from ...models import Model
    from ...observables import Observable

_QUBIT_LIMIT = 12  # of Observable.matrix


def data_states(model: Model, theta: Real, X: Real | None, states: Complex | None) -> Complex | str:
    """States whose overlaps no parameter can change, or the reason why there are none.

    Parameters act as one unitary on all samples, so the overlaps are fixed unless features act after
    parameters. That is seen by comparing the overlaps at two sets of parameters.
    """
    if X is None and states is not None:
        return states
    here = np.asarray(model.output_states(theta, X=X, states=states))
    there = np.asarray(model.output_states(theta + np.arange(1, theta.size + 1) ** 0.5, X=X, states=states))
    if not np.allclose(
        weighted_states(here).overlaps(), weighted_states(there).overlaps(), rtol=0, atol=1e-9
    ):
        return "features act after parameters, so the overlaps of the states change with the parameters"
    return here


def spectrum(observable: Observable, scale: float) -> Real | str:
    """All eigenvalues of scale * observable, or the reason why they are not computed."""
    if observable.n_qubits > _QUBIT_LIMIT:
        return f"the spectrum of an observable on {observable.n_qubits} qubits is not computed"
    matrix = observable.matrix()
    diagonal = np.diagonal(matrix)
    eigenvalues = diagonal.real if np.array_equal(matrix, np.diag(diagonal)) else np.linalg.eigvalsh(matrix)
    return scale * np.asarray(eigenvalues, dtype=np.float64)
