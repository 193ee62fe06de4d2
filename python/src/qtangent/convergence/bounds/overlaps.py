"""What bounds and claims read of states and observables: overlaps and spectra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real

if TYPE_CHECKING:
    from ...observables import Observable

_QUBIT_LIMIT = 12  # of Observable.matrix


def overlaps(states: ArrayLike) -> Real:
    """tr(rho_i rho_j), shape (m, m), of pure states (m, d) or density matrices (m, d, d)."""
    given = np.asarray(states, dtype=np.complex128)
    if given.ndim == 2:
        return np.asarray(np.abs(given.conj() @ given.T) ** 2, dtype=np.float64)
    flat = given.reshape(len(given), -1)
    return np.asarray((flat.conj() @ flat.T).real, dtype=np.float64)


def spectrum(observable: Observable, scale: float) -> Real | str:
    """All eigenvalues of scale * observable, or the reason why they are not computed."""
    if observable.n_qubits > _QUBIT_LIMIT:
        return f"the spectrum of an observable on {observable.n_qubits} qubits is not computed"
    matrix = observable.matrix()
    diagonal = np.diagonal(matrix)
    eigenvalues = diagonal.real if np.array_equal(matrix, np.diag(diagonal)) else np.linalg.eigvalsh(matrix)
    return scale * np.asarray(eigenvalues, dtype=np.float64)
