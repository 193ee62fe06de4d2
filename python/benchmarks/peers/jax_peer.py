"""JAX: hand-written adjoint programs (three variants) and reverse-mode differentiation of a scan over layers."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..problems import Problem
from ..tasks import Call, UnsupportedError, fisher_matrix, flat
from .programs import PROGRAMS, expectation

PACKAGES = ("jax", "jaxlib")

jax.config.update("jax_enable_x64", True)


def build(name: str, problem: Problem) -> Call:
    program = PROGRAMS[problem.kind](jnp, problem, 4 if "Kronecker" in name else None)
    stored = "stored" in name
    data = jnp.asarray(problem.X)
    diagonal = jnp.asarray(problem.observable_diagonal)
    # Large constants are arguments: XLA would otherwise try to fold them.
    constants = tuple(jnp.asarray(constant) for constant in program.constants)

    def forward(constants, X, theta, wants_tapes=False):
        def layer(rows, slice):
            rows, tape = program.forward(rows, slice, constants)
            return rows, tape if wants_tapes else None

        return lax.scan(layer, program.initial(X), program.slices(theta, constants, X))

    def adjoint(constants, X, theta):
        psi, tapes = forward(constants, X, theta, stored)
        rows = psi * diagonal
        if not stored:
            rows = jnp.concatenate([rows, psi])

        def layer(rows, item):
            slice, tape = item
            return program.backward(rows, tape, slice, constants)

        slices = program.slices(theta, constants, X)
        _, gradients = lax.scan(layer, rows, (slices, tapes), reverse=True)
        return expectation(jnp, psi, diagonal), jnp.moveaxis(gradients, 0, 1).reshape(len(X), -1)

    def autodiff(constants, X, theta):
        # One vector-Jacobian product a sample, batched over the samples: theta is broadcast to rows first.
        def one(X, theta):
            psi, _ = forward(with_data(constants, X, problem), X, theta)
            return expectation(jnp, psi, diagonal)[0]

        both = jax.vmap(jax.value_and_grad(one, argnums=1), (0, None))
        return both(X[:, None], theta)

    jacobian = autodiff if "autodiff" in name else adjoint

    def train(constants, X, theta):
        def step(theta, _):
            y, rows = jacobian(constants, X, theta)
            residual = y - problem.y
            return theta - problem.rate * 2 / problem.m * (residual @ rows), jnp.mean(residual**2)

        return lax.scan(step, theta, None, length=problem.steps)[0]

    def predict(constants, X, theta):
        return expectation(jnp, forward(constants, X, theta)[0], diagonal)

    def fisher(constants, X, theta):
        state = lambda theta: forward(constants, X[:1], theta)[0][0]  # noqa: E731
        return fisher_matrix(jnp, jax.jacfwd(state)(theta).T, state(theta))

    tasks = {"jacobian": jacobian, "training": train, "expectation": predict, "fisher": fisher}
    if problem.task == "fisher" and problem.kind != "layered":
        raise UnsupportedError(problem.kind)
    compiled = jax.jit(tasks[problem.task])

    def call(theta):
        result = compiled(constants, data, jnp.asarray(theta))
        return flat(*result) if isinstance(result, tuple) else np.asarray(result).ravel()

    return call


def with_data(constants, X, problem: Problem):
    """The mixed circuit reads its data among the constants."""
    return (X, *constants[1:]) if problem.kind == "mixed" else constants
