"""Qulacs: backpropagation, its gate fusion and its causal-cone simulator. Its rotations turn the other way."""

from __future__ import annotations

import numpy as np
from qulacs import CausalConeSimulator, Observable, ParametricQuantumCircuit, QuantumCircuit, QuantumState
from qulacs.circuit import QuantumCircuitOptimizer
from qulacs.gate import DenseMatrix

from ..problems import Problem
from ..tasks import Call, fisher_matrix, flat, from_jacobian

PACKAGES = ("qulacs",)
PAULI = {"X": 1, "Y": 2, "Z": 3}


def observable(problem: Problem) -> Observable:
    result = Observable(problem.n)
    for term in problem.z_terms:
        result.add_operator(1.0, " ".join(f"Z {q}" for q in term))
    return result


class Builder:
    """A circuit for one sample; `sources` lists (parameter, factor) of its native parameters in order."""

    def __init__(self, problem: Problem, x, theta, parametric: bool, light_cone: bool = False):
        self.circuit = (ParametricQuantumCircuit if parametric else QuantumCircuit)(problem.n)
        self.parametric = parametric
        self.sources: list[tuple[int, float]] = []
        for gate in problem.gates_for_cone if light_cone else problem.gates:
            if gate.name == "cz":
                self.circuit.add_CZ_gate(*gate.wires)
            elif gate.name == "cx":
                self.circuit.add_CNOT_gate(*gate.wires)
            elif gate.name == "unitary":
                self.circuit.add_gate(DenseMatrix(list(gate.wires)[::-1], gate.matrix))
            elif gate.parameter is None:
                self.circuit.add_RY_gate(gate.wires[0], -x[gate.feature])
            else:
                self._rotate(gate, theta[gate.parameter])

    def _rotate(self, gate, angle):
        if gate.name == "cry":
            # RY(t/2) CX RY(-t/2) CX, since parametric gates cannot be controlled.
            control, target = gate.wires
            self._add("RY", target, angle, gate.parameter, -0.5)
            self.circuit.add_CNOT_gate(control, target)
            self._add("RY", target, angle, gate.parameter, 0.5)
            self.circuit.add_CNOT_gate(control, target)
        elif gate.name == "pauli":
            self.sources.append((gate.parameter, -1.0))
            letters = [PAULI[letter] for letter in gate.letters]
            self.circuit.add_parametric_multi_Pauli_rotation_gate(list(gate.wires), letters, -angle)
        else:
            self._add(gate.name.upper(), gate.wires[0], angle, gate.parameter, -gate.factor)

    def _add(self, name, qubit, angle, parameter, factor):
        self.sources.append((parameter, factor))
        prefix = "add_parametric_" if self.parametric else "add_"
        getattr(self.circuit, f"{prefix}{name}_gate")(qubit, factor * angle)


def build(name: str, problem: Problem) -> Call:
    measured, state = observable(problem), QuantumState(problem.n)

    def run(circuit):
        state.set_zero_state()
        circuit.update_quantum_state(state)
        return measured.get_expectation_value(state).real

    def build_anew(parametric, light_cone=False):
        return lambda theta: Builder(problem, problem.X[0], theta, parametric, light_cone).circuit

    if name == "Qulacs, causal cone":
        anew = build_anew(True, light_cone=True)
        return lambda theta: flat(CausalConeSimulator(anew(theta), measured).get_expectation_value().real)
    if name == "Qulacs, optimised":
        anew = build_anew(False)

        def fused(theta):
            circuit = anew(theta)  # fused for these angles, so it belongs to the call
            QuantumCircuitOptimizer().optimize_light(circuit)
            return flat(run(circuit))

        return fused

    builders = [Builder(problem, x, problem.theta, True) for x in problem.X]
    sources = builders[0].sources
    circuits = [builder.circuit for builder in builders]
    parameters = np.array([parameter for parameter, _ in sources])
    factors = np.array([factor for _, factor in sources])

    def set_angles(circuit, theta):
        for k, angle in enumerate((factors * theta[parameters]).tolist()):
            circuit.set_parameter(k, angle)

    def jacobian(theta):
        y, rows = np.empty(problem.m), np.zeros((problem.m, problem.p))
        for j, circuit in enumerate(circuits):
            set_angles(circuit, theta)
            np.add.at(rows[j], parameters, factors * np.array(circuit.backprop(measured)))
            y[j] = run(circuit)
        return y, rows

    def predict(theta):
        set_angles(circuits[0], theta)
        return flat(run(circuits[0]))

    def fisher(theta):
        """d_k psi is half the state with theta_k + pi: one run a parameter."""
        circuit = circuits[0]
        set_angles(circuit, theta)
        run(circuit)
        psi, tangents = state.get_vector(), np.empty((problem.p, problem.d), dtype=complex)
        for k in range(problem.p):
            circuit.set_parameter(k, -theta[k] - np.pi)
            run(circuit)
            tangents[k] = 0.5 * state.get_vector()
            circuit.set_parameter(k, -theta[k])
        return flat(fisher_matrix(np, tangents, psi))

    tasks = {"expectation": predict, "fisher": fisher}
    return tasks.get(problem.task) or from_jacobian(problem, jacobian)
