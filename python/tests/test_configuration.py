"""Configuration-controlled angles: where they go, what binding makes of them, and that nothing computes with them."""

import copy
import ctypes
import pickle

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native
from qtangent import _signatures as c
from qtangent.angles import config_name, config_number

THETA = np.linspace(-1.1, 2.3, 4)
X = np.random.default_rng(3).uniform(0, np.pi, (5, 2))


def clean():
    made = qt.Circuit(2).ry(qt.feature(0), 0).rx(qt.feature(1), 1)
    made.rz(qt.param(0), 0).ry(qt.param(1), 1).cz(0, 1).u3(qt.param(2), 0.3, 0.0, 0).rzz(qt.param(3), 0, 1)
    return made


def configured():
    """The same circuit with gates of each kind that only a configuration turns."""
    made = qt.Circuit(2).rx(qt.config("b"), 0).ry(qt.feature(0), 0).rx(qt.feature(1), 1)
    made.u3(0.0, qt.config("a"), -2 * qt.config("c"), 1)
    made.rz(qt.param(0), 0).ry(qt.param(1), 1).cz(0, 1).crx(qt.config("a"), 1, 0)
    made.u3(qt.param(2), 0.3, 0.0, 0).rotation(qt.config("d"), "XY", (0, 1))
    made.evolve(qt.config("b") - 0.5 * qt.config("d"), qt.pauli("ZX") + qt.pauli("XZ"), (0, 1))
    return made.rzz(qt.param(3), 0, 1)


def models(circuit):
    return qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("XY")], scale=1.5)


def test_angles_have_keys():
    angle = 2 * (qt.config("drive") - 0.5) + qt.param(1) / 4
    assert (angle.constant, angle.configuration) == (-1.0, {"drive": 2.0})
    assert angle.terms == {((1,), ()): 0.25}
    assert repr(angle) == "0.25*param(1) + 2*config('drive') + -1"
    assert qt.Angle(-1.0, {((1,), ()): 0.25}, {"drive": 2.0}) == angle
    assert hash(qt.Angle(-1.0, {((1,), ()): 0.25}, {"drive": 2.0})) == hash(angle)
    assert angle != angle + qt.config("drive")
    assert angle - angle == 0.0
    assert pickle.loads(pickle.dumps(angle)) == angle
    assert 0 * qt.config("a") == 0.0
    assert (0 * qt.config("a")).configuration == {"a": 0.0}


@pytest.mark.parametrize("other", [qt.param(0), qt.feature(0), qt.config("a"), qt.config("b")])
def test_keys_are_no_factors(other):
    for product in (lambda: qt.config("a") * other, lambda: other * (1 + qt.config("a"))):
        with pytest.raises(qt.InvalidArgumentError, match="is not an angle"):
            product()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "a configuration key is empty"),
        ("a\nb", "control character"),
        ("k" * 257, "257 bytes"),
        ("p3", "without a name are called so"),
        ("x0", "without a name are called so"),
        (3, "a configuration key"),
        ("a\0b", "a configuration key"),
    ],
)
def test_what_cannot_be_a_key(key, message):
    for call in (lambda: qt.config(key), lambda: qt.Angle(0.0, {}, {key: 1.0})):
        with pytest.raises(qt.InvalidArgumentError, match=message):
            call()


def test_keys_and_names_differ():
    made = qt.Circuit(1).rx(qt.param(0), 0).ry(qt.feature(0), 0).rz(qt.config("drive"), 0)
    for names, kind in ((("drive",), "parameter"), (("drive",), "feature")):
        with pytest.raises(
            qt.InvalidArgumentError, match=f'"drive" is a configuration key and the name of a {kind}'
        ):
            setattr(made, f"{kind}_names", names)
    assert (made.parameter_names, made.feature_names) == (("p0",), ("x0",))
    named = qt.Circuit(1).rx(qt.param(0), 0)
    named.parameter_names = ("drive",)
    for join in (
        lambda: named.copy().rz(qt.config("drive"), 0),
        lambda: named + made,
        lambda: made.then(named),
    ):
        with pytest.raises(qt.InvalidArgumentError, match="rename one of them"):
            join()
    assert len(named) == 1


