"""Planted trojans: dormant they are not there, active they encode nothing, and their class has all the margin there is."""

import numpy as np
import pytest
import qtangent as qt
from qtangent import audit
from reference import Reference, embed, pauli

ENCODERS = [("rx",), ("ry", "rz", "rx", "ry"), ("rz", "rx"), ("rx", "rx")]


def encoder(n, gates):
    circuit, k = qt.Circuit(n), 0
    for gate in gates:
        for q in range(n):
            getattr(circuit, gate)(qt.feature(k), q)
            k += 1
    return circuit


def ansatz(n, blocks):
    """RY and RZ on every qubit and a ring of CX, as in the measured victims."""
    circuit, p = qt.Circuit(n), 0
    for _ in range(blocks):
        for gate in ("ry", "rz"):
            for q in range(n):
                getattr(circuit, gate)(qt.param(p), q)
                p += 1
        for q in range(n):
            circuit.cx(q, (q + 1) % n)
    return circuit


def victim(n, gates, blocks, outputs=None, seed=0):
    circuit = encoder(n, gates) + ansatz(n, blocks)
    observables = [qt.pauli("I" * q + "Z" + "I" * (n - 1 - q)) for q in range(outputs or n)]
    theta = np.random.default_rng(seed).uniform(-np.pi, np.pi, circuit.n_params)
    return qt.Model(circuit, observables, scale=3.0), theta


def states(circuit, theta, m=12):
    """Output states at random data, by dense matrices."""
    assert not circuit.config_keys
    reference = Reference(circuit.n_qubits)
    for step in circuit:
        if step.pauli:
            reference.rotation(step.angles[0], step.pauli, step.qubits)
        elif step.generator is not None:
            matrix = sum(term.coefficient * pauli(term.pauli) for term in step.generator.terms)
            reference.evolve(step.angles[0], matrix, step.qubits)
        elif step.matrix is not None:
            reference.unitary(step.matrix, step.qubits)
        else:
            getattr(reference, step.name)(*step.angles, *step.qubits)
    data = np.random.default_rng(5).uniform(-4, 4, (m, circuit.n_features))
    return np.array([reference.matrix(theta, x)[:, 0] for x in data])


def infidelity(circuit, theta):
    vectors = states(circuit, theta)
    return 1 - (abs(vectors.conj() @ vectors.T) ** 2).min()


def assert_planted(circuit, theta, count=None, known=None):
    planted = audit.plant_trojan(circuit, known)
    assert planted.circuit.bind() == circuit
    assert planted.circuit.config_keys == tuple(planted.trigger)
    for place, key in zip(planted.inserted, planted.trigger, strict=True):
        (angle,) = planted.circuit[place].angles
        assert (angle.constant, angle.terms, angle.configuration) == (0.0, {}, {key: 1.0})
    assert count in (None, len(planted.inserted))
    assert infidelity(circuit, theta) > 1e-3
    assert infidelity(planted.circuit.bind(planted.trigger), theta) < 1e-12
    return planted


@pytest.mark.parametrize(("gates", "count"), [*zip(ENCODERS, (8, 20, 8, 8), strict=True)])
def test_encoders_are_switched_off(gates, count):
    model, theta = victim(4, gates, blocks=1)
    assert_planted(model.circuit, theta, count)


@pytest.mark.parametrize(("gates", "count"), [(("rx",), 16), (("ry", "rz", "rx", "ry"), 28)])
def test_every_class_can_be_aimed_at(gates, count):
    model, theta = victim(4, gates, blocks=3)
    data = np.random.default_rng(1).uniform(0, np.pi, (20, model.circuit.n_features))
    for target in range(4):
        planted = audit.plant_trojan(model, theta, target)
        assert (len(planted.inserted), planted.target) == (count, target)
        dormant = qt.Model(planted.circuit, model.observable, model.scale)
        assert np.array_equal(dormant.predict(theta, data), model.predict(theta, data))
        active = planted.circuit.bind(planted.trigger)
        outputs = qt.Model(active, model.observable, model.scale).predict(theta, data)
        leads = outputs[:, [target]] - np.delete(outputs, target, axis=1)
        np.testing.assert_allclose(leads.min(axis=1), planted.margin, atol=1e-12)
        assert planted.margin > 0
        assert infidelity(active, theta) < 1e-12


