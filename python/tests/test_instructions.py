"""Circuits and observables read back: as values in Python, and through the C functions with hostile arguments."""

import copy
import ctypes
import pickle
from collections import Counter

import numpy as np
import pytest
import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qtangent import _native
from qtangent import _signatures as c
from reference import FIXED, GENERATORS, Reference

GATES = {
    **{name: (matrix.shape[0].bit_length() - 1, 0) for name, matrix in FIXED.items()},
    **{name: (matrix.shape[0].bit_length() - 1, 1) for name, matrix in GENERATORS.items()},
    "u3": (1, 3),
}
N = 4


def rebuilt(circuit):
    return qt.Circuit.from_instructions(circuit.n_qubits, list(circuit))


def random_angle(rng):
    """Every form of an angle, with zero factors and terms that occur twice."""
    p, f, g = rng.integers(0, 6, 3).tolist()
    factor = rng.choice([0.0, -0.0, 1.0, -1.0, 1e-300, rng.normal()])
    forms = (
        float(rng.normal()),
        qt.param(p),
        factor * qt.feature(f) - 0.25,
        factor * qt.param(p) * qt.feature(f) + qt.param(p),
        qt.feature(f) * qt.feature(g) + 0.1 * qt.feature(f) + factor * qt.param(g),
        qt.param(p) + qt.param(g) - qt.param(p),
        -0.0,
    )
    return forms[rng.integers(len(forms))]


def hermitian(rng, d):
    a = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    return a + a.conj().T


def random_observable(rng, n):
    def string(letters):
        return "".join(rng.choice(list(letters), n))

    parts = [rng.normal() * qt.pauli(string("IXYZ")) for _ in range(rng.integers(1, 4))]
    parts += [rng.normal() * qt.projector(string("01")) for _ in range(rng.integers(0, 3))]
    if rng.random() < 0.5:
        parts.append(-rng.random() * qt.hermitian(hermitian(rng, 2**n).real))
    return sum(parts)


def random_circuit(rng, length=30):
    circuit = qt.Circuit(N)
    for _ in range(length):
        kind = rng.integers(len(GATES) + 4)
        size = int(rng.integers(1, 4))
        where = rng.permutation(N)[:size].tolist()
        if kind < len(GATES):
            name = list(GATES)[kind]
            n_qubits, n_angles = GATES[name]
            angles = [random_angle(rng) for _ in range(n_angles)]
            getattr(circuit, name)(*angles, *rng.permutation(N)[:n_qubits].tolist())
        elif kind == len(GATES):
            circuit.rotation(random_angle(rng), "".join(rng.choice(list("IXYZ"), size)), where)
        elif kind == len(GATES) + 1:
            circuit.unitary(np.linalg.qr(hermitian(rng, 2**size))[0], where)
        else:
            circuit.evolve(random_angle(rng), random_observable(rng, size), where)
    return circuit


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_circuits_round_trip_byte_for_byte(seed):
    circuit = random_circuit(np.random.default_rng(seed))
    for whole in (circuit, circuit.inverse(), circuit + circuit, circuit[5:20], circuit[::-1]):
        again = rebuilt(whole)
        assert again == whole
        assert again.__getstate__() == whole.__getstate__()
        assert (again.n_params, again.n_features) == (whole.n_params, whole.n_features)
        assert pickle.loads(pickle.dumps(again)) == whole
        assert str(again) == str(whole)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_instructions_are_values(seed):
    circuit = random_circuit(np.random.default_rng(seed))
    for k, instruction in enumerate(circuit):
        assert instruction == circuit[k] == circuit[k - len(circuit)]
        by_hand = qt.Instruction(
            instruction.name,
            instruction.qubits,
            instruction.angles,
            instruction.pauli,
            instruction.generator,
            instruction.matrix,
        )
        for other in (by_hand, pickle.loads(pickle.dumps(instruction)), copy.deepcopy(instruction)):
            assert other == instruction
            assert hash(other) == hash(instruction)
        with pytest.raises(AttributeError):
            instruction.name = "x"
        if instruction.matrix is not None:
            with pytest.raises(ValueError, match="read-only"):
                instruction.matrix[0, 0] = 2
    assert sum(Counter(circuit).values()) == len(circuit)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_a_reader_learns_everything(seed):
    """The dense reference, built from instructions alone, is the same unitary."""
    rng = np.random.default_rng(seed)
    circuit = random_circuit(rng)
    reference = Reference(N)
    for step in circuit:
        if step.name == "rotation":
            reference.rotation(step.angles[0], step.pauli, step.qubits)
        elif step.name == "evolve":
            reference.evolve(step.angles[0], step.generator.matrix(), step.qubits)
        elif step.name == "unitary":
            reference.unitary(step.matrix, step.qubits)
        else:
            getattr(reference, step.name)(*step.angles, *step.qubits)
    theta, x = rng.normal(size=circuit.n_params), rng.normal(size=circuit.n_features)
    np.testing.assert_allclose(circuit.matrix(theta, x), reference.matrix(theta, x), atol=1e-11)


