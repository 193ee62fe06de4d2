"""TensorCircuit-NG on JAX: one compiled circuit, a scan over its layers, and its light-cone simplification."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import tensorcircuit as tc
from tensorcircuit import experimental

from ..problems import Problem
from ..tasks import Call, UnsupportedError, flat, from_jacobian

PACKAGES = ("tensorcircuit-ng", "jax")

backend = tc.set_backend("jax")
tc.set_dtype("complex128")


def append(circuit: tc.Circuit, gates, x, theta, offset=0) -> tc.Circuit:
    for gate in gates:
        if gate.name in ("cz", "cx"):
            getattr(circuit, gate.name)(*gate.wires)
            continue
        if gate.name == "unitary":
            circuit.any(*gate.wires, unitary=jnp.asarray(gate.matrix))
            continue
        angle = x[gate.feature] if gate.parameter is None else gate.factor * theta[gate.parameter - offset]
        if gate.name == "pauli":
            matrix = np.array(1)
            for letter in gate.letters:
                matrix = np.kron(matrix, getattr(tc.gates, f"_{letter.lower()}_matrix"))
            circuit.exp1(*gate.wires, unitary=jnp.asarray(matrix), theta=angle / 2)
        else:
            getattr(circuit, gate.name)(*gate.wires, theta=angle)
    return circuit


def build(name: str, problem: Problem) -> Call:
    n, light_cone = problem.n, "light cone" in name

    def whole(x, theta):
        return append(tc.Circuit(n), problem.gates_for_cone if light_cone else problem.gates, x, theta)

    def scanned(x, theta):
        per_layer = problem.p // problem.layers
        layer = problem.body[: len(problem.body) // problem.layers]

        def step(state, angles):
            return append(tc.Circuit(n, inputs=state), layer, x, angles).state(), None

        start = append(tc.Circuit(n), [] if problem.kind == "mixed" else problem.encoding, x, theta).state()
        return tc.Circuit(n, inputs=jax.lax.scan(step, start, theta.reshape(-1, per_layer))[0])

    if "scan" in name and problem.kind == "haar":
        raise UnsupportedError("every layer has its own unitary")
    circuit = scanned if "scan" in name else whole
    options = {"reuse": False, "enable_lightcone": True} if light_cone else {}

    def predict(x, theta):
        quantum = circuit(x, theta)
        return sum(backend.real(quantum.expectation_ps(z=list(term), **options)) for term in problem.z_terms)

    data = jnp.asarray(problem.X)
    if problem.task == "expectation":
        compiled = backend.jit(predict)
        return lambda theta: flat(compiled(data[0], jnp.asarray(theta)))
    if problem.task == "fisher":
        state = lambda theta: circuit(data[0], backend.real(theta)).state()  # noqa: E731
        metric = backend.jit(experimental.qng(state, kernel="qng", postprocess=None, mode="fwd"))
        return lambda theta: flat(4 * np.asarray(metric(jnp.asarray(theta))).real)
    both = backend.vmap(backend.value_and_grad(predict, argnums=1), vectorized_argnums=0)
    compiled = backend.jit(both)

    def jacobian(theta):
        y, rows = compiled(data, jnp.asarray(theta))
        return np.asarray(y), np.asarray(rows)

    return from_jacobian(problem, jacobian)
