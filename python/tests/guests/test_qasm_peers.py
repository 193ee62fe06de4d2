"""Programs in OpenQASM as Qiskit and PennyLane read them: random ones, and those that circuits write."""

import warnings

import numpy as np
import pennylane as qml
import pytest
import qtangent as qt
from qasm_programs import random_program
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.quantum_info import Operator
from qtangent.qasm.gates import INCLUDES

p, x = qt.param, qt.feature


def expect_equal_up_to_phase(found, expected):
    overlap = np.vdot(expected, found)
    np.testing.assert_allclose(found, expected * (overlap / abs(overlap)), atol=1e-10)


def qiskit_matrix(circuit, values):
    """The matrix of a Qiskit circuit without its measurements, qubit 0 on the most significant index."""
    circuit = circuit.remove_final_measurements(inplace=False)
    bound = circuit.assign_parameters({one: values[one.name] for one in circuit.parameters})
    return Operator(bound.reverse_bits()).data


def loaded(text):
    """The circuit that Qiskit reads, or None."""
    try:
        if text.startswith("OPENQASM 2"):
            return QuantumCircuit.from_qasm_str(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return qasm3.loads(text)
    except Exception:
        # Each reader fails in its own way on what it does not know.
        return None


@pytest.mark.slow
def test_qiskit_reads_at_least_half_of_the_random_programs_as_the_same():
    count, n_read = 500, 0
    for seed in range(count):
        program = random_program(seed)
        circuit = loaded(program.text)
        if circuit is None:
            continue
        n_read += 1
        expected = qiskit_matrix(circuit, program.inputs)
        expect_equal_up_to_phase(program.matrix, expected)
        ours = qt.Circuit.from_qasm(program.text)
        theta = [program.inputs[name] for name in ours.parameter_names]
        features = [program.inputs[name] for name in ours.feature_names]
        expect_equal_up_to_phase(ours.matrix(theta, features), expected)
    assert n_read >= count / 2


@pytest.mark.slow
@pytest.mark.parametrize("include", ["qelib1.inc", "stdgates.inc"])
def test_qiskit_means_the_same_by_every_gate_of_the_includes(include):
    """Each after gates that make phases of basis states show."""
    rng = np.random.default_rng(6)
    for gate in INCLUDES[include].values():
        numbers = rng.normal(size=gate.n_angles).tolist()
        if gate.name == "u0":
            numbers = [2]  # How long it waits, which is an integer for Qiskit.
        angles = f"({', '.join(map(repr, numbers))})" if numbers else ""
        where = rng.permutation(5)[: gate.n_qubits].tolist()
        version, register = ("2.0", "qreg q[5];") if include == "qelib1.inc" else ("3.0", "qubit[5] q;")
        call = f"{gate.name}{angles} {', '.join(f'q[{k}]' for k in where)};"
        text = f'OPENQASM {version};\ninclude "{include}";\n{register}\nh q;\n{call}\nh q;\n'
        circuit = loaded(text)
        assert circuit is not None, text
        expect_equal_up_to_phase(qt.Circuit.from_qasm(text).matrix(), qiskit_matrix(circuit, {}))


def circuits():
    """Every gate of the table, rotations, evolutions and whole ansätze."""
    angles = 0.7 * p(0) - 0.3 * x(0) * p(1) + 1.2, p(1), x(1) * x(0) - x(0) + 0.1
    for name in ["h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "sxdg"]:
        yield getattr(qt.Circuit(2).h(0), name)(1)
    for name in ["cx", "cy", "cz", "swap", "iswap", "iswapdg"]:
        yield getattr(qt.Circuit(3).h(0), name)(2, 0)
    yield qt.Circuit(3).ccx(2, 0, 1)
    for name in ("rx", "ry", "rz", "phase"):
        yield getattr(qt.Circuit(2), name)(angles[0], 1)
    for name in ["crx", "cry", "crz", "cp", "rxx", "ryy", "rzz"]:
        yield getattr(qt.Circuit(3), name)(angles[0], 2, 0)
    yield qt.Circuit(2).u3(*angles, 1)
    rng = np.random.default_rng(4)
    unitary = np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0]
    yield (
        qt.Circuit(4)
        .rotation(p(0) + 0.1, "XYZ", (3, 0, 2))
        .evolve(p(1) * x(0), qt.pauli("XX") + 0.5 * qt.pauli("ZZ"), (3, 1))
        .evolve(p(2), qt.projector("010") - qt.pauli("ZIZ"), (0, 2, 1))
        .unitary(unitary, 2)
    )
    yield qt.encoding.zz(3) + qt.ansatz.hardware_efficient(3, 4)


CIRCUITS = list(circuits())


def named(circuit):
    """Values for the parameters and features, by names of which some are gates of OpenQASM."""
    rng = np.random.default_rng(len(circuit))
    circuit.parameter_names = [("x", "theta[10]")[k] if k < 2 else f"w_{k}" for k in range(circuit.n_params)]
    circuit.feature_names = [("cx", "f")[k] if k < 2 else f"x_{k}" for k in range(circuit.n_features)]
    theta, features = rng.normal(size=circuit.n_params), rng.normal(size=circuit.n_features)
    names = [*circuit.parameter_names, *circuit.feature_names]
    written = {"x": "_x_", "theta[10]": "_theta_10_", "cx": "_cx_"}
    values = dict(zip([written.get(name, name) for name in names], [*theta, *features], strict=True))
    return theta, features, values


@pytest.mark.slow
@pytest.mark.parametrize("circuit", CIRCUITS, ids=repr)
def test_qiskit_reads_what_is_written(circuit):
    """Version 3 with free parameters, version 2 with numbers; by its strict reader and its tolerant one."""
    theta, features, values = named(circuit)
    expected = circuit.matrix(theta, features)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        symbolic = qasm3.loads(circuit.to_qasm())
    assert {one.name for one in symbolic.parameters} == set(values)
    expect_equal_up_to_phase(qiskit_matrix(symbolic, values), expected)
    if circuit.n_features == 0:
        text = circuit.to_qasm(version=2, theta=theta)
        expect_equal_up_to_phase(qiskit_matrix(qasm2.loads(text), {}), expected)
        expect_equal_up_to_phase(qiskit_matrix(QuantumCircuit.from_qasm_str(text), {}), expected)


@pytest.mark.slow
@pytest.mark.parametrize("circuit", CIRCUITS, ids=repr)
def test_pennylane_reads_what_is_written_without_an_include(circuit):
    theta, features, values = named(circuit)
    function = qml.from_qasm3(circuit.to_qasm(include=False))
    matrix = qml.matrix(function, wire_order=[f"q{k}" for k in range(circuit.n_qubits)])(**values)
    expect_equal_up_to_phase(matrix, circuit.matrix(theta, features))
