"""PennyLane's default.mixed, compiled by JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pennylane as qml

from ..problems import Gate, Problem
from ..tasks import Call, from_jacobian

PACKAGES = ("pennylane", "jax")

jax.config.update("jax_enable_x64", True)

NAMES = {"damping": qml.AmplitudeDamping, "depolarizing": qml.DepolarizingChannel}


def operator(gate: Gate, x, theta):
    if gate.name in NAMES:
        return NAMES[gate.name](gate.factor, gate.wires)
    if gate.name == "cz":
        return qml.CZ(gate.wires)
    angle = x[gate.feature] if gate.parameter is None else theta[gate.parameter]
    return {"ry": qml.RY, "rz": qml.RZ}[gate.name](angle, gate.wires)


def build(name: str, problem: Problem) -> Call:
    device = qml.device("default.mixed", wires=problem.n)

    @qml.qnode(device, interface="jax", diff_method="backprop")
    def circuit(x, theta):
        for gate in problem.gates:
            operator(gate, x, theta)
        return qml.expval(qml.Z(0))

    data = jnp.asarray(problem.X)
    compiled = jax.jit(jax.vmap(jax.value_and_grad(circuit, argnums=1), in_axes=(0, None)))

    def jacobian(theta):
        y, rows = compiled(data, jnp.asarray(theta))
        return np.asarray(y), np.asarray(rows)

    return from_jacobian(problem, jacobian)
