"""Hand-written adjoint programs in NumPy: the rotations of neighbouring qubits in one matrix product."""

from __future__ import annotations

import numpy as np

from ..problems import Problem
from ..tasks import Call, UnsupportedError, fisher_matrix, flat, from_jacobian
from .programs import PROGRAMS, apply_kronecker, expectation, groups_of, product_states, ry_rz

PACKAGES = ("numpy",)
# States up to here are kept on the way forward; larger ones are un-applied together with lambda.
STORED_BYTES = 256 << 20


def build(name: str, problem: Problem) -> Call:
    if problem.task == "fisher":
        return fisher(problem)
    program = PROGRAMS[problem.kind](np, problem, 4 if problem.n <= 8 else 5)
    constants, diagonal = program.constants, problem.observable_diagonal
    stored = 16 * problem.d * problem.m * problem.layers <= STORED_BYTES

    def slices(theta):
        parts = program.slices(theta, constants, problem.X)
        return list(zip(*parts, strict=True)) if isinstance(parts, tuple) else parts

    def forward(theta, tapes=None):
        rows = program.initial(problem.X)
        for slice in slices(theta):
            rows, tape = program.forward(rows, slice, constants)
            if tapes is not None:
                tapes.append(tape)
        return rows

    def jacobian(theta):
        tapes = [] if stored else None
        psi = forward(theta, tapes)
        rows = psi * diagonal
        if not stored:
            rows, tapes = np.concatenate([rows, psi]), [None] * problem.layers
        gradients = []
        layers = list(zip(slices(theta), tapes, strict=True))
        for l in reversed(range(problem.layers)):
            slice, tape = layers[l]
            rows, gradient = program.backward(rows, tape, slice, constants, is_first=l == 0)
            gradients.append(gradient)
        return expectation(np, psi, diagonal), np.concatenate(gradients[::-1], 1)

    if problem.task == "expectation":
        return lambda theta: flat(expectation(np, forward(theta), diagonal))
    return from_jacobian(problem, jacobian)


def fisher(problem: Problem) -> Call:
    """All tangent vectors carried forward beside the state."""
    if problem.kind != "layered":
        raise UnsupportedError(problem.kind)
    n, groups = problem.n, groups_of(problem.n, 4)
    flips = [np.arange(problem.d) ^ (1 << (n - 1 - q)) for q in range(n)]
    signs = [1.0 - 2.0 * problem.bit(q) for q in range(n)]
    initial = product_states(np, problem.X[:1])

    def call(theta):
        rows = initial
        for angles in theta.reshape(problem.layers, n, 2):
            rows = apply_kronecker(np, rows, ry_rz(np, angles), groups)
            psi, new = rows[0], []
            for q in range(n):
                z = angles[q, 1]
                x_psi = psi[flips[q]]
                new += [
                    -0.5j * (np.cos(z) * -1j * signs[q] * x_psi - np.sin(z) * x_psi),
                    -0.5j * signs[q] * psi,
                ]
            rows = np.concatenate([rows, np.stack(new)]) * problem.cz_signs
        return flat(fisher_matrix(np, rows[1:], rows[0]))

    return call
