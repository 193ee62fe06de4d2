"""PennyLane with lightning.qubit: QNodes as users write them, and tapes handed to the device directly."""

from __future__ import annotations

import numpy as np
import pennylane as qml
from pennylane import numpy as pnp
from pennylane.devices import ExecutionConfig

from ..problems import Gate, Problem
from ..tasks import Call, UnsupportedError, flat, from_jacobian

PACKAGES = ("pennylane", "pennylane-lightning")


def operator(gate: Gate, x, theta):
    if gate.name == "cz":
        return qml.CZ(gate.wires)
    if gate.name == "cx":
        return qml.CNOT(gate.wires)
    if gate.name == "unitary":
        return qml.QubitUnitary(gate.matrix, gate.wires)
    angle = x[gate.feature] if gate.parameter is None else gate.factor * theta[gate.parameter]
    if gate.name == "pauli":
        return qml.PauliRot(angle, gate.letters, gate.wires)
    return {"ry": qml.RY, "rz": qml.RZ, "cry": qml.CRY}[gate.name](angle, gate.wires)


def observable(problem: Problem):
    products = [qml.prod(*map(qml.Z, term)) if len(term) > 1 else qml.Z(*term) for term in problem.z_terms]
    return products[0] if len(products) == 1 else qml.Hamiltonian([1.0] * len(products), products)


def build(name: str, problem: Problem) -> Call:
    device = qml.device("lightning.qubit", wires=problem.n)
    measured = observable(problem)

    def circuit(x, theta):
        for gate in problem.gates:
            operator(gate, x, theta)
        return qml.expval(measured)

    if problem.task == "expectation":
        node = qml.QNode(circuit, device, diff_method=None)
        return lambda theta: flat(node(problem.X[0], theta))
    if problem.task == "fisher":
        raise UnsupportedError("lightning has no fast metric tensor")
    if "tapes" in name:
        return from_jacobian(problem, tapes(problem, device, measured))
    gradient = qml.grad(qml.QNode(circuit, device, diff_method="adjoint"), argnums=1)

    def jacobian(theta):
        theta = pnp.array(theta, requires_grad=True)
        y, rows = np.empty(problem.m), np.empty((problem.m, problem.p))
        for j, x in enumerate(problem.X):
            rows[j] = gradient(pnp.array(x, requires_grad=False), theta)
            y[j] = gradient.forward
        return y, rows

    return from_jacobian(problem, jacobian)


def tapes(problem: Problem, device, measured):
    """Gates made once a call, and the device's own batch of adjoint derivatives."""
    _, config = device.preprocess(ExecutionConfig(gradient_method="adjoint", use_device_gradient=True))
    gates = problem.gates
    fixed = {
        id(gate): operator(gate, None, None)
        for gate in gates
        if gate.parameter is None and gate.feature is None
    }
    # A tape counts the data of its gates: one entry an angle, one a matrix.
    with_data = [gate for gate in gates if gate.name not in ("cz", "cx")]
    trainable = [k for k, gate in enumerate(with_data) if gate.parameter is not None]
    factors = np.array([gate.factor for gate in gates if gate.parameter is not None])

    def jacobian(theta):
        of_theta = {id(g): operator(g, None, theta) for g in gates if g.parameter is not None}
        scripts = []
        for x in problem.X:
            operators = [fixed.get(id(g)) or of_theta.get(id(g)) or operator(g, x, theta) for g in gates]
            scripts.append(
                qml.tape.QuantumScript(operators, [qml.expval(measured)], trainable_params=trainable)
            )
        y, rows = device.execute_and_compute_derivatives(scripts, config)
        return np.array(y, dtype=float), np.array(rows, dtype=float).reshape(problem.m, -1) * factors

    return jacobian
