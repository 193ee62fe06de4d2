"""Writes tests/programs: OpenQASM files by Qiskit and PennyLane, and what the two predict of the circuits they wrote.

    PYTHONPATH=src ../.venv-guests/bin/python tests/guests/write_programs.py

The files are read again by tests/test_programs.py, which needs neither package.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pennylane as qml
from qiskit import QuantumCircuit, qasm2, qasm3, transpile
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit import library as lib
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import SparsePauliOp, Statevector

FOLDER = Path(__file__).parents[1] / "programs"
SAMPLES = 3
COST = SparsePauliOp.from_sparse_list([("ZZ", [0, 1], 1.0), ("ZZ", [1, 3], 0.5), ("ZZ", [2, 3], -0.7)], 4)


def shared() -> QuantumCircuit:
    """Twelve elements in another order than their numbers, one parameter in several angles, products with features."""
    weights, x, scale = ParameterVector("w", 12), ParameterVector("x", 2), Parameter("scale")
    qc = QuantumCircuit(3)
    for k in reversed(range(12)):
        qc.ry(weights[k] - 0.5 * weights[11 - k] + 0.1 * k, k % 3)
        qc.rz(scale * x[k % 2], (k + 1) % 3)
        qc.cx(k % 3, (k + 1) % 3)
    return qc


def gates() -> QuantumCircuit:
    """What stdgates.inc does not have, which Qiskit writes as definitions."""
    angle = ParameterVector("a", 4)
    qc = QuantumCircuit(4, 4)
    qc.h(range(4))
    qc.append(lib.RYGate(angle[0]).control(2, annotated=False), [0, 2, 3])
    qc.rzz(angle[1], 0, 1)
    qc.rxx(angle[2], 1, 2)
    qc.ryy(angle[3], 2, 3)
    qc.iswap(0, 3)
    qc.ecr(1, 2)
    qc.ccz(0, 1, 2)
    qc.csx(3, 0)
    qc.sxdg(1)
    qc.r(angle[0], 0.3, 2)
    qc.u(angle[1], angle[2] + 1, -angle[3], 3)
    qc.cu(0.1, 0.2, 0.3, 0.4, 1, 3)
    qc.rzx(angle[3], 3, 1)
    qc.barrier()
    qc.measure(range(4), range(4))
    return qc


def user_gate() -> QuantumCircuit:
    """A gate of the user inside another, and a phase inside a controlled one."""
    a, b = Parameter("alpha"), Parameter("β")
    inner = QuantumCircuit(1, name="inner", global_phase=0.4)
    inner.rx(a, 0)
    inner.p(2 * a + b, 0)
    outer = QuantumCircuit(2, name="outer")
    outer.append(inner.to_gate(), [1])
    outer.cx(1, 0)
    outer.append(inner.to_gate(), [0])
    fixed = QuantumCircuit(1, name="fixed", global_phase=0.7)
    fixed.sx(0)
    qc = QuantumCircuit(3)
    qc.h([0, 1, 2])
    qc.append(outer.to_gate(), [2, 0])
    qc.append(fixed.to_gate().control(1, annotated=False), [0, 1])
    return qc


# By name: the circuit, and the name of its features.
SYMBOLIC: dict[str, tuple[Callable[[], QuantumCircuit], str]] = {
    "real_amplitudes": (lambda: lib.real_amplitudes(3, reps=2), ""),
    "real_amplitudes_16": (lambda: lib.real_amplitudes(4, "linear", reps=3), ""),
    "efficient_su2": (lambda: lib.efficient_su2(3, reps=1), ""),
    "efficient_su2_circular": (lambda: lib.efficient_su2(4, ["rx", "ry"], "circular", reps=2), ""),
    "zz_map": (lambda: lib.zz_feature_map(3, reps=2), "x"),
    "zz_map_real_amplitudes": (lambda: lib.zz_feature_map(3).compose(lib.real_amplitudes(3)), "x"),
    "zz_map_efficient_su2": (
        lambda: lib.zz_feature_map(4, 1, "linear").compose(lib.efficient_su2(4, reps=1)), "x",
    ),
    "z_map_real_amplitudes": (lambda: lib.z_feature_map(2).compose(lib.real_amplitudes(2, reps=5)), "x"),
    "pauli_map": (lambda: lib.pauli_feature_map(3, 1, paulis=["Z", "YY", "ZX"]).decompose(reps=2), "x"),
    "n_local_crx": (lambda: lib.n_local(4, "ry", "crx", "circular", reps=1), ""),
    "n_local_cz": (lambda: lib.n_local(3, ["ry", "rz"], "cz", "full", reps=2), ""),
    "n_local_rxx": (lambda: lib.n_local(3, "rz", "rxx", "linear", reps=2), ""),
    "excitation_preserving": (lambda: lib.excitation_preserving(3, "iswap", reps=1), ""),
    "qaoa": (lambda: lib.qaoa_ansatz(COST, reps=1), ""),
    "qaoa_two": (lambda: lib.qaoa_ansatz(COST, reps=2).decompose(reps=3), ""),
    "hamiltonian": (lambda: lib.hamiltonian_variational_ansatz([COST, SparsePauliOp(["IIIX", "XIII"])], reps=2), ""),
    "shared": (shared, "x"),
    "gates": (gates, ""),
    "user_gate": (user_gate, ""),
    "transpiled": (
        lambda: transpile(
            lib.zz_feature_map(3).compose(lib.real_amplitudes(3)), basis_gates=["rz", "sx", "x", "cx"], seed_transpiler=1
        ),
        "x",
    ),
    "iqp": (lambda: lib.iqp(np.array([[0, 1, 2], [1, 3, 5], [2, 5, 7]])), ""),
    "fourier": (lambda: lib.QFTGate(4).definition, ""),
}  # fmt: skip

BOUND: dict[str, Callable[[], QuantumCircuit]] = {
    "bound_real_amplitudes": lambda: lib.real_amplitudes(4),
    "bound_zz_map": lambda: lib.zz_feature_map(3).compose(lib.efficient_su2(3)),
    "bound_random": lambda: random_circuit(4, 6, max_operands=3, seed=7),
    "bound_random_wide": lambda: random_circuit(6, 4, max_operands=4, seed=8),
}


def block(weights: Any, wires: Any) -> None:
    qml.RY(weights[0], wires[0])
    qml.RY(weights[1], wires[1])
    qml.CNOT(wires)


# By name: how many wires, how many angles, the operations.
PENNYLANE: dict[str, tuple[int, int, Callable[[Any], Any]]] = {
    "strongly_entangling": (3, 18, lambda w: qml.StronglyEntanglingLayers(w.reshape(2, 3, 3), range(3))),
    "basic_entangler": (4, 8, lambda w: qml.BasicEntanglerLayers(w.reshape(2, 4), range(4))),
    "two_design": (3, 7, lambda w: qml.SimplifiedTwoDesign(w[:3], w[3:].reshape(1, 2, 2), range(3))),
    "iqp_embedding": (3, 3, lambda w: qml.IQPEmbedding(w, range(3), n_repeats=2)),
    "qaoa_embedding": (3, 9, lambda w: qml.QAOAEmbedding(w[:3], w[3:].reshape(1, 6), range(3))),
    "time_evolution": (
        3, 1, lambda w: (qml.RX(0.3, 1), qml.ApproxTimeEvolution(qml.Z(0) @ qml.X(1) + 0.5 * qml.Y(2), w[0], 2)),
    ),
    "controlled": (
        3, 3, lambda w: (qml.Hadamard(0), qml.CRot(*w, wires=[0, 1]), qml.ctrl(qml.S(2), [0, 1]), qml.CSWAP([0, 1, 2])),
    ),
    "tree": (4, 6, lambda w: qml.TTN(range(4), 2, block, 2, w.reshape(3, 2))),
}  # fmt: skip


def observable(n_qubits: int) -> dict[str, float]:
    """Letter k for qubit k."""
    letters = "XYZ" * n_qubits
    return {"Z" + "I" * (n_qubits - 1): 1.0, letters[:n_qubits]: 0.5, "I" * (n_qubits - 1) + "Y": -0.25}


def qiskit_predictions(qc: QuantumCircuit, values: list[dict[Any, float]]) -> list[float]:
    terms = observable(qc.num_qubits)
    operator = SparsePauliOp([letters[::-1] for letters in terms], list(terms.values()))
    plain = qc.remove_final_measurements(inplace=False)
    return [
        float(Statevector(plain.assign_parameters(one)).expectation_value(operator).real) for one in values
    ]


def pennylane_circuit(operations: Callable[[Any], Any], operator: Any) -> Callable[[Any], Any]:
    def circuit(weights: Any) -> Any:
        operations(weights)
        return qml.expval(operator)

    return circuit


def source(value: Callable[..., Any]) -> str:
    lines = inspect.getsource(value).strip().rstrip(",").splitlines()
    return " ".join(line.strip() for line in lines) if value.__name__ == "<lambda>" else f"{value.__name__}()"


def write(name: str, writer: str, how: str, text: str, **rest: Any) -> dict[str, Any]:
    header = f"// Written by {writer} for write_programs.py: {name}\n"
    (FOLDER / f"{name}.qasm").write_text(header + text.rstrip() + "\n", encoding="utf-8")
    return {"writer": writer, "circuit": how, **rest}


def main() -> None:
    random = np.random.default_rng(20)
    qiskit, pennylane = f"Qiskit {version('qiskit')}", f"PennyLane {version('pennylane')}"
    for old in FOLDER.glob("*"):
        old.unlink()
    record = {}
    for name, (build, features) in SYMBOLIC.items():
        qc = build()
        drawn = {p: random.uniform(-3, 3) for p in qc.parameters}
        data = [p for p in qc.parameters if features and p.name.startswith(f"{features}[")]
        values = [drawn | {p: random.uniform(-3, 3) for p in data} for _ in range(SAMPLES if data else 1)]
        record[name] = write(
            name, qiskit, source(build), qasm3.dumps(qc), observable=observable(qc.num_qubits),
            values=[{p.name: value for p, value in one.items()} for one in values],
            predictions=qiskit_predictions(qc, values),
        )  # fmt: skip
    for name, build in BOUND.items():
        qc = build()
        values = {p: random.uniform(-3, 3) for p in qc.parameters}
        record[name] = write(
            name, qiskit, source(build), qasm2.dumps(qc.assign_parameters(values)), values=[{}],
            observable=observable(qc.num_qubits), predictions=qiskit_predictions(qc, [values]),
        )  # fmt: skip
    for name, (n_qubits, count, circuit) in PENNYLANE.items():
        weights, terms = random.uniform(-3, 3, count), observable(n_qubits)
        words = [qml.pauli.string_to_pauli_word(letters) for letters in terms]
        operator = qml.dot(list(terms.values()), words)
        qnode = qml.QNode(pennylane_circuit(circuit, operator), qml.device("default.qubit", wires=n_qubits))
        # Without wires they are numbered as they appear.
        written = qml.to_openqasm(qnode, wires=range(n_qubits), rotations=False, measure_all=False)
        record[name] = write(
            name, pennylane, source(circuit), written(weights),
            values=[{}], observable=terms, predictions=[float(qnode(weights))],
        )  # fmt: skip
    (FOLDER / "predictions.json").write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
