"""Circuits, angles, observables, ansätze and encodings against the dense reference."""

import copy
import inspect
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qtangent import _native, _signatures
from random_matrices import random_hermitian, random_unitary
from reference import FIXED, GENERATORS, Reference, exponential, pauli, predict

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_fixed_gates_are_their_matrices(name, order):
    k = FIXED[name].shape[0].bit_length() - 1
    circuit, reference = qt.Circuit(3), Reference(3)
    for target in (circuit, reference):
        getattr(target, name)(*order[:k])
    np.testing.assert_allclose(circuit.matrix(), reference.matrix(()), atol=1e-14)
    np.testing.assert_allclose((circuit + circuit.inverse()).matrix(), np.eye(8), atol=1e-14)


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_gates_with_an_angle_are_exponentials(name, order):
    k = GENERATORS[name].shape[0].bit_length() - 1
    circuit, reference = qt.Circuit(3), Reference(3)
    for target in (circuit, reference):
        getattr(target, name)(2 * qt.param(0) + 0.3, *order[:k])
    theta = [0.7]
    np.testing.assert_allclose(circuit.matrix(theta), reference.matrix(theta), atol=1e-14)
    np.testing.assert_allclose(circuit.then(circuit.inverse()).matrix(theta), np.eye(8), atol=1e-14)


def test_u3_is_the_documented_matrix():
    a, b, c = 0.4, 1.1, -0.6
    expected = [
        [np.cos(a / 2), -np.exp(1j * c) * np.sin(a / 2)],
        [np.exp(1j * b) * np.sin(a / 2), np.exp(1j * (b + c)) * np.cos(a / 2)],
    ]
    circuit = qt.Circuit(1).u3(a, b, c, 0)
    np.testing.assert_allclose(circuit.matrix(), expected, atol=1e-15)
    np.testing.assert_allclose((circuit + circuit.inverse()).matrix(), np.eye(2), atol=1e-15)


def test_general_gates():
    unitary, generator = random_unitary(4), random_hermitian(4)
    circuit, reference = qt.Circuit(3), Reference(3)
    for target in (circuit, reference):
        target.rotation(qt.param(0), "XZ", (2, 0)).unitary(unitary, (2, 1)).evolve(0.4, generator, (0, 2))
    circuit.evolve(qt.param(1), qt.pauli("ZZI") + 0.5 * qt.pauli("IXX"))
    reference.evolve(qt.param(1), pauli("ZZI") + 0.5 * pauli("IXX"))
    theta = [0.3, -1.2]
    np.testing.assert_allclose(circuit.matrix(theta), reference.matrix(theta), atol=1e-13)


def test_qubit_zero_is_the_most_significant_bit():
    np.testing.assert_array_equal(qt.pauli("ZI").matrix(), np.diag([1, 1, -1, -1]))
    assert abs(qt.Circuit(2).x(0).matrix()[2, 0]) == 1
    np.testing.assert_array_equal(np.diag(qt.projector("01").matrix()), [0, 1, 0, 0])


def test_angles():
    p, x = qt.param(3), qt.feature(1)
    assert 2 * p + 0.5 == 0.5 + p + p
    assert (1 + p) * x - x == p * x
    assert p / 2 == 0.5 * p
    assert -(p - 1) == 1 - p
    assert qt.feature(0) * x == x * qt.feature(0)
    assert repr(2 * p * x + 0.5) == "2*param(3)*feature(1) + 0.5"
    for wrong in (lambda: p * p, lambda: p * x * x, lambda: x * x * x, lambda: p * "a"):
        with pytest.raises(ValueError, match="not an angle"):
            wrong()
    for wrong in (lambda: qt.param(-1), lambda: qt.feature(1.5)):
        with pytest.raises(ValueError, match="index"):
            wrong()


coefficients = st.floats(-3, 3)