def test_what_an_instruction_holds():
    generator = qt.pauli("ZX") + 0.5 * qt.projector("01")
    circuit = qt.Circuit(3).cry(2 * qt.param(1) + 0.5, 2, 0).evolve(qt.feature(0), generator, (1, 2))
    circuit.rotation(0.25, "XY", (2, 0)).unitary([[0, 1j], [1, 0]], 1)
    gate, evolution, rotation, unitary = circuit
    assert (gate.name, gate.qubits, gate.angles) == ("cry", (2, 0), (2 * qt.param(1) + 0.5,))
    assert gate.angles[0].constant == 0.5
    assert gate.angles[0].terms == {((1,), ()): 2.0}
    assert gate.pauli is gate.generator is gate.matrix is None
    assert (evolution.name, evolution.qubits) == ("evolve", (1, 2))
    assert evolution.generator == generator
    assert evolution.generator.dense is None
    assert (rotation.name, rotation.pauli, rotation.angles) == ("rotation", "XY", (0.25,))
    assert (unitary.name, unitary.angles) == ("unitary", ())
    np.testing.assert_array_equal(unitary.matrix, [[0, 1j], [1, 0]])
    assert repr(gate) == "Instruction('cry', (2, 0), angles=(2*param(1) + 0.5,))"
    assert "pauli='XY'" in repr(rotation)
    assert "2 x 2" in repr(unitary)
    assert "0.5*|01><01|" in repr(evolution)
    assert circuit[1:3] == qt.Circuit(3).evolve(qt.feature(0), generator, (1, 2)).rotation(0.25, "XY", (2, 0))
    assert circuit[np.int64(-1)] == unitary
    assert gate != evolution
    assert gate != "cry"


def test_iteration_sees_the_circuit_as_it_was():
    circuit = qt.Circuit(1).h(0).x(0)
    for instruction in circuit:
        circuit.z(0)
        assert instruction.name in "hx"
    assert len(circuit) == 4


