"""Circuits written in OpenQASM: read back as the same unitary, under names that no gate has."""

import time

import numpy as np
import pytest
import qtangent as qt
from qasm_programs import error_up_to_phase
from qtangent.qasm.gates import KNOWN
from qtangent.qasm.identifiers import identifiers
from reference import FIXED, GENERATORS

GATES = {
    **{name: (len(matrix).bit_length() - 1, 0) for name, matrix in FIXED.items()},
    **{name: (len(matrix).bit_length() - 1, 1) for name, matrix in GENERATORS.items()},
    "u3": (1, 3),
}
p, x = qt.param, qt.feature


def assert_round_trips(circuit, rng, **options):
    """At random parameters and features; the names say which is which."""
    again = qt.Circuit.from_qasm(circuit.to_qasm(**options))
    theta = dict(zip(circuit.parameter_names, rng.normal(size=circuit.n_params), strict=True))
    features = dict(zip(circuit.feature_names, rng.normal(size=circuit.n_features), strict=True))
    a = circuit.matrix(list(theta.values()), list(features.values()))
    b = again.matrix([theta[n] for n in again.parameter_names], [features[n] for n in again.feature_names])
    assert error_up_to_phase(a, b) < 1e-12
    return again


def test_the_table_is_complete():
    import json

    from qtangent import _native

    assert {row["name"] for row in json.loads(_native.read_bytes("qtg_gate_table"))} == set(GATES)


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("name", GATES)
def test_every_gate_is_read_back_as_itself_from_version_3(name, include):
    rng = np.random.default_rng(len(name))
    n_qubits, n_angles = GATES[name]
    angles = [0.7 * p(1) - 0.3 * x(0) * p(0) + 1.2, p(1) - 1e-7, x(0) * x(1) * 2.5 - x(0) + 0.1][:n_angles]
    for _ in range(3):
        circuit = getattr(qt.Circuit(3), name)(*angles, *rng.permutation(3)[:n_qubits].tolist())
        again = assert_round_trips(circuit, rng, include=include)
        if n_angles != 1 or n_qubits:
            assert [one.name for one in again] == [name]
    if n_angles == 3:
        assert again == circuit


@pytest.mark.parametrize("name", GATES)
def test_every_gate_is_read_back_as_itself_from_version_2(name):
    rng = np.random.default_rng(len(name))
    n_qubits, n_angles = GATES[name]
    circuit = getattr(qt.Circuit(3), name)(
        *(p(k) + 0.1 for k in range(n_angles)), *rng.permutation(3)[:n_qubits].tolist()
    )
    theta = rng.normal(size=n_angles)
    text = circuit.to_qasm(version=2, theta=theta)
    assert text.startswith('OPENQASM 2.0;\ninclude "qelib1.inc";\n')
    again = qt.Circuit.from_qasm(text)
    assert [one.name for one in again] == [name]
    assert error_up_to_phase(circuit.matrix(theta), again.matrix()) < 1e-12


def test_pauli_rotations_and_commuting_evolutions_are_written_out():
    rng = np.random.default_rng(0)
    for letters in ("X", "IYI", "ZZ", "XZ", "YY", "XYZI", "YXYX", "ZIIZ", "II"):
        circuit = (
            qt.Circuit(4).h(0).rotation(2 * p(0) + 0.3, letters, rng.permutation(4)[: len(letters)].tolist())
        )
        assert_round_trips(circuit, rng)
    evolutions = [
        (qt.pauli("XX") + 0.5 * qt.pauli("ZZ") - 2 * qt.pauli("YY"), (3, 1)),
        (qt.projector("010") - 0.3 * qt.pauli("ZIZ"), (0, 2, 1)),
        (0.7 * qt.projector("1"), (2,)),
        (qt.pauli("XYZ") + qt.pauli("III"), (1, 2, 3)),
    ]
    for generator, qubits in evolutions:
        circuit = qt.Circuit(4).h(0).h(3).evolve(p(0) * x(0) - 0.4, generator, qubits)
        assert_round_trips(circuit, rng)


def test_unitaries_on_one_qubit_are_euler_angles():
    rng = np.random.default_rng(1)
    haar = [np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0] for _ in range(5)]
    tiny = [[np.cos(1e-9), -np.sin(1e-9)], [np.sin(1e-9), np.cos(1e-9)]]
    special = [[[0, 1j], [1, 0]], np.diag([1, -1j]), [[0, 1], [-1, 0]], np.eye(2), tiny, np.array(tiny)[::-1]]
    for matrix in haar + special:
        circuit = qt.Circuit(2).h(0).unitary(matrix, 1)
        assert "\nU(" in circuit.to_qasm()
        assert "U(" not in circuit.to_qasm(include=False)
        assert_round_trips(circuit, rng)
        assert_round_trips(circuit, rng, include=False)
        assert_round_trips(circuit, rng, version=2)


def test_whole_circuits_round_trip():
    rng = np.random.default_rng(2)
    for circuit in (
        qt.encoding.zz(3) + qt.ansatz.hardware_efficient(3, 2),
        qt.encoding.angle(2) + qt.ansatz.hamiltonian_variational([qt.pauli("ZZ"), qt.pauli("XI")], 2),
    ):
        assert_round_trips(circuit, rng)
        assert assert_round_trips(circuit, rng, include=False).n_params == circuit.n_params
    again = assert_round_trips(qt.ansatz.hardware_efficient(3, 12), rng)
    assert again == qt.ansatz.hardware_efficient(3, 12)