@settings(max_examples=50, deadline=None)
@given(coefficients, coefficients, coefficients, coefficients, coefficients)
def test_angle_forms_reach_the_gates(constant, a, b, c, e):
    angle = constant + a * qt.param(1) + b * qt.feature(0) + c * qt.param(0) * qt.feature(2)
    angle = angle + e * qt.feature(1) * qt.feature(2)
    theta, x = np.array([0.3, -0.8]), np.array([0.5, 1.5, -0.25])
    value = constant + a * theta[1] + b * x[0] + c * theta[0] * x[2] + e * x[1] * x[2]
    # Tiny angles fix the numbers of parameters and features, whatever terms vanish.
    circuit = qt.Circuit(1).rx(1e-300 * qt.param(1), 0).rx(1e-300 * qt.feature(2), 0)
    matrix = circuit.then(qt.Circuit(1).rx(angle, 0)).matrix(theta, x)
    np.testing.assert_allclose(matrix, exponential(GENERATORS["rx"], value), atol=1e-14)


def test_sizes_and_composition():
    a = qt.Circuit(2).ry(qt.param(1), 0).rz(qt.feature(2), 1)
    assert (a.n_qubits, a.n_params, a.n_features, len(a)) == (2, 2, 3, 2)
    b = qt.Circuit(2).rx(qt.param(0) * qt.feature(0), 1)
    assert ((a + b).n_params, (a + b).n_features) == (3, 3)
    assert a.then(b).n_params == 2
    assert len(a) == 2
    theta, x = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5, 0.6])
    product = b.matrix(theta[2:], x[:1]) @ a.matrix(theta[:2], x)
    np.testing.assert_allclose((a + b).matrix(theta, x), product, atol=1e-15)


def test_copies_pickles_and_equality():
    circuit = qt.Circuit(3).ry(2 * qt.param(0) + 0.5, 0).evolve(qt.param(1), qt.pauli("ZZI"))
    circuit.unitary(random_unitary(4), (0, 2)).rotation(qt.feature(0), "XY", (1, 2))
    for other in (
        circuit.copy(),
        copy.copy(circuit),
        copy.deepcopy(circuit),
        pickle.loads(pickle.dumps(circuit)),
    ):
        assert other == circuit
        assert other.h(0) != circuit
    observable = 0.5 * qt.pauli("ZIX") - qt.projector("010") + qt.hermitian(random_hermitian(8))
    assert pickle.loads(pickle.dumps(observable)) == observable
    assert observable != qt.pauli("ZIX")
    with pytest.raises(TypeError):
        hash(circuit)


def test_damaged_pickles_are_errors():
    good = qt.Circuit(2).h(0).ry(qt.param(0), 1).__getstate__()
    for damaged in (good[:-1], good + b"x", b"", b"x" * len(good)):
        with pytest.raises(qt.CorruptedFileError):
            qt.Circuit(1).__setstate__(damaged)


def test_drawings_name_every_gate_and_angle():
    text = str(qt.Circuit(2).h(0).cx(0, 1).ry(2 * qt.param(3) + 0.5, 1))
    assert len(text.splitlines()) == 2
    assert "H" in text
    assert "2*p3+0.5" in text
    assert "2 qubits, 1 instructions" in repr(qt.Circuit(2).h(0))


