"""What bounds and claims read of states and observables: overlaps and spectra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError

if TYPE_CHECKING:
    from ...observables import Observable

_QUBIT_LIMIT = 12  # of Observable.matrix

_UNIT = 1e-5  # so that states of single precision pass


def overlaps(states: ArrayLike) -> Real:
    """tr(rho_i rho_j), shape (m, m), of pure states (m, d) or density matrices (m, d, d)."""
    given = np.asarray(states, dtype=np.complex128)
    if given.ndim == 2:
        return np.asarray(np.abs(given.conj() @ given.T) ** 2, dtype=np.float64)
    flat = given.reshape(len(given), -1)
    return np.asarray((flat.conj() @ flat.T).real, dtype=np.float64)


def expect_states(name: str, states: Complex) -> None:
    """Pure states (m, d) of norm 1, or density matrices (m, d, d), within 1e-5.

    Raises:
        InvalidArgumentError: names the first sample that is neither.
    """
    _arrays.finite(name, states)
    if states.ndim == 2:
        sizes, what, wanted = np.linalg.norm(states, axis=1), "norm", "a pure state has"
    else:
        adjoint = states.conj().swapaxes(1, 2)
        skew = abs(states - adjoint).max(axis=(1, 2), initial=0)
        for j in np.flatnonzero(skew > _UNIT)[:1]:
            raise InvalidArgumentError(
                f"{name}[{j}] differs from its adjoint by {skew[j]:.3g}; a density matrix is Hermitian"
            )
        lowest = np.linalg.eigvalsh((states + adjoint) / 2).min(axis=1, initial=0)
        for j in np.flatnonzero(lowest < -_UNIT)[:1]:
            raise InvalidArgumentError(
                f"{name}[{j}] has the eigenvalue {lowest[j]:.3g}; a density matrix has none below 0"
            )
        sizes, what, wanted = np.trace(states, axis1=1, axis2=2).real, "trace", "a density matrix has"
    for j in np.flatnonzero(abs(sizes - 1) > _UNIT)[:1]:
        raise InvalidArgumentError(f"{name}[{j}] has the {what} {sizes[j]:.6g}; {wanted} 1")


def spectrum(observable: Observable, scale: float) -> Real | str:
    """All eigenvalues of scale * observable, or the reason why they are not computed."""
    if observable.n_qubits > _QUBIT_LIMIT:
        return f"the spectrum of an observable on {observable.n_qubits} qubits is not computed"
    matrix = observable.matrix()
    diagonal = np.diagonal(matrix)
    eigenvalues = diagonal.real if np.array_equal(matrix, np.diag(diagonal)) else np.linalg.eigvalsh(matrix)
    return scale * np.asarray(eigenvalues, dtype=np.float64)