def test_keys_come_in_the_order_of_first_use():
    assert configured().config_keys == ("b", "a", "c", "d")
    assert configured().inverse().config_keys == ("b", "d", "a", "c")
    assert clean().config_keys == ()
    assert configured()[2:].config_keys == ("a", "c", "d", "b")


def test_keys_go_where_the_circuit_goes(tmp_path):
    made = configured()
    model = models(made)
    run = qt.train(model, np.zeros((5, 2)), X=X, steps=2, theta=THETA)
    run.save(tmp_path / "run")
    for other in (
        made.copy(),
        copy.deepcopy(made),
        pickle.loads(pickle.dumps(made)),
        qt.Circuit.from_instructions(2, list(made)),
        qt.Circuit.from_instructions(2, pickle.loads(pickle.dumps(list(made)))),
        made[:4].then(made[4:]),
        made.inverse().inverse(),
        qt.Circuit(2) + made,
        model.circuit,
        pickle.loads(pickle.dumps(model)).circuit,
        qt.Run.load(tmp_path / "run").model.circuit,
    ):
        assert other == made
        assert other.config_keys == made.config_keys
        assert other.bind({"a": 1.0, "d": 2.0}) == made.bind({"a": 1.0, "d": 2.0})
    assert made != clean()
    assert made[0] == qt.Instruction("rx", 0, qt.config("b"))
    assert made[0] != qt.Instruction("rx", 0, qt.config("a"))
    assert made[3].angles[2].configuration == {"c": -2.0}
    assert qt.resume(tmp_path / "run", 1, model=model).step[-1] == 3


def test_nothing_is_left_of_an_empty_configuration():
    """Not only equal numbers: the same circuit, so the same bits in whatever is computed of it."""
    made = configured()
    assert made.bind() == made.bind({}) == made.bind({"a": 0, "c": 0.0}) == clean()
    assert made.bind().config_keys == ()
    ours, theirs = models(made), models(clean())
    assert np.array_equal(ours.predict(THETA, X), theirs.predict(THETA, X))
    assert np.array_equal(ours.jacobian(THETA, X), theirs.jacobian(THETA, X))
    assert np.array_equal(ours.jacobian(THETA, X, wrt="X"), theirs.jacobian(THETA, X, wrt="X"))
    assert np.array_equal(ours.output_states(THETA, X), theirs.output_states(THETA, X))
    assert np.array_equal(ours.fisher_information(THETA, X[0]), theirs.fisher_information(THETA, X[0]))
    assert np.array_equal(made.matrix(THETA, X[0]), clean().matrix(THETA, X[0]))
    y = np.zeros((5, 2))
    assert np.array_equal(ours.loss_hessian(THETA, y, X=X), theirs.loss_hessian(THETA, y, X=X))
    runs = [qt.train(model, y, X=X, steps=5, seed=1) for model in (ours, theirs)]
    assert np.array_equal(runs[0].theta, runs[1].theta)


def test_the_theory_takes_keys_for_zero():
    def build(with_keys):
        made = qt.Circuit(2)
        for layer in range(2):
            made.ry(qt.param(2 * layer), 0)
            if with_keys:  # Between occurrences of one parameter, which count as one generator if adjacent.
                made.rx(qt.config(f"k{layer}"), 0)
            made.rz(qt.param(2 * layer), 0).rx(qt.param(2 * layer + 1), 1).cx(0, 1)
        return made

    ours, theirs = (qt.Model(build(keys), qt.pauli("ZI")) for keys in (True, False))
    assert ours.z_sum == theirs.z_sum
    polynomials = [qt.landscape.trigonometric(model).coefficients for model in (ours, theirs)]
    assert np.array_equal(*polynomials)


def test_encoding_states_are_those_without_keys():
    """A gate that a configuration turns, between features and parameters, where the engine splits the circuit."""

    def build(with_keys):
        made = qt.Circuit(3)
        for q in range(3):
            if with_keys:
                made.ry(qt.config(f"in{q}"), q)
            made.rx(qt.feature(q), q)
            if with_keys:
                made.ry(qt.config(f"out{q}"), q)
        return made.then(qt.ansatz.hardware_efficient(3, 2))

    data = np.random.default_rng(1).uniform(0, np.pi, (7, 3))
    theta = np.random.default_rng(2).uniform(0, 6, build(False).n_params)
    values = [qt.Model(build(keys), qt.pauli("ZII")).predict(theta, data) for keys in (True, False)]
    assert np.array_equal(*values)