def test_observables():
    a, b = random_hermitian(4, 1), random_hermitian(4, 2)
    combined = 2 * qt.hermitian(a) - qt.hermitian(b) / 4 + 0.5 * qt.pauli("XY") - qt.projector("10") * 3
    ket = np.diag([0, 0, 1, 0])
    np.testing.assert_allclose(combined.matrix(), 2 * a - b / 4 + 0.5 * pauli("XY") - 3 * ket, atol=1e-15)
    assert combined.n_qubits == 2
    assert (-qt.pauli("Z")).matrix()[0, 0] == -1
    assert "0.5*XY" in repr(combined)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: qt.Circuit(0), "0 qubits"),
        (lambda: qt.Circuit(129), "129"),
        (lambda: qt.Circuit(2.0), "integer"),
        (lambda: qt.Circuit(2).h(2), "qubit 2"),
        (lambda: qt.Circuit(2).h(-1), "qubit -1"),
        (lambda: qt.Circuit(2).cx(1, 1), "twice"),
        (lambda: qt.Circuit(2).h(0.5), "integer"),
        (lambda: qt.Circuit(1).rx(np.nan, 0), "nan"),
        (lambda: qt.Circuit(1).rx("a", 0), "not an angle"),
        (lambda: qt.Circuit(1).rx(qt.param(10**9), 0), "index"),
        (lambda: qt.Circuit(2).rotation(1.0, "XQ", (0, 1)), "Q"),
        (lambda: qt.Circuit(2).rotation(1.0, "X", (0, 1)), "2 qubits"),
        (lambda: qt.Circuit(2).unitary([[1, 1], [0, 1]], 0), "not unitary"),
        (lambda: qt.Circuit(2).unitary(np.eye(4), 0), "2 qubits"),
        (lambda: qt.Circuit(2).unitary(np.eye(3), 0), "power of two"),
        (lambda: qt.Circuit(2).unitary([1, 2], 0), r"shape \(2,\)"),
        (lambda: qt.Circuit(2).unitary([["a"]], 0), "dtype"),
        (lambda: qt.Circuit(2).evolve(1.0, [[0, 1], [0, 0]], 0), "not Hermitian"),
        (lambda: qt.Circuit(2) + qt.Circuit(3), "3 qubits"),
        (lambda: qt.Circuit(1).ry(qt.param(0), 0).matrix([1, 2]), r"\(2,\).*\(1,\)"),
        (lambda: qt.Circuit(1).ry(qt.feature(0), 0).matrix([]), r"\(0,\).*\(1,\)"),
        (lambda: qt.pauli(""), "qubits"),
        (lambda: qt.pauli("ZA"), "A"),
        (lambda: qt.projector("02"), "2"),
        (lambda: qt.hermitian([[0, 1], [2, 0]]), "not Hermitian"),
        (lambda: qt.hermitian(np.full((2, 2), np.nan)), "finite"),
        (lambda: qt.pauli("Z") + qt.pauli("ZZ"), "qubits"),
        (lambda: qt.pauli("Z") * np.inf, "finite"),
        (lambda: qt.ansatz.hardware_efficient(2, 0), "layers"),
        (lambda: qt.ansatz.hardware_efficient(2, 1, rotations=("cx",)), "cx"),
        (lambda: qt.ansatz.hardware_efficient(2, 1, entangler="ry"), "ry"),
        (lambda: qt.ansatz.hardware_efficient(2, 1, topology="star"), "star"),
        (lambda: qt.ansatz.hardware_efficient(2, 1, rotations=("foo",)), "foo"),
        (lambda: qt.ansatz.haar(2, 2, unitaries=np.zeros((2, 4, 4))), r"\(2, 4, 4\).*\(3, 4, 4\)"),
        (lambda: qt.ansatz.strongly_entangling(2, 0), "layers is 0"),
        (lambda: qt.ansatz.strongly_entangling(3, 2, ranges=(1,)), "1 entries, the circuit has 2 layers"),
        (lambda: qt.ansatz.strongly_entangling(3, 1, ranges=(3,)), "ranges has 3; on 3 qubits 1 to 2"),
        (lambda: qt.encoding.iqp(2, repeats=0), "repeats is 0"),
        (lambda: qt.ansatz.haar(2, 2, seed=-1), "seed"),
        (lambda: qt.ansatz.hamiltonian_variational([], 1), "observables|terms"),
        (lambda: qt.encoding.amplitude(np.zeros((2, 4)), 2), "zero"),
        (lambda: qt.encoding.amplitude(np.ones((2, 5)), 2), "5 columns"),
        (lambda: qt.encoding.haar_states(1, 3), "3 states"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert isinstance(caught.value, qt.QTangentError)


def test_hardware_efficient_order():
    circuit = qt.ansatz.hardware_efficient(3, 2)
    assert circuit.n_params == 12
    reference = Reference(3)
    for layer in range(2):
        for q in range(3):
            reference.ry(qt.param((layer * 3 + q) * 2), q).rz(qt.param((layer * 3 + q) * 2 + 1), q)
        reference.cz(0, 1).cz(1, 2)
    theta = RNG.uniform(0, 6, 12)
    np.testing.assert_allclose(circuit.matrix(theta), reference.matrix(theta), atol=1e-13)
    ring = qt.ansatz.hardware_efficient(3, 1, topology="ring")
    assert [one.qubits for one in ring if one.name == "cz"] == [(0, 1), (1, 2), (2, 0)]
    two = qt.ansatz.hardware_efficient(2, 1, rotations="rx", entangler="cx")
    assert len(two) == 3


def test_strongly_entangling_order():
    reference = Reference(3)
    for layer, distance in enumerate((1, 2, 1)):
        for q in range(3):
            a, b, c = (qt.param((layer * 3 + q) * 3 + k) for k in range(3))
            reference.rz(a, q).ry(b, q).rz(c, q)
        for q in range(3):
            reference.cx(q, (q + distance) % 3)
    theta = RNG.uniform(0, 6, 27)
    circuit = qt.ansatz.strongly_entangling(3, 3)
    np.testing.assert_allclose(circuit.matrix(theta), reference.matrix(theta), atol=1e-13)
    assert qt.ansatz.strongly_entangling(3, 3, ranges=(1, 2, 1)) == circuit
    assert len(qt.ansatz.strongly_entangling(1, 2)) == 6


def test_iqp_order():
    reference = Reference(3)
    for _ in range(2):
        for q in range(3):
            reference.h(q).rz(qt.feature(q), q)
        for a, b in ((0, 1), (0, 2), (1, 2)):
            reference.rzz(qt.feature(a) * qt.feature(b), a, b)
    x = RNG.uniform(-2, 2, 3)
    np.testing.assert_allclose(qt.encoding.iqp(3, repeats=2).matrix(x=x), reference.matrix([], x), atol=1e-13)


def test_haar_ansatz_order():
    unitaries = np.array([random_unitary(4, seed) for seed in range(3)])
    circuit = qt.ansatz.haar(2, 2, generator=qt.pauli("XZ"), unitaries=unitaries)
    reference = Reference(2).unitary(unitaries[0], (0, 1))
    for l in range(2):
        reference.evolve(qt.param(l), pauli("XZ")).unitary(unitaries[l + 1], (0, 1))
    np.testing.assert_allclose(circuit.matrix([0.3, 0.9]), reference.matrix([0.3, 0.9]), atol=1e-13)
    assert qt.ansatz.haar(3, 2, seed=5) == qt.ansatz.haar(3, 2, seed=5)
    assert qt.ansatz.haar(3, 2, seed=5) != qt.ansatz.haar(3, 2, seed=6)


def test_hamiltonian_variational_order():
    terms = [qt.pauli("ZZ"), qt.pauli("XI") + qt.pauli("IX")]
    circuit = qt.ansatz.hamiltonian_variational(terms, 2)
    reference = Reference(2)
    for layer in range(2):
        reference.evolve(qt.param(2 * layer), pauli("ZZ"))
        reference.evolve(qt.param(2 * layer + 1), pauli("XI") + pauli("IX"))
    theta = [0.1, 0.2, 0.3, 0.4]
    np.testing.assert_allclose(circuit.matrix(theta), reference.matrix(theta), atol=1e-14)


def test_encodings():
    x = np.array([0.3, -0.5, 1.1])
    np.testing.assert_allclose(
        qt.encoding.angle(3).matrix((), x),
        Reference(3).ry(x[0], 0).ry(x[1], 1).ry(x[2], 2).matrix(()),
        atol=1e-14,
    )
    reference = Reference(3)
    for _ in range(2):
        for q in range(3):
            reference.h(q)
        for q in range(3):
            reference.phase(2 * x[q], q)
        for i in range(3):
            for j in range(i + 1, 3):
                reference.cx(i, j).phase(2 * (np.pi - x[i]) * (np.pi - x[j]), j).cx(i, j)
    np.testing.assert_allclose(qt.encoding.zz(3).matrix((), x), reference.matrix(()), atol=1e-13)
    states = qt.encoding.amplitude([[3, 4, 0], [0, 0, 2]], 2)
    np.testing.assert_allclose(states, [[0.6, 0.8, 0, 0], [0, 0, 1, 0]], atol=1e-16)


def test_haar_states():
    states = qt.encoding.haar_states(3, 8, seed=3)
    np.testing.assert_allclose(states @ states.conj().T, np.eye(8), atol=1e-14)
    loose = qt.encoding.haar_states(2, 4000, orthogonal=False, seed=3)
    np.testing.assert_allclose(np.linalg.norm(loose, axis=1), 1, atol=1e-14)
    # E|<0|psi>|^4 = 2/(d(d+1)) for Haar states; 4000 samples give it to about 3 percent.
    assert abs((abs(loose[:, 0]) ** 4).mean() - 0.1) < 0.01
    assert (qt.encoding.haar_states(3, 8, seed=3) == states).all()


def test_every_gate_of_the_native_table_has_a_method_and_a_constant():
    table = json.loads(_native.read_bytes("qtg_gate_table"))
    for row in table:
        assert getattr(_signatures, f"QTG_GATE_{row['name'].upper()}") == row["id"]
    methods = {row["name"] for row in table}
    assert methods == set(FIXED) | set(GENERATORS) | {"u3"}
    assert all(callable(getattr(qt.Circuit, name)) for name in methods)


def test_help_of_a_gate_is_enough_to_use_it():
    page = (Path(__file__).parents[2] / "docs/gates.md").read_text()
    for row in json.loads(_native.read_bytes("qtg_gate_table")):
        method = getattr(qt.Circuit, row["name"])
        text = inspect.getdoc(method)
        assert text.splitlines()[0] == row["help"]
        assert ("in radians" in text) == (row["angles"] > 0)
        assert "Raises:\n    InvalidArgumentError" in text
        names = [name for name in inspect.signature(method).parameters if name != "self"]
        assert len(names) == row["angles"] + row["qubits"]
        assert names[row["angles"]].startswith("control") == (row["controls"] > 0)
        assert f"| `{row['name']}({', '.join(names)})` | {row['qubits']} |" in page
        assert row["help"] in page


def test_the_inverse_is_made_of_gates_that_can_be_written():
    circuit = qt.Circuit(2).sx(0).iswap(0, 1).s(1)
    assert circuit.inverse() == qt.Circuit(2).sdg(1).iswapdg(0, 1).sxdg(0)


def test_the_reference_has_the_right_derivative():
    """The oracle's own Jacobian against central differences."""
    reference = Reference(2).ry(qt.param(0) * qt.feature(0), 0).cx(0, 1).rxx(2 * qt.param(1), 0, 1)
    theta, X = np.array([0.3, 0.7]), np.array([[1.3]])
    _, jacobian = predict(reference, [pauli("ZX")], theta, X)
    for l in range(2):
        step = np.eye(2)[l] * 1e-5
        up, down = (predict(reference, [pauli("ZX")], theta + sign * step, X)[0] for sign in (1, -1))
        np.testing.assert_allclose(jacobian[:, :, l], (up - down) / 2e-5, atol=1e-9)