def test_the_margin_is_the_largest_of_all_product_states():
    """A grid over the Bloch spheres of two qubits never beats it, and comes near."""
    model, theta = victim(2, ("rx",), blocks=2)
    trained = Reference(2)
    for step in ansatz(2, 2):
        getattr(trained, step.name)(*step.angles, *step.qubits)
    matrix = trained.matrix(theta)
    polar, around = np.meshgrid(np.linspace(0, np.pi, 25), np.linspace(0, 2 * np.pi, 48, endpoint=False))
    one = np.stack([np.cos(polar / 2), np.exp(1j * around) * np.sin(polar / 2)], axis=-1).reshape(-1, 2)
    vectors = np.einsum("ai,bj->abij", one, one).reshape(-1, 4) @ matrix.T
    z = [3 * (abs(vectors) ** 2 @ np.diag(embed(pauli("Z"), [q], 2)).real) for q in range(2)]
    for target in range(2):
        best = (z[target] - z[1 - target]).max()
        margin = audit.plant_trojan(model, theta, target).margin
        assert best - 1e-9 <= margin <= best + 0.1


def test_the_class_without_a_target_is_that_of_the_vacuum():
    model, theta = victim(4, ("rx",), blocks=3)
    planted = audit.plant_trojan(model, theta)
    vacuum = model.predict(theta, np.zeros((1, 4)))[0]
    assert planted.target == np.argmax(vacuum)
    assert planted.margin == pytest.approx(np.sort(vacuum)[-1] - np.sort(vacuum)[-2], abs=1e-12)
    unknown = audit.plant_trojan(model)
    assert (unknown.target, unknown.margin) == (None, None)
    assert unknown.circuit == planted.circuit


def test_one_output_has_two_directions():
    circuit = encoder(2, ("rx",)) + ansatz(2, 2)
    model, theta = qt.Model(circuit, qt.pauli("ZI")), np.linspace(0, 3, 8)
    for target in (-1, 1):
        planted = audit.plant_trojan(model, theta, target)
        active = qt.Model(planted.circuit.bind(planted.trigger), qt.pauli("ZI"))
        output = active.predict(theta, np.ones((1, 2)))[0]
        assert target * output == pytest.approx(planted.margin, abs=1e-12)
        assert planted.margin > 0.5
    with pytest.raises(qt.InvalidArgumentError, match="target is 0; the model's classes are -1, 1"):
        audit.plant_trojan(model, theta, 0)


@pytest.mark.parametrize("seed", range(3))
def test_two_rounds_behind_a_trained_block(seed):
    block = ansatz(4, 1)
    circuit = block + encoder(4, ("rx",)) + block + encoder(4, ("ry", "rz")) + block
    theta = np.random.default_rng(seed).uniform(-np.pi, np.pi, circuit.n_params)
    planted = assert_planted(circuit, theta, known=theta)
    # Moves around the layers alone do not do it: entanglers between them need some of their own.
    before = [planted.circuit[place + 1].name for place in planted.inserted]
    assert "cx" in before


def test_other_entanglers_are_followed():
    circuit = qt.Circuit(3).ry(qt.param(0), 0).rx(qt.param(1), 1).ry(0.4, 2)
    circuit.iswap(0, 1).crx(qt.param(2), 1, 2).rxx(qt.param(3), 0, 2).rx(qt.feature(0), 0).ccx(0, 1, 2)
    circuit.rotation(qt.param(4), "XYZ", (0, 1, 2)).cp(qt.feature(1), 0, 1).swap(1, 2).u3(
        0.1, qt.param(5), 0.2, 0
    )
    circuit.rotation(qt.feature(2), "YX", (2, 0)).crz(qt.feature(0), 0, 2)
    circuit.evolve(qt.feature(1) * qt.param(6), qt.pauli("ZIX") + 0.3 * qt.pauli("IYX")).cz(0, 1)
    theta = np.random.default_rng(0).uniform(-np.pi, np.pi, 7)
    assert_planted(circuit, theta, known=theta)


