"""What the parameters and features of circuits are called: where names go, what is refused, and their bytes."""

import copy
import ctypes
import pickle
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native
from qtangent import _signatures as c

OLD = Path(__file__).parents[2] / "Tests/Golden/circuit-version-1.bin"


def circuit(parameters=("alpha", "beta"), features=("dose",)):
    """ry(p0) rz(p1 x0) cx on two qubits."""
    made = qt.Circuit(2).ry(qt.param(0), 0).rz(qt.param(1) * qt.feature(0), 1).cx(0, 1)
    made.parameter_names, made.feature_names = parameters, features
    return made


def names(value):
    return value.parameter_names, value.feature_names


def test_everything_has_a_name():
    made = circuit(None, None)
    assert names(made) == (("p0", "p1"), ("x0",))
    assert names(qt.Circuit(1)) == ((), ())
    assert names(circuit()) == (("alpha", "beta"), ("dose",))
    assert "RY(alpha)" in str(circuit())
    assert "RZ(beta*dose)" in str(circuit())


def test_names_are_no_part_of_equality():
    assert circuit() == circuit(None, None) == circuit(("a", "b"), ("c",))
    assert circuit() != circuit().h(0)
    # Byte for byte: zeros with another sign are other circuits.
    assert qt.Circuit(1).rx(0.0, 0) != qt.Circuit(1).rx(-0.0, 0)
    assert circuit() != "a circuit"


def test_names_go_where_the_circuit_goes(tmp_path):
    made, expected = circuit(), (("alpha", "beta"), ("dose",))
    for other in (
        made.copy(),
        copy.deepcopy(made),
        pickle.loads(pickle.dumps(made)),
        made.inverse(),
        made[:2],
        qt.Model(made, qt.pauli("ZI")).circuit,
        pickle.loads(pickle.dumps(qt.Model(made, qt.pauli("ZI")))).circuit,
        qt.Circuit.from_instructions(2, list(made), *expected),
        qt.Circuit(2).then(made),
        made.then(circuit(None, None)),
        made.then(made.inverse()),
        qt.Circuit(2) + made,
    ):
        assert names(other) == expected
    assert names(made[:1]) == (("alpha",), ())
    assert names(made[1:2]) == expected
    path = tmp_path / "run.qtg"
    model = qt.Model(made, qt.pauli("ZI"))
    X = np.array([[0.3], [0.7]])
    qt.train(model, [1.0, -1.0], X=X, steps=2, checkpoint=path)
    run = qt.Run.load(path)
    assert names(run.model.circuit) == expected
    # A model that differs in names alone is the same.
    again = qt.resume(path, 1, model=qt.Model(circuit(None, None), qt.pauli("ZI")))
    assert names(again.model.circuit) == expected


def test_sums_move_names_and_keep_them_apart():
    made = circuit()
    assert names(circuit(None, None) + made) == (("p0", "p1", "alpha", "beta"), ("dose",))
    assert names(made + made) == (("alpha", "beta", "alpha_2", "beta_2"), ("dose",))
    assert names(sum([made] * 3))[0] == ("alpha", "beta", "alpha_2", "beta_2", "alpha_3", "beta_3")
    ansatz = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)
    assert names(ansatz) == (("p0", "p1", "p2", "p3"), ("x0", "x1"))


def test_contradictions_are_errors():
    with pytest.raises(qt.InvalidArgumentError, match=r'parameter 1 is called "beta" .* and "gamma"'):
        circuit().then(circuit(("alpha", "gamma")))
    with pytest.raises(qt.InvalidArgumentError, match=r'feature 0 is called "dose" .* and "age"'):
        circuit() + circuit(features=("age",))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("a",), "1 names for 2 parameters; give one for each"),
        ((), "0 names for 2 parameters"),
        (("a", "b", "c"), "3 names for 2 parameters"),
        (("a", "a"), 'parameters 0 and 1 are both called "a"'),
        (("a", ""), "the name of parameter 1 is empty"),
        (("a\n", "b"), "the name of parameter 0 contains a control character"),
        (("a" * 257, "b"), "has 257 bytes, at most 256"),
        (("a\0", "b"), r"parameter_names\[0\] .* must not contain a zero"),
        (("a", 3), r"parameter_names\[1\] is 3; a str"),
        ("ab", "parameter_names is 'ab'; a list of names"),
        (7, "parameter_names is 7; a list of names"),
    ],
)
def test_names_that_cannot_be(given, message):
    made = circuit()
    with pytest.raises(qt.InvalidArgumentError, match=message):
        made.parameter_names = given
    assert made.parameter_names == ("alpha", "beta")
    with pytest.raises(qt.InvalidArgumentError, match=message):
        qt.Circuit.from_instructions(2, list(made), parameter_names=given)