def test_binding_puts_values_in_the_place_of_keys():
    made, numbers = configured(), {"a": 0.4, "b": -1.2, "c": 0.7, "d": 2.1}
    expected = qt.Circuit(2).rx(-1.2, 0).ry(qt.feature(0), 0).rx(qt.feature(1), 1).u3(0.0, 0.4, -1.4, 1)
    expected.rz(qt.param(0), 0).ry(qt.param(1), 1).cz(0, 1).crx(0.4, 1, 0)
    expected.u3(qt.param(2), 0.3, 0.0, 0).rotation(2.1, "XY", (0, 1))
    expected.evolve(-1.2 - 0.5 * 2.1, qt.pauli("ZX") + qt.pauli("XZ"), (0, 1)).rzz(qt.param(3), 0, 1)
    assert made.bind(config=numbers) == expected
    assert made.config_keys == ("b", "a", "c", "d")


def test_values_may_be_parameters():
    made = configured().bind({"a": qt.param(4), "d": 2 * qt.param(0) + 0.1})
    assert (made.n_params, made.config_keys) == (5, ())
    theta = np.append(THETA, 0.9)
    numbers = {"a": 0.9, "d": 2 * THETA[0] + 0.1}
    np.testing.assert_allclose(
        models(made).predict(theta, X), models(configured().bind(numbers)).predict(THETA, X), atol=1e-14
    )
    # The gradient over a key is an ordinary one.
    step = 1e-6
    slopes = models(made).jacobian(theta, X)[..., 4]
    up, down = (models(made).predict(theta + step * np.eye(5)[4] * sign, X) for sign in (1, -1))
    np.testing.assert_allclose(slopes, (up - down) / (2 * step), atol=1e-8)


def test_only_gates_of_configuration_alone_are_dropped():
    made = qt.Circuit(1).rx(qt.config("a") + qt.param(0), 0).ry(0.0, 0).rz(0.5 + qt.config("a"), 0)
    assert made.bind() == qt.Circuit(1).rx(qt.param(0), 0).ry(0.0, 0).rz(0.5, 0)
    assert made.bind({"a": -0.5}) == qt.Circuit(1).rx(qt.param(0) - 0.5, 0).ry(0.0, 0).rz(0.0, 0)


