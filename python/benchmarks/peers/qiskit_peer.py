"""Qiskit Aer: expectation values by its state-vector method, gradients by its estimator and parameter shifts."""

from __future__ import annotations

import numpy as np
import qiskit_aer.library  # noqa: F401 (adds save_expectation_value)
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import EstimatorV2

from ..problems import Problem
from ..tasks import Call, UnsupportedError, flat, from_jacobian

PACKAGES = ("qiskit", "qiskit-aer")


def observable(problem: Problem) -> SparsePauliOp:
    return SparsePauliOp.from_sparse_list(
        [("Z" * len(term), list(term), 1.0) for term in problem.z_terms], problem.n
    )


def circuit(problem: Problem, x, theta) -> QuantumCircuit:
    result = QuantumCircuit(problem.n)
    for gate in problem.gates:
        if gate.name in ("ry", "rz"):
            angle = float(x[gate.feature]) if gate.parameter is None else gate.factor * theta[gate.parameter]
            getattr(result, gate.name)(angle, *gate.wires)
        elif gate.name in ("cz", "cx"):
            getattr(result, gate.name)(*gate.wires)
        elif gate.name == "unitary":
            result.append(UnitaryGate(gate.matrix), list(gate.wires)[::-1])
        else:
            raise UnsupportedError(gate.name)
    return result


def build(name: str, problem: Problem) -> Call:
    measured = observable(problem)
    if problem.task == "expectation":
        simulator = AerSimulator(method="statevector")

        def predict(theta):
            quantum = circuit(problem, problem.X[0], [float(value) for value in theta])
            quantum.save_expectation_value(measured, list(range(problem.n)), label="y")
            return flat(simulator.run(quantum, shots=1).result().data(0)["y"])

        return predict
    if problem.task == "fisher" or problem.kind != "layered":
        raise UnsupportedError(problem.task)
    estimator = EstimatorV2(options={"default_precision": 0.0, "backend_options": {"method": "statevector"}})
    symbols = ParameterVector("t", problem.p)
    circuits = [circuit(problem, x, symbols) for x in problem.X]
    shifts = np.pi / 2 * np.eye(problem.p)

    def jacobian(theta):
        points = np.concatenate([theta[None], theta + shifts, theta - shifts])
        results = estimator.run([(quantum, measured, points) for quantum in circuits]).result()
        values = np.array([result.data.evs for result in results])
        p = problem.p
        return values[:, 0], (values[:, 1 : 1 + p] - values[:, 1 + p :]) / 2

    return from_jacobian(problem, jacobian)