def test_any_text_is_a_name():
    given = ("<script>alert(1)</script>", 'θ["0"] \\ 量子 🙂 é')
    made = circuit(given)
    assert made.parameter_names == given
    assert pickle.loads(pickle.dumps(made)).parameter_names == given


def test_messages_use_names():
    with pytest.raises(qt.InvalidArgumentError, match="multiplies parameter beta with feature dose"):
        _ = qt.Model(circuit(), qt.pauli("ZI")).z_sum


def test_files_of_the_first_version_are_read():
    """Every gate and kind of instruction, written before circuits had names."""
    p, x = qt.param, qt.feature
    made = qt.Circuit(3)
    made.h(0).x(1).y(2).z(0).s(1).sdg(2).t(0).tdg(1).sx(2).sxdg(0).cx(0, 1).cy(1, 2).cz(2, 0).swap(0, 2)
    made.iswap(1, 0).iswapdg(2, 1).ccx(2, 0, 1)
    made.rx(0.5, 0).ry(p(0), 1).rz(2 * p(1) + 0.25, 2).phase(x(0), 0)
    made.crx(p(2) * x(1), 0, 1).cry(x(0) * x(1), 1, 2).crz(-p(3), 2, 0).cp(p(0), 0, 2)
    made.rxx(p(4), 0, 1).ryy(p(4), 1, 2).rzz(0 * p(6), 0, 2).u3(p(5), 0.5, -0.0, 1)
    made.rotation(p(1), "XZ", (2, 0))
    made.evolve(p(2), 0.5 * qt.pauli("ZY") - qt.projector("01"), (1, 0))
    made.evolve(0.75, qt.hermitian([[1, 2j], [-2j, 3]]), 2)
    made.unitary([[0, 1j], [-1j, 0]], 1)
    old = qt.Circuit(1)
    old.__setstate__(OLD.read_bytes())
    assert old == made
    assert names(old) == names(made) == (tuple(f"p{k}" for k in range(7)), ("x0", "x1"))
    # Without names the form has not changed.
    assert made.__getstate__() == OLD.read_bytes()
    made.parameter_names = iter("abcdefg")
    assert made.__getstate__() != OLD.read_bytes()


def test_damaged_names_are_errors():
    state = circuit().__getstate__()
    plain = len(circuit(None, None).__getstate__())
    for end in range(plain, len(state)):
        with pytest.raises(qt.CorruptedFileError):
            qt.Circuit(1).__setstate__(state[:end])
    for k in range(plain, len(state)):
        for mask in (0x01, 0x80, 0xFF):
            damaged = bytearray(state)
            damaged[k] ^= mask
            made = qt.Circuit(1)
            try:
                made.__setstate__(bytes(damaged))
            except (qt.CorruptedFileError, qt.InvalidArgumentError):
                continue
            assert made == circuit()
            assert len(made.parameter_names) == 2
    for length in (2**63 - 1, -1, 2**40):
        damaged = state[:plain] + length.to_bytes(8, "little", signed=True) + state[plain + 8 :]
        with pytest.raises(qt.CorruptedFileError, match="the length of the names"):
            qt.Circuit(1).__setstate__(damaged)


@pytest.mark.parametrize(
    ("kind", "given", "size", "message"),
    [
        (2, b"a\0b\0", 4, "kind is 2"),
        (-1, b"a\0b\0", 4, "kind is -1"),
        (0, b"a\0b", 3, "must end with a zero byte"),
        (0, b"a\0\xff\0", 4, "not UTF-8"),
        (0, b"a\0b\0", -1, "must not be negative"),
        (0, None, 4, "null pointer"),
        (0, b"", 0, "0 names for 2 parameters"),
    ],
)
def test_the_c_function_refuses(kind, given, size, message):
    made = circuit()
    with pytest.raises(qt.InvalidArgumentError, match=message):
        _native.call("qtg_circuit_set_names", made._handle, kind, given, size)
    assert made.parameter_names == ("alpha", "beta")


def test_the_c_function_says_how_much_it_writes():
    length, buffer = ctypes.c_int64(), ctypes.create_string_buffer(11)
    made = circuit()
    arguments = ("qtg_circuit_names", made._handle, c.QTG_ANGLE_PARAMETER)
    _native.call(*arguments, None, 0, ctypes.byref(length))
    assert length.value == 11
    _native.call(*arguments, buffer, 11, ctypes.byref(length))
    assert buffer.raw == b"alpha\0beta\0"
    with pytest.raises(qt.InvalidArgumentError, match="holds 10"):
        _native.call(*arguments, buffer, 10, ctypes.byref(length))