def test_what_a_program_with_controls_becomes_can_be_written():
    rng = np.random.default_rng(3)
    text = 'include "stdgates.inc"; input float w; qubit[4] q; ctrl(3) @ x q[0], q[1], q[2], q[3]; ' \
           "negctrl(2) @ rx(w) q[0], q[1], q[2]; ctrl(2) @ U(w, 0.1, 0.2) q[3], q[1], q[0];"  # fmt: skip
    assert_round_trips(qt.Circuit.from_qasm(text), rng)


def test_theta_takes_the_place_of_parameters():
    circuit = qt.Circuit(1).rx(2 * p(0) + 0.5, 0).ry(p(1) * x(0) - p(0), 0)
    again = qt.Circuit.from_qasm(circuit.to_qasm(theta=[0.25, 3]))
    assert again.n_params == 0
    assert list(again) == [qt.Instruction("rx", 0, 1.0), qt.Instruction("ry", 0, 3 * x(0) - 0.25)]


def test_numbers_keep_their_digits():
    for value in (1e-300, 1 / 3, -1e22, 0.1 + 0.2, 5e-324):
        circuit = qt.Circuit(1).rx(value, 0).ry(value * p(0) + value, 0)
        assert qt.Circuit.from_qasm(circuit.to_qasm()) == circuit


# Names.


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("alpha", "alpha"), ("β", "β"), ("θ[10]", "_θ_10_"), ("w[2][3]", "_w_2_3_"), ("x", "_x_"), ("rzz", "_rzz_"),
        ("gate", "_gate_"), ("pi", "_pi_"), ("U", "_U_"), ("a b", "a_b"), ("2nd", "_2nd"), ("w-1", "w_1"), ("q", "q"),
        ("sin", "_sin_"), ("theta_0", "theta_0"), ("sx", "_sx_"),
    ],
)  # fmt: skip
def test_names_become_inputs(name, written):
    circuit = qt.Circuit(2).rx(p(0), 0).sxdg(1)
    circuit.parameter_names = (name,)
    text = circuit.to_qasm()
    assert f"input float[64] {written};\n" in text
    again = qt.Circuit.from_qasm(text, features=())
    assert again.parameter_names == (written,)
    assert again == circuit
    assert qt.Circuit.from_qasm(circuit.to_qasm(include=False), features=()) == circuit


def test_no_two_names_become_one():
    circuit = qt.Circuit(1).rx(p(0) + p(1) + p(2), 0).ry(x(0) + x(1), 0)
    circuit.parameter_names, circuit.feature_names = ("x", "a b", "a_b"), ("_x_", "x_0")
    again = qt.Circuit.from_qasm(circuit.to_qasm(), features=("x",))
    assert len({*again.parameter_names, *again.feature_names}) == 5
    taken = {*again.parameter_names, *again.feature_names} & set(KNOWN)
    assert not taken


def test_names_and_order_survive():
    circuit = qt.Circuit(1).rx(p(1), 0).ry(p(0) * x(0), 0)
    circuit.parameter_names, circuit.feature_names = ("zeta", "alpha"), ("sepal length (cm)",)
    again = qt.Circuit.from_qasm(circuit.to_qasm(), features=("sepal_length__cm",))
    assert again == circuit
    assert again.parameter_names == ("zeta", "alpha")
    assert again.feature_names == ("sepal_length__cm_",)


# Refusals.


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: qt.Circuit(2).unitary(np.eye(4)).to_qasm(), r"unitary on qubits \(0, 1\) is a dense matrix"),
        (
            lambda: qt.Circuit(2).evolve(p(0), qt.pauli("XI") + qt.pauli("ZI")).to_qasm(),
            "terms that do not commute",
        ),
        (
            lambda: qt.Circuit(1).evolve(p(0), [[0, 1], [1, 0]]).to_qasm(),
            r"evolve on qubits \(0,\) has a dense matrix",
        ),
        (
            lambda: qt.Circuit(1).rx(p(0), 0).to_qasm(version=2),
            "OpenQASM 2 has no inputs, and the circuit has p0",
        ),
        (
            lambda: qt.Circuit(1).rx(x(0), 0).to_qasm(version=2),
            "OpenQASM 2 has no inputs, and the circuit has x0",
        ),
        (lambda: qt.Circuit(1).to_qasm(version=2, include=False), "include=False is for version 3"),
        (lambda: qt.Circuit(1).to_qasm(version=1), "version is 1; 2 and 3 are possible"),
        (lambda: qt.Circuit(1).rx(p(0), 0).to_qasm(theta=[1, 2]), "theta has shape"),
        (lambda: qt.Circuit(1).rx(p(0), 0).to_qasm(theta=[np.nan]), r"theta\[0\] is nan"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(make, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        make()


def test_writing_needs_no_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openqasm3", None)
    assert "cx q[0], q[1];" in qt.Circuit(2).cx(0, 1).to_qasm()


def test_names_take_time_in_proportion():
    """A lookup in all names before takes 14 s for so many."""
    began = time.process_time()
    names = identifiers(f"theta[{k}]" for k in range(50_000))
    assert time.process_time() - began < 3
    assert len(set(names)) == 50_000
