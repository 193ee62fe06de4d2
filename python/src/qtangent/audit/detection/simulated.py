"""What the tests of an audit ask of the simulator about a part of a circuit."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Complex, Real
from ...circuits import Circuit
from ...encoding import haar_states
from ...models import Model
from ...observables import Observable, pauli

_BASIS = 64
"""Up to so many levels unitaries are compared on all basis states, beyond on a few Haar-random ones."""
_RANDOM = 8
_ROWS = 4096


def model_of(circuit: Circuit, observables: list[Observable] | None = None) -> Model:
    """Without observables those of the first qubit stand in; states do not depend on them."""
    return Model(circuit, observables or pauli("Z" + "I" * (circuit.n_qubits - 1)))


def cut(circuit: Circuit, theta: Real, X: Real) -> tuple[Real, Real | None]:
    """Of parameters (p,) and features (N, f) those that a part of the circuit has."""
    return theta[: circuit.n_params], np.ascontiguousarray(
        X[:, : circuit.n_features]
    ) if circuit.n_features else None


def distance(first: Circuit, second: Circuit, theta: Real, X: Real) -> float:
    """sqrt(1 - |tr(U^dagger V)/d|^2) of two circuits at theta, the mean over the rows of X: 0 if they differ in phases
    alone. Above 64 levels from the mean fidelity F of Haar-random states: |tr(U^dagger V)/d|^2 = ((d + 1) F - 1)/d.

    What is left of V outside U is summed, not 1 minus the overlap: rounding then leaves 1e-15 and not its root.
    """
    d = 2**first.n_qubits
    inputs = np.eye(d, dtype=np.complex128) if d <= _BASIS else haar_states(first.n_qubits, _RANDOM, False)
    rows = X if first.n_features or second.n_features else X[:1]
    step = max(1, _ROWS // len(inputs))
    found = [_distances(first, second, theta, rows[k : k + step], inputs) for k in range(0, len(rows), step)]
    return float(np.concatenate(found).mean())


def _distances(first: Circuit, second: Circuit, theta: Real, X: Real, inputs: Complex) -> Real:
    d = inputs.shape[1]
    u, v = (_outputs(circuit, theta, X, inputs) for circuit in (first, second))
    overlaps = np.einsum("ikd,ikd->ik", u.conj(), v)
    if len(inputs) == d:
        overlaps = np.broadcast_to(overlaps.mean(axis=1, keepdims=True), overlaps.shape)
    rest = v - overlaps[:, :, None] * u
    squares = (rest.real**2 + rest.imag**2).sum(axis=2).mean(axis=1)
    result: Real = np.sqrt(squares if len(inputs) == d else np.minimum(squares * (d + 1) / d, 1.0))
    return result


def _outputs(circuit: Circuit, theta: Real, X: Real, inputs: Complex) -> Complex:
    """(rows, inputs, d)."""
    parameters, features = cut(circuit, theta, X)
    n, k = len(X), len(inputs)
    given = np.tile(inputs, (n, 1))
    repeated = None if features is None else np.repeat(features, k, axis=0)
    return model_of(circuit).output_states(parameters, repeated, given).reshape(n, k, -1)


def sensitivities(circuit: Circuit, theta: Real, X: Real) -> Real:
    """||d_j psi||^2 - |<psi|d_j psi>|^2 of every feature at every row, a quarter of the Fisher information: (N, f)."""
    parameters, features = cut(circuit, theta, X)
    if features is None:
        return np.zeros((len(X), 0))
    model = model_of(circuit)
    rows = [np.diagonal(model.fisher_information(parameters, x, wrt="X")) / 4 for x in features]
    return np.maximum(rows, 0)  # what is 0 may be below by rounding
