"""The circuits of golden figures, read from their description."""

import numpy as np
import qtangent as qt


class Case:
    """One golden figure's circuit, observable, states, labels and parameters."""

    def __init__(self, case):
        inputs, self.expected = case["inputs"], case["outputs"]
        self.n = inputs["n_qubits"]
        self.states = np.array(
            [np.array(s["re"]) + 1j * np.array(s["im"]) for s in inputs["input_statevectors"]]
        )
        self.y, self.theta = np.array(inputs["labels"]), np.array(inputs["theta0"])
        self.eta, self.m = inputs["eta"], len(inputs["labels"])
        observable = sum(
            (weight * qt.pauli(letters) for letters, weight in inputs["observable_M0_pauli_terms"][1:]),
            start=inputs["observable_M0_pauli_terms"][0][1]
            * qt.pauli(inputs["observable_M0_pauli_terms"][0][0]),
        )
        circuit = qt.Circuit(self.n)
        # One circuit for each trainable gate, with this gate alone.
        self.alone = []
        parameter = 0
        for gate in inputs["circuit_time_order"]:
            match gate["gate"]:
                case "rot":
                    circuit.rotation(qt.param(parameter), gate["pauli"])
                    self.alone.append(qt.Circuit(self.n).rotation(qt.param(0), gate["pauli"]))
                    parameter += 1
                case "exp":
                    circuit.evolve(qt.param(parameter), qt.pauli(gate["pauli"]))
                    self.alone.append(qt.Circuit(self.n).evolve(qt.param(0), qt.pauli(gate["pauli"])))
                    parameter += 1
                case "dftphase":
                    d = 2**self.n
                    k = np.arange(d)
                    dft = np.exp(2j * np.pi * np.outer(k, k) / d) / np.sqrt(d)
                    circuit.unitary(dft @ np.diag(np.exp(0.37j * (gate["l"] + 1) * k**2)))
                case name:
                    getattr(circuit, name)(*gate["qubits"])
        assert circuit.n_params == inputs["n_params"]
        self.model = qt.Model(circuit, observable)