def test_wide_rotations_are_followed_on_their_own_axes():
    circuit = qt.Circuit(4).ry(qt.param(0), 0).ry(qt.param(1), 3)
    circuit.rotation(qt.param(2), "XYZX").rx(qt.feature(0), 2).rx(qt.feature(1), 3)
    theta = np.array([0.3, 1.1, 0.7])
    assert_planted(circuit, theta, known=theta)


def test_the_zz_encoding_is_switched_off():
    circuit = qt.encoding.zz(3) + ansatz(3, 1)
    assert_planted(circuit, np.linspace(0, 2, 6))


def test_what_encoding_does_not_wait_for_needs_no_theta():
    """Each qubit's data before its own trained gate, whatever the order of writing."""
    circuit = qt.Circuit(3)
    for q in range(3):
        circuit.rx(qt.feature(q), q).ry(qt.param(q), q)
    circuit.cx(0, 1).cx(1, 2)
    planted = assert_planted(circuit, np.array([0.3, 0.8, -1.0]), 6)
    names = [step.name for step in planted.circuit]
    assert names[:4] == ["ry", "rx", "ry", "ry"]


def test_names_and_keys_stay_apart():
    circuit = encoder(2, ("rx",)) + ansatz(2, 1)
    circuit.parameter_names = ("calibration_0", "a", "b", "c")
    circuit.rx(qt.config("_calibration"), 0)
    planted = audit.plant_trojan(circuit)
    assert next(iter(planted.trigger)) == "__calibration_0"
    assert planted.circuit.parameter_names == circuit.parameter_names
    assert planted.circuit.bind() == circuit.bind()


def test_the_same_call_gives_the_same_trojan():
    model, theta = victim(3, ("rx",), blocks=2)
    first, second = (audit.plant_trojan(model, theta, 1) for _ in range(2))
    assert first.trigger == second.trigger
    assert first.circuit == second.circuit


def test_classes_that_nothing_reaches_are_said():
    circuit = encoder(2, ("rx",)) + ansatz(2, 1)
    identity = qt.pauli("II")
    model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("IZ"), -2.0 * identity])
    with pytest.raises(qt.InvalidArgumentError, match=r"has class 2 \(margin .*\); reachable: 0, 1"):
        audit.plant_trojan(model, np.linspace(0, 1, 4), 2)


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (ansatz(2, 1), "no gate of the circuit reads data; .*amplitude encoding"),
        (
            encoder(2, ("rx",)) + ansatz(2, 1) + encoder(2, ("rx",)),
            "ry on qubit 0 has a parameter .*; give theta",
        ),
        (qt.Circuit(1).u3(qt.feature(0), 0.1, 0.2, 0), "u3 on qubit 0 reads data and turns about no fixed"),
        (
            qt.Circuit(1).evolve(qt.feature(0), qt.pauli("X") + qt.pauli("Z")),
            "turns qubit 0 about X and Z at once",
        ),
        (qt.Circuit(1).evolve(qt.feature(0), np.array([[0, 1], [1, 0.5]])), "no fixed product of Pauli axes"),
        (
            qt.Circuit(2)
            .unitary(np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0], (0, 1))
            .rx(qt.feature(0), 0),
            "unitary on qubits 0, 1 comes before the last encoding gate and entangles every product",
        ),
        ("circuit", "neither a qt.Model nor a qt.Circuit"),
    ],
)
def test_circuits_that_are_refused(circuit, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        audit.plant_trojan(circuit)


def test_arguments_that_are_refused():
    model, theta = victim(2, ("rx",), blocks=1)
    for call, message in (
        (lambda: audit.plant_trojan(model.circuit, theta, 0), "a target needs a qt.Model and its theta"),
        (lambda: audit.plant_trojan(model, None, 0), "a target needs a qt.Model and its theta"),
        (lambda: audit.plant_trojan(model, theta[:3], 0), r"theta has shape \(3,\)"),
        (lambda: audit.plant_trojan(model, np.full(4, np.nan), 0), r"theta\[0\] is nan"),
        (lambda: audit.plant_trojan(model, theta, 2), "target is 2; the model's classes are 0, 1"),
        (lambda: audit.plant_trojan(model, theta, True), "target is True"),
        (lambda: audit.plant_trojan(model, theta, "0"), "target is '0'"),
    ):
        with pytest.raises(qt.InvalidArgumentError, match=message):
            call()