def test_names_stay_when_bound():
    made = configured()
    made.parameter_names, made.feature_names = ("alpha", "beta", "gamma", "delta"), ("age", "dose")
    bound = made.bind({"a": qt.param(5)})
    assert bound.parameter_names == ("alpha", "beta", "gamma", "delta", "p4", "p5")
    assert bound.feature_names == ("age", "dose")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"e": 1.0}, 'no configuration key "e"; its keys are "b", "a", "c", "d"'),
        ({"a": float("nan")}, "value of configuration key 'a' is nan; a finite number"),
        ({"a": float("inf")}, "value of configuration key 'a' is inf; a finite number"),
        ({"a": qt.feature(0)}, 'value of configuration key "a" is x0'),
        ({"a": qt.config("b")}, 'value of configuration key "a" is b'),
        ({"a": "1"}, "the value of configuration key 'a' is '1'"),
        ({"": 1.0}, "a configuration key is empty"),
        ([("a", 1.0)], "a dict of keys and angles is expected"),
    ],
)
def test_what_cannot_be_bound(config, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        configured().bind(config)


def test_a_circuit_without_keys_says_so():
    with pytest.raises(qt.InvalidArgumentError, match='no configuration key "a"; it has none'):
        clean().bind({"a": 1.0})


def test_drawings_show_keys():
    assert "RX(b)" in str(configured())
    assert "U3(0, a, -2*c)" in str(configured())
    picture = configured().draw("svg")
    assert "rx(b) on qubit 0" in picture
    assert ">configuration<" in picture
    assert ">configuration<" not in clean().draw("svg")


def test_programs_carry_keys():
    made = qt.Circuit(2).rx(qt.config("drive_1"), 0).ry(qt.feature(0), 0).rz(qt.config("h") - 0.5, 1)
    made.ry(qt.param(0) + 2 * qt.config("drive_0"), 1)
    text = made.to_qasm()
    for line in (
        "input float[64] drive_1;",
        "rx(drive_1) q[0];",
        "rz(_h_ - 0.5) q[1];",
        "ry(p0 + 2.0*drive_0) q[1];",
    ):
        assert line in text
    again = qt.Circuit.from_qasm(text, config=("drive", "h"))
    assert again.config_keys == ("drive_1", "_h_", "drive_0")
    assert (again.n_params, again.n_features) == (1, 1)
    values = {"drive_1": 0.3, "_h_": 0.7, "drive_0": -0.2}
    mine = {"drive_1": 0.3, "h": 0.7, "drive_0": -0.2}
    assert again.bind(values) == made.bind(mine)
    assert again.bind() == made.bind()
    assert "drive_1" in made.to_qasm(theta=[0.4])
    plain = qt.Circuit.from_qasm(text)
    assert (plain.config_keys, plain.n_params) == ((), 4)
    with pytest.raises(qt.InvalidArgumentError, match="bind configuration keys"):
        made.to_qasm(version=2, theta=[0.4])


def test_programs_say_where_a_key_is_wrong():
    text = "input float[64] p0;\ninput float[64] x0; input float[64] idle;\nqubit q;\nrx(p0 + x0) q;"
    with pytest.raises(qt.QasmError, match=r"line 1, column 1: .*without a name are called so"):
        qt.Circuit.from_qasm(text, config=("p",))
    with pytest.raises(qt.QasmError, match="line 2, column 1: features and config both claim the input x0"):
        qt.Circuit.from_qasm(text, config=("x0",))
    with pytest.raises(qt.InvalidArgumentError, match="config is 'idle'"):
        qt.Circuit.from_qasm(text, config="idle")
    read = qt.Circuit.from_qasm(text, config=("idle",))
    assert (read.config_keys, read.unused_inputs) == ((), ("idle",))


def test_literal_angles_avoid_the_names_of_keys():
    text = "input float[64] theta_a;\nqubit q;\nrx(theta_a) q;\nry(0.5) q;"
    read = qt.Circuit.from_qasm(text, free="rotations", config=("theta_a",))
    assert read.config_keys == ("theta_a",)
    assert read.parameter_names == ("theta0_0",)


def test_guests_refuse_keys():
    with pytest.raises(
        qt.InvalidArgumentError, match=r"configuration keys \(b, a, c, d\), for which PennyLane"
    ):
        qt.pennylane.to_tape(configured(), THETA, X[0])
    with pytest.raises(qt.InvalidArgumentError, match=r"for which Qiskit .*circuit.bind\(\) nothing"):
        qt.qiskit.to_circuit(configured())


def test_bytes_of_circuits_without_keys_stay():
    """Tags of the three versions: what needs no keys is written as before."""
    named = clean()
    named.feature_names = ("age", "dose")
    tags = [made.__getstate__()[:4] for made in (clean(), named, configured())]
    assert tags == [bytes([version, 0x43, 0x54, 0x51]) for version in (1, 2, 3)]


def test_numbers_of_keys_are_those_of_the_process():
    assert config_name(config_number("drive")) == "drive"
    with pytest.raises(qt.InvalidArgumentError, match="123456789 is no configuration key"):
        _native.read_bytes("qtg_config_key_name", 123456789)
    with pytest.raises(qt.InvalidArgumentError, match="-1 is no configuration key"):
        _native.read_bytes("qtg_config_key_name", -1)
    terms = (c.qtg_angle_term * 1)(c.qtg_angle_term(1.0, c.QTG_ANGLE_CONFIGURATION, 0, 1 << 40, 0))
    angle = (c.qtg_angle * 1)(c.qtg_angle(0.0, terms, 1))
    qubits, circuit = np.zeros(1, dtype=np.int64), qt.Circuit(1)
    with pytest.raises(qt.InvalidArgumentError, match="is no configuration key"):
        _native.call(
            "qtg_circuit_append_gate", circuit._handle, c.QTG_GATE_RX, qubits.ctypes.data, 1, angle, 1
        )


def test_a_key_bound_twice_is_an_error():
    made, keys = configured(), np.full(2, config_number("a"), dtype=np.int64)
    values = (c.qtg_angle * 2)()
    result = ctypes.c_int64()
    with pytest.raises(qt.InvalidArgumentError, match='configuration key "a" has two values'):
        _native.call("qtg_circuit_bind", made._handle, keys.ctypes.data, values, 2, ctypes.byref(result))
