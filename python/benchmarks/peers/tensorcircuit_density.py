"""TensorCircuit-NG's density matrices on JAX: one compiled circuit, or a scan over its layers, which compiles sooner."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import tensorcircuit as tc

from ..problems import Problem
from ..tasks import Call, from_jacobian

PACKAGES = ("tensorcircuit-ng", "jax")

backend = tc.set_backend("jax")
tc.set_dtype("complex128")


def append(circuit: tc.DMCircuit, gates, x, theta, offset=0) -> tc.DMCircuit:
    for gate in gates:
        if gate.name == "damping":
            circuit.amplitudedamping(*gate.wires, gamma=gate.factor, p=1.0)
        elif gate.name == "depolarizing":
            circuit.depolarizing(*gate.wires, **dict.fromkeys(("px", "py", "pz"), gate.factor / 3))
        elif gate.name == "cz":
            circuit.cz(*gate.wires)
        else:
            angle = x[gate.feature] if gate.parameter is None else theta[gate.parameter - offset]
            getattr(circuit, gate.name)(*gate.wires, theta=angle)
    return circuit


def build(name: str, problem: Problem) -> Call:
    n = problem.n
    per_layer = problem.p // problem.layers
    layer = problem.body[: len(problem.body) // problem.layers]

    def whole(x, theta):
        return append(tc.DMCircuit(n), problem.gates, x, theta)

    def scanned(x, theta):
        def step(state, angles):
            return append(tc.DMCircuit(n, dminputs=state), layer, x, angles).state(), None

        start = append(tc.DMCircuit(n), problem.encoding, x, theta).state()
        return tc.DMCircuit(n, dminputs=jax.lax.scan(step, start, theta.reshape(-1, per_layer))[0])

    circuit = scanned if "scan" in name else whole

    def predict(x, theta):
        return backend.real(circuit(x, theta).expectation_ps(z=[0]))

    data = jnp.asarray(problem.X)
    compiled = backend.jit(backend.vmap(backend.value_and_grad(predict, argnums=1), vectorized_argnums=0))

    def jacobian(theta):
        y, rows = compiled(data, jnp.asarray(theta))
        return np.asarray(y), np.asarray(rows)

    return from_jacobian(problem, jacobian)