@pytest.mark.parametrize("index", [2, -3, 10**12])
def test_an_index_beyond_the_end_is_an_index_error(index):
    with pytest.raises(IndexError, match="of a circuit that has 2"):
        qt.Circuit(1).h(0).x(0)[index]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: qt.Instruction("foo", 0), "'foo' is not a gate"),
        (lambda: qt.Instruction(None, 0), "a str is expected"),
        (lambda: qt.Instruction("rx", 0), "takes 1 angles, 0"),
        (lambda: qt.Instruction("h", 0, 0.5), "takes 0 angles, 1"),
        (lambda: qt.Instruction("rx", (0, 1), 0.5), "acts on 1 qubits, 2"),
        (lambda: qt.Instruction("cx", (1, 1)), "twice"),
        (lambda: qt.Instruction("h", -1), "qubit -1"),
        (lambda: qt.Instruction("h", 128), "qubit 128"),
        (lambda: qt.Instruction("h", 10**15), "qubit"),
        (lambda: qt.Instruction("h", 0.5), "integer"),
        (lambda: qt.Instruction("h", ()), "acts on 1 qubits, 0"),
        (lambda: qt.Instruction("rx", 0, np.nan), "nan"),
        (lambda: qt.Instruction("rx", 0, None), "None is not an angle"),
        (lambda: qt.Instruction("rx", 0, "ab"), "'a' is not an angle"),
        (lambda: qt.Instruction("rx", 0, 0.5, pauli="X"), "takes no pauli"),
        (lambda: qt.Instruction("rotation", 0, 0.5), "needs pauli"),
        (lambda: qt.Instruction("rotation", 0, 0.5, pauli="Q"), "Q"),
        (lambda: qt.Instruction("rotation", 0, 0.5, pauli="XX"), "2 letters for 1 qubits"),
        (lambda: qt.Instruction("rotation", 0, (1, 2), pauli="X"), "takes 1 angles, 2"),
        (lambda: qt.Instruction("evolve", 0, 1), "needs generator"),
        (lambda: qt.Instruction("evolve", 0, 1, generator=qt.pauli("ZZ")), "2 qubits, 1"),
        (lambda: qt.Instruction("evolve", 0, 1, generator=[[0, 1], [0, 0]]), "not Hermitian"),
        (lambda: qt.Instruction("unitary", 0), "needs matrix"),
        (lambda: qt.Instruction("unitary", 0, matrix=np.eye(4)), "2 qubits; 1 qubits"),
        (lambda: qt.Instruction("unitary", 0, matrix=[[1, 1], [0, 1]]), "not unitary"),
        (lambda: qt.Instruction("unitary", 0, 0.5, matrix=np.eye(2)), "takes 0 angles, 1"),
        (lambda: qt.Circuit.from_instructions(1, [qt.Instruction("h", 1)]), "qubits 0 to 0"),
        (lambda: qt.Circuit.from_instructions(1, ["h"]), r"instructions\[0\] is 'h'"),
        (lambda: qt.Circuit(1).h(0)["a"], "integer"),
        (lambda: qt.Angle(0, {3: 1.0}), "not a term of an angle"),
        (lambda: qt.Angle(0, {((0, 1), ()): 1.0}), "not a term of an angle"),
        (lambda: qt.Angle(0, {((0,), ()): "a"}), "the factor of .* is 'a'; a number is expected"),
        (lambda: qt.Angle(0, {((-1,), ()): 1.0}), "index"),
        (lambda: qt.param(True), "index"),
        (lambda: qt.feature(False), "index"),
        (lambda: qt.param(10_000_000), "from 0 to 9999999"),
        (lambda: qt.Observable.from_terms(1, ["Z"]), r"terms\[0\] is 'Z'"),
        (lambda: qt.Observable.from_terms(1, [qt.Term(1.0)]), "a Pauli string or a projector"),
        (lambda: qt.Observable.from_terms(1, [qt.Term(1.0, "Z", "0")]), "a Pauli string or a projector"),
        (lambda: qt.Observable.from_terms(1, [qt.Term(np.inf, "Z")]), "finite"),
        (lambda: qt.Observable.from_terms(2, [qt.Term(1.0, "Z")]), "2 qubits"),
        (lambda: qt.Observable.from_terms(0, []), "0 qubits"),
        (lambda: qt.Observable.from_terms(10**12, []), "qubits"),
        (lambda: qt.Observable.from_terms(1, [], np.eye(4)), "qubits"),
    ],
)
def test_what_is_built_by_hand_is_checked(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert isinstance(caught.value, qt.QTangentError)


def test_terms_with_a_factor_of_zero_count():
    for angle in (0.0 * qt.param(5), qt.param(5) - qt.param(5), qt.param(5) * 0, -(0 * qt.param(5)) + 1):
        circuit = qt.Circuit(1).rx(angle, 0)
        assert circuit.n_params == 6
        assert rebuilt(circuit).n_params == 6
        assert circuit.matrix(np.ones(6)).shape == (2, 2)
    assert qt.Circuit(1).rz(0.0 * qt.param(3) * qt.feature(7), 0).n_features == 8
    assert 0.0 * qt.param(5) + 1 == qt.Angle(1)
    assert hash(0.0 * qt.param(5) + 1) == hash(qt.Angle(1))
    assert qt.param(0) != qt.param(1)
    assert qt.Angle(0.5) == 0.5
    assert hash(qt.Angle(0.5)) == hash(0.5)
    assert qt.param(0) + 0.5 != 0.5


def test_equal_terms_are_one_in_a_fixed_order():
    a, b, x = qt.param(0), qt.param(1), qt.feature(0)
    first = qt.Circuit(1).rx(x * x + a * x + 2 * b + x + a, 0)
    second = qt.Circuit(1).rx(a + b + x + x * a + x * x + b, 0)
    assert first.__getstate__() == second.__getstate__()
    assert list(first[0].angles[0].terms) == [
        ((0,), ()),
        ((1,), ()),
        ((), (0,)),
        ((0,), (0,)),
        ((), (0, 0)),
    ]


def test_sums_of_circuits_and_observables():
    a, b = qt.Circuit(1).rx(qt.param(0), 0), qt.Circuit(1).ry(qt.param(0), 0)
    assert sum([a, b]) == a + b
    only = sum([a])
    only.h(0)
    assert len(a) == 1
    np.testing.assert_array_equal(sum([qt.pauli("Z"), qt.pauli("X")]).matrix(), [[1, 1], [1, -1]])
    for wrong in (lambda: 1 + a, lambda: 1 + qt.pauli("Z"), lambda: None + a):
        with pytest.raises(TypeError):
            wrong()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_observables_round_trip(seed, n):
    observable = random_observable(np.random.default_rng(seed), n)
    for whole in (observable, -observable, 2.5 * observable, observable - observable):
        again = qt.Observable.from_terms(whole.n_qubits, whole.terms, whole.dense)
        assert again == whole
        assert pickle.loads(pickle.dumps(whole)) == whole
        parts = [
            t.coefficient * (qt.pauli(t.pauli) if t.pauli else qt.projector(t.projector)) for t in whole.terms
        ]
        dense = np.zeros((2**n, 2**n)) if whole.dense is None else whole.dense
        total = sum((part.matrix() for part in parts), dense)
        np.testing.assert_allclose(total, whole.matrix(), atol=1e-12)


def test_terms_of_an_observable():
    observable = 2 * qt.pauli("ZI") - 0.5 * qt.projector("10") + qt.pauli("XY")
    assert observable.terms == (
        qt.Term(2.0, pauli="ZI"),
        qt.Term(1.0, pauli="XY"),
        qt.Term(-0.5, projector="10"),
    )
    assert observable.dense is None
    np.testing.assert_array_equal((qt.hermitian([[0, 2], [2, 1]]) + qt.pauli("Z")).dense, [[0, 2], [2, 1]])
    assert (qt.pauli("Z") - qt.pauli("Z")).terms == ()
    strings = (format(k, "013b").replace("0", "I").replace("1", "X") for k in range(5000))
    many = [qt.Term(0.5 + k, pauli=string) for k, string in enumerate(strings)]
    assert qt.Observable.from_terms(13, many).terms == tuple(many)


class TestC:
    """The readers of the C interface."""

    circuit = (
        qt.Circuit(2).rx(2 * qt.param(1) + qt.feature(0) + 0.5, 1).rotation(1.0, "XZ").unitary(np.eye(2), 0)
    )
    circuit.evolve(1.0, qt.projector("01"))

    @pytest.mark.parametrize(
        ("name", "index", "message"),
        [
            (name, index, message)
            for name in ("info", "qubits", "angle", "pauli", "generator", "matrix")
            for index, message in ((4, b"4 instructions"), (-1, b"index is -1"), (2**63 - 1, b"4 inst"))
        ],
    )
    def test_an_index_that_does_not_exist(self, name, index, message):
        outputs = {
            "info": (None,) * 4,
            "qubits": (None, 0, None),
            "angle": (0, None, None, 0, None),
            "pauli": (None, 0, None),
            "generator": (None,),
            "matrix": (None,),
        }[name]
        function = getattr(_native.lib, f"qtg_instruction_{name}")
        assert function(self.circuit._handle, index, *outputs) == c.QTG_INVALID_ARGUMENT
        assert message.decode() in _native.last_error()
        assert function(self.circuit._handle ^ 1 << 20, index, *outputs) == c.QTG_INVALID_HANDLE

    def test_null_outputs(self):
        handle, lib = self.circuit._handle, _native.lib
        dense, z = qt.hermitian(np.eye(2)), qt.pauli("Z")
        assert lib.qtg_instruction_info(handle, 0, None, None, None, None) == c.QTG_OK
        calls = [
            lib.qtg_instruction_qubits(handle, 0, None, 1, None),
            lib.qtg_instruction_qubits(handle, 0, None, 1, ctypes.byref(ctypes.c_int64())),
            lib.qtg_instruction_angle(handle, 0, 0, None, None, 0, None),
            lib.qtg_instruction_pauli(handle, 1, None, 0, None),
            lib.qtg_instruction_generator(handle, 3, None),
            lib.qtg_instruction_matrix(handle, 2, None),
            lib.qtg_observable_dense(dense._handle, None),
            lib.qtg_observable_term(z._handle, 0, None, None, 0, None),
        ]
        assert calls == [c.QTG_INVALID_ARGUMENT] * len(calls)
        assert "null pointer" in _native.last_error()

    def test_small_buffers_stay_untouched(self):
        handle, lib, length = self.circuit._handle, _native.lib, ctypes.c_int64()
        qubits = (ctypes.c_int64 * 2)(7, 7)
        assert (
            lib.qtg_instruction_qubits(handle, 1, qubits, 1, ctypes.byref(length)) == c.QTG_INVALID_ARGUMENT
        )
        assert (length.value, list(qubits)) == (2, [7, 7])
        terms = (c.qtg_angle_term * 2)()
        status = lib.qtg_instruction_angle(handle, 0, 0, None, terms, 1, ctypes.byref(length))
        assert (status, length.value, terms[0].coefficient) == (c.QTG_INVALID_ARGUMENT, 2, 0.0)
        text = ctypes.create_string_buffer(b"ab", 3)
        status = lib.qtg_instruction_pauli(handle, 1, text, 2, ctypes.byref(length))
        assert (status, length.value, text.value) == (c.QTG_INVALID_ARGUMENT, 2, b"ab")
        status = lib.qtg_instruction_qubits(handle, 1, qubits, -(2**63), ctypes.byref(length))
        assert (status, list(qubits)) == (c.QTG_INVALID_ARGUMENT, [7, 7])

    def test_what_an_instruction_does_not_have(self):
        handle, lib, length = self.circuit._handle, _native.lib, ctypes.c_int64()
        assert lib.qtg_instruction_pauli(handle, 0, None, 0, ctypes.byref(length)) == c.QTG_INVALID_ARGUMENT
        assert "instruction 0 is rx, which has no Pauli letters" in _native.last_error()
        assert lib.qtg_instruction_generator(handle, 0, ctypes.byref(length)) == c.QTG_INVALID_ARGUMENT
        assert "no generator" in _native.last_error()
        assert lib.qtg_instruction_matrix(handle, 1, None) == c.QTG_INVALID_ARGUMENT
        assert "instruction 1 is rotation XZ, which has no matrix" in _native.last_error()
        assert lib.qtg_instruction_angle(handle, 0, 1, None, None, 0, ctypes.byref(length)) != c.QTG_OK
        assert "rx has 1 angles" in _native.last_error()
        z = qt.pauli("Z")
        assert lib.qtg_observable_dense(z._handle, None) != c.QTG_OK
        assert "no dense part" in _native.last_error()
        assert lib.qtg_observable_term(z._handle, 1, None, None, 0, ctypes.byref(length)) != c.QTG_OK
        assert "1 terms" in _native.last_error()

    def test_terms_that_occur_twice_are_merged(self):
        terms = (c.qtg_angle_term * 3)(
            c.qtg_angle_term(1.0, c.QTG_ANGLE_FEATURE_FEATURE, 0, 3, 1),
            c.qtg_angle_term(2.0, c.QTG_ANGLE_FEATURE_FEATURE, 0, 1, 3),
            c.qtg_angle_term(0.0, c.QTG_ANGLE_PARAMETER, 0, 4, 0),
        )
        angle = c.qtg_angle(0.5, terms, 3)
        circuit, where = qt.Circuit(1), (ctypes.c_int64 * 1)(0)
        _native.call(
            "qtg_circuit_append_gate", circuit._handle, c.QTG_GATE_RX, where, 1, ctypes.pointer(angle), 1
        )
        assert (circuit.n_params, circuit.n_features) == (5, 4)
        assert circuit[0].angles[0].terms == {((4,), ()): 0.0, ((), (1, 3)): 3.0}
        terms[0].coefficient = terms[1].coefficient = 1e308
        with pytest.raises(ValueError, match="coefficient is inf"):
            _native.call(
                "qtg_circuit_append_gate", circuit._handle, c.QTG_GATE_RX, where, 1, ctypes.pointer(angle), 1
            )
