"""Data sets on which a circuit has 2^p minima a period, all but one of them spurious."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from .._native.arrays import Complex, Real, among
from .._native.errors import InvalidArgumentError, NotIndependentError
from ..circuits import Circuit
from ..convergence.words import counted
from ..models import Model
from ..observables import Observable, pauli
from ..observables import hermitian as dense
from .operators import Operators, hermitian, operators, real_vector

VARIANTS = ("2p", "p+1")
# How much of the amplitude that positive states allow is used.
SHRINK = 0.98


@dataclass(frozen=True, eq=False)
class HardDataset:
    """A data set whose loss separates into one double well a parameter.

    Attributes:
        states: density matrices, (m, d, d).
        labels: (m,).
        amplitudes: (p, 2): those of cos phi_l and of sin phi_l among the predictions.
        minima_theta: (2^p, p), in [0, period), by increasing loss.
        minima_loss: (2^p,), of the loss 1/(2m) sum (yhat - y)^2.
        circuit, observable: those it was built for, the observable without its trace.
    """

    states: Complex
    labels: Real
    amplitudes: Real
    minima_theta: Real
    minima_loss: Real
    circuit: Circuit
    observable: Observable
    model: Model

    @property
    def X(self) -> None:
        """None: samples are states."""
        return None


def hard_dataset(
    circuit: Circuit,
    observable: Observable,
    variant: str = "2p",
    *,
    boost: bool = False,
    purified: bool = False,
) -> HardDataset:
    """Samples on which this circuit has 2^p local minima a period, 2^p - 1 of them spurious.

    With phi_l = base_l theta_l the predictions are exactly a_l cos phi_l (label 0) and b_l sin phi_l (label b_l,
    b_l <= a_l/2); or, for variant "p+1", a_l cos phi_l and the one sum of beta_l sin phi_l (label sum of beta_l). That
    such data exist for typical circuits is due to You, Wu, "Exponentially many local minima in quantum neural
    networks", ICML 2021; this construction is derived in docs/landscape.md.

    Args:
        circuit: without features; every parameter occurs once and drives a generator with two eigenvalues.
        observable: on as many qubits; its trace is taken off.
        variant: "2p" (m = 2p samples) or "p+1".
        boost: raises the amplitudes by what no prediction sees (takes seconds).
        purified: pure states (m, 4^n) on 2n qubits, the system first, for simulators of pure states; `.model` is on
            2n qubits then.

    Raises:
        InvalidArgumentError: for another circuit, and an observable proportional to the identity.
        NotIndependentError: where an operator that has to stand alone depends linearly on the others.
        OutOfMemoryError: before anything is computed.
    """
    if not among(variant, VARIANTS):
        raise InvalidArgumentError(f"variant is {variant!r}; it must be one of {', '.join(VARIANTS)}")
    found = operators(circuit, observable)
    duals = _duals(found, circuit.n_qubits)
    if boost:
        duals = [_boosted(found, dual) for dual in duals]
    cosines, sines = duals[: found.p], duals[found.p :]
    a = np.array([SHRINK * _reach(dual) for dual in cosines])
    states = [_state(found.d, size * dual) for size, dual in zip(a, cosines, strict=True)]
    if variant == "2p":
        b = np.minimum([SHRINK * _reach(dual) for dual in sines], a / 2)
        sine_states = [_state(found.d, size * dual) for size, dual in zip(b, sines, strict=True)]
        states = [state for pair in zip(states, sine_states, strict=True) for state in pair]
        labels = np.stack([np.zeros(found.p), b], axis=1).ravel()
    else:
        b = a * 0.9 * np.sqrt(np.min(a) / (2 * np.sum(a)))
        direction = np.tensordot(b, sines, axes=1)
        b = b * min(1.0, SHRINK * _reach(direction))
        states.append(_state(found.d, np.tensordot(b, sines, axes=1)))
        labels = np.append(np.zeros(found.p), np.sum(b))
    theta, loss = _minima(a, b, found.base, variant)
    traceless = _traceless(observable)
    return _dataset(
        np.array(states), labels, np.stack([a, b], axis=1), theta, loss, circuit, traceless, purified
    )


def _duals(found: Operators, n_qubits: int) -> list[Real]:
    """Duals of all cosines, then of all sines."""
    names, duals = [], []
    for kind, name in ((1, "cos"), (2, "sin")):
        for l in range(found.p):
            dual = found.dual(found.number(l, kind))
            if dual is None:
                names.append(f"{name} of parameter {l}")
            else:
                duals.append(dual)
    if names:
        # Generic independence of all 3^p operators asks for 4 3^(p-1) <= d^2.
        largest = max(p for p in range(found.p + n_qubits * 2 + 1) if 4 * 3 ** (p - 1) <= found.d**2)
        still = ", ".join(map(str, found.still))
        remedy = (
            f"leave out the gates that move nothing (parameters {still}), or take another observable"
            if still
            else f"take another observable, or fewer parameters (generic circuits on {counted(n_qubits, 'qubit')} are "
            f"independent up to p = {largest})"
        )
        raise NotIndependentError(
            f"the operators of {', '.join(names)} depend linearly on the others: rank {found.rank}, full independence "
            f"needs {3**found.p}; {remedy}",
            rank=found.rank,
            needed=3**found.p,
            parameters=sorted({int(name.rsplit(" ", 1)[1]) for name in names}),
            largest_p=largest,
        )
    return duals


def _reach(dual: Real) -> float:
    """The largest amplitude for which 1/d + amplitude * dual is positive."""
    matrix = hermitian(dual)
    return float(1 / (len(matrix) * -np.linalg.eigvalsh(matrix)[0]))


def _state(d: int, vector: Real) -> Complex:
    return np.eye(d) / d + hermitian(vector)


def _boosted(found: Operators, dual: Real) -> Real:
    """dual + N with N orthogonal to the identity and all operators, such that the reach is as large as can be.

    The largest eigenvalue of -(dual + N) is smoothed by a log-sum-exp, which sharpens step by step.
    """
    identity = real_vector(np.eye(found.d, dtype=complex))
    span = np.linalg.qr(np.column_stack([found.phi.T, identity]))[0] if found.rank == len(found.phi) else None
    if span is None:
        left, values, _ = np.linalg.svd(np.column_stack([found.phi.T, identity]), full_matrices=False)
        span = left[:, values > 1e-9 * values[0]]

    def outside(vector: Real) -> Real:
        result: Real = vector - span @ (span.T @ vector)
        return result

    best = dual
    shift = np.zeros_like(dual)
    scale = -float(np.linalg.eigvalsh(hermitian(dual))[0])
    for sharpness in (10.0, 100.0, 1000.0):
        rate = sharpness / scale

        def smoothed(x: Real, rate: float = rate) -> tuple[float, Real]:
            values, vectors = np.linalg.eigh(-hermitian(dual + outside(x)))
            weights = np.exp(rate * (values - values[-1]))
            total = weights.sum()
            gradient = -real_vector((vectors * (weights / total)) @ vectors.conj().T)
            return float(values[-1] + np.log(total) / rate), outside(gradient)

        shift = minimize(smoothed, shift, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
        candidate = dual + outside(shift)
        if _reach(candidate) > _reach(best):
            best = candidate
    return best


def _minima(a: Real, b: Real, base: Real, variant: str) -> tuple[Real, Real]:
    """All vertices sin phi_l = +-1 that are strict minima, with their losses."""
    signs = np.array(list(itertools.product([1.0, -1.0], repeat=len(a))))
    if variant == "2p":
        losses = np.sum((b * signs - b) ** 2, axis=1) / (4 * len(a))
    else:
        excess = signs @ b - np.sum(b)
        losses = excess**2 / (2 * (len(a) + 1))
        strict = np.all(signs * b * excess[:, None] < a**2, axis=1)
        signs, losses = signs[strict], losses[strict]
    order = np.argsort(losses, kind="stable")
    angles = np.where(signs > 0, np.pi / 2, 3 * np.pi / 2)
    return angles[order] / base, losses[order]


def _traceless(observable: Observable) -> Observable:
    n = observable.n_qubits
    shift = float(np.trace(observable.matrix()).real) / 2**n
    return observable - shift * pauli("I" * n) if shift else observable


def _dataset(
    states: Complex,
    labels: Real,
    amplitudes: Real,
    theta: Real,
    loss: Real,
    circuit: Circuit,
    observable: Observable,
    purified: bool,
) -> HardDataset:
    if not purified:
        return HardDataset(
            states, labels, amplitudes, theta, loss, circuit, observable, Model(circuit, observable)
        )
    n, d = circuit.n_qubits, len(states[0])
    weights, vectors = np.linalg.eigh(states)
    roots = np.sqrt(np.maximum(weights, 0))
    # |psi> = sum_a sqrt(w_a) |v_a> |a>
    pure = (vectors * roots[:, None, :]).reshape(len(states), d * d)
    pure /= np.linalg.norm(pure, axis=1)[:, None]
    wide = Circuit.from_instructions(2 * n, list(circuit), circuit.parameter_names)
    extended = dense(np.kron(observable.matrix(), np.eye(d)))
    return HardDataset(pure, labels, amplitudes, theta, loss, circuit, observable, Model(wide, extended))
