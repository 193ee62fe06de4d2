"""The mean tangent kernel of random circuits with noise, exact for every strength and every number of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ..._native.inputs import Theta
from ...instructions import Instruction
from ...models import Model, expect_model
from ...samples import density_matrices, samples_for
from .transfer import PauliBasis

_MOST_QUBITS = 5  # transfer matrices have 16^n entries


class _Layer(NamedTuple):
    """What stands between two random unitaries, averaged over them."""

    unitarity: float
    displacement: float
    """The squared norm of E(1/d) - 1/d."""
    slope: float
    """sum_b ||derivative of E(P_b)||^2/(d (d^2-1)) over traceless strings; 0 without a parameter."""
    displaced_slope: float
    """||derivative of E(1/d)||^2."""


def haar_kernel(model: Model, states: ArrayLike | None = None, theta: ArrayLike | None = None) -> Real:
    """E K of a circuit whose fixed unitaries on all qubits are drawn from the Haar measure, with channels or without.

    With E_l what stands between two unitaries, u_l its unitarity, D_l its derivative for theta_l, x the overlap of two
    states less 1/d and a the squared norm of the measurement without its trace,

        E K_ij = sum_l a_l (x_l sum_b ||D_l(P_b)||^2/(d (d^2-1)) + ||D_l(1/d)||^2)/(d^2-1),
        x_(l+1) = u_l x_l + ||E_l(1/d) - 1/d||^2,    a_(l-1) = u_l a_l.

    So the kernel falls by the product of u, not by Q^2 (`Model.contraction`); of noise that does not keep 1 the last layers
    hold a kernel that is the same for all samples. Derived in docs/maths.md, "Contraction by noise".

    Args:
        model: of one output, with unitaries on all qubits before and behind every parameter, each in one gate, such as
            `qt.ansatz.haar` with noise; up to 5 qubits. What its unitaries are does not matter.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
        theta: parameters (p,), which matter only where channels stand between a parameter and the next unitary; 0 without.

    Returns:
        (m, m), not divided by Zsum.

    Raises:
        InvalidArgumentError: for several outputs, features, another form of the circuit, and more than 5 qubits.
    """
    expect_model(model)
    circuit, observable = model.circuit, model.observable
    n = circuit.n_qubits
    if isinstance(observable, list):
        raise InvalidArgumentError(f"the model has {len(observable)} outputs; the mean kernel is that of one")
    if n > _MOST_QUBITS:
        raise InvalidArgumentError(
            f"the circuit has {n} qubits; {_MOST_QUBITS} are the limit of the mean kernel"
        )
    if circuit.n_features:
        raise InvalidArgumentError(
            "the circuit has features; encode them into states, which theta does not change"
        )
    angles = np.zeros(model.n_params) if theta is None else Theta(theta, model.n_params).values.reshape(-1)
    if len(angles) != model.n_params:
        raise InvalidArgumentError(
            f"theta has {len(angles) // model.n_params} parameter sets; one is expected"
        )
    basis, d = PauliBasis(n), 2**n
    first, *middle, last = _segments(list(circuit), n)
    rho = basis.coordinates(density_matrices(_input_states(model, states)))
    start = (basis.transfer(first, angles) @ rho)[1:]
    layers = _layers(basis, middle, angles)
    measured = (basis.coordinates(observable.matrix()[None])[:, 0] * model.scale / d) @ basis.transfer(
        last, angles
    )
    # Coordinates are tr(P rho): overlaps carry 1/d, and those of an observable, divided by d, d.
    x, a = start.T @ start / d, d * float(measured[1:] @ measured[1:])
    after = a * np.cumprod([1.0, *(one.unitarity for one in reversed(layers))])[-2::-1] if layers else []
    kernel: Real = np.zeros_like(x)
    for weight, layer in zip(after, layers, strict=True):
        kernel += weight * (x * layer.slope + layer.displaced_slope) / (d**2 - 1)
        x = layer.unitarity * x + layer.displacement
    return kernel


def _input_states(model: Model, states: ArrayLike | None) -> Complex:
    samples = samples_for(model, None, states)
    if samples.states is not None:
        return samples.states
    zero: Complex = np.zeros((1, 2**model.circuit.n_qubits), dtype=np.complex128)
    zero[0, 0] = 1
    return zero


def _segments(instructions: Sequence[Instruction], n: int) -> list[list[Instruction]]:
    """What stands before, between and behind the unitaries on all qubits."""
    segments: list[list[Instruction]] = [[]]
    seen: set[int] = set()
    for one in instructions:
        if one.name == "unitary" and len(one.qubits) == n:
            segments.append([])
            continue
        segments[-1].append(one)
        for parameters in (key[0] for angle in one.angles for key in angle.terms):
            for index in parameters:
                if index in seen:
                    raise InvalidArgumentError(
                        f"param({index}) is in several gates; the mean kernel needs each parameter in one"
                    )
                seen.add(index)
    trained = [sum(any(angle.terms for angle in one.angles) for one in part) for part in segments]
    if len(segments) < 3 or trained[0] or trained[-1] or max(trained) > 1:
        raise InvalidArgumentError(
            "the mean kernel is that of unitaries on all qubits before and behind every gate with a parameter, as in "
            "qt.ansatz.haar; this circuit has parameters without"
        )
    return segments


def _layers(basis: PauliBasis, segments: Sequence[Sequence[Instruction]], theta: Real) -> list[_Layer]:
    known: dict[object, _Layer] = {}
    result = []
    for part in segments:
        key = basis.key(part, theta)
        if key not in known:
            whole, slope = basis.transfer(part, theta), basis.slope(part, theta)
            size = len(whole)
            known[key] = _Layer(
                float(np.sum(whole[1:, 1:] ** 2)) / (size - 1),
                float(np.sum(whole[1:, 0] ** 2)) / basis.dimension,
                float(np.sum(slope[1:, 1:] ** 2)) / (size - 1),
                float(np.sum(slope[1:, 0] ** 2)) / basis.dimension,
            )
        result.append(known[key])
    return result
