"""Channels and shots through PennyLane, against its own simulator of density matrices and against statistics."""

import numpy as np
import pennylane as qml
import pytest
import qtangent as qt
from pennylane import numpy as pnp
from pennylane.exceptions import DeviceError, QuantumFunctionError
from qtangent.pennylane.device import QTangentDevice
from random_circuits import noisy as noisy_model

# PennyLane computes Y among the letters of every PauliError.
pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values")
TIGHT = {"rtol": 0, "atol": 1e-12}
OWN = [np.sqrt(0.8) * np.eye(4), np.sqrt(0.2) * np.kron([[0, 1], [1, 0]], [[1, 0], [0, -1]])]
CHANNELS = {
    "BitFlip": (lambda: qml.BitFlip(0.1, 0), qt.noise.bit_flip(0.1)),
    "PhaseFlip": (lambda: qml.PhaseFlip(0.2, 0), qt.noise.phase_flip(0.2)),
    "DepolarizingChannel": (lambda: qml.DepolarizingChannel(0.3, 0), qt.noise.depolarizing(0.3)),
    "AmplitudeDamping": (lambda: qml.AmplitudeDamping(0.1, 0), qt.noise.amplitude_damping(0.1)),
    "GeneralizedAmplitudeDamping": (
        lambda: qml.GeneralizedAmplitudeDamping(0.2, 0.3, 0), qt.noise.amplitude_damping(0.2, excited=0.3),
    ),
    "PhaseDamping": (lambda: qml.PhaseDamping(0.4, 0), qt.noise.phase_damping(0.4)),
    "PauliError": (lambda: qml.PauliError("XZ", 0.1, [0, 1]), qt.noise.pauli({"XZ": 0.1})),
    "ThermalRelaxationError": (
        lambda: qml.ThermalRelaxationError(0.2, 1.0, 1.5, 0.3, 0), qt.noise.thermal_relaxation(1.0, 1.5, 0.3, 0.2),
    ),
    "ThermalRelaxationError, t2 < t1": (
        lambda: qml.ThermalRelaxationError(0.2, 1.0, 0.8, 0.3, 0), qt.noise.thermal_relaxation(1.0, 0.8, 0.3, 0.2),
    ),
    "ResetError": (lambda: qml.ResetError(0.1, 0, 0), qt.noise.reset(0.1)),
    "QubitChannel": (lambda: qml.QubitChannel(OWN, [0, 1]), qt.noise.kraus(OWN)),
}  # fmt: skip


def noisy(w):
    """Every channel among gates on three wires."""
    for k in range(3):
        qml.RY(w[k], k)
    qml.CNOT([2, 1])
    for operation, _ in CHANNELS.values():
        operation()
        qml.RX(w[3], 0)
        qml.CZ([0, 1])
    qml.ResetError(0.1, 0.2, 2)
    qml.QubitChannel(OWN, [2, 0])
    qml.RX(0.3 * w[0], 2)


def node(device, results, **settings):
    @qml.qnode(qml.device(device, wires=3, **settings))
    def circuit(w):
        noisy(w)
        return [one() for one in results]

    return circuit


RESULTS = [
    lambda: qml.expval(qml.Z(0) @ qml.X(1)),
    lambda: qml.var(qml.Y(2)),
    lambda: qml.probs([2, 0]),
    lambda: qml.expval(qml.Hermitian(np.array([[1, 2j], [-2j, 0.3]]), 1)),
]
WEIGHTS = pnp.array([0.4, 1.1, -0.7, 0.9])


def test_every_channel_in_a_circuit():
    ours, theirs = (node(one, RESULTS) for one in ("qtangent.qubit", "default.mixed"))
    np.testing.assert_allclose(np.hstack(ours(WEIGHTS)), np.hstack(theirs(WEIGHTS)), **TIGHT)
    slopes = [qml.jacobian(lambda w, one=one: pnp.hstack(one(w)))(WEIGHTS) for one in (ours, theirs)]
    np.testing.assert_allclose(*slopes, **TIGHT)


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_is_the_one_of_the_same_meaning(name):
    operation, expected = CHANNELS[name]
    (given,) = qml.tape.QuantumScript([operation()]).operations
    model = qt.pennylane.from_qnode(
        qml.QNode(lambda w: (qml.RX(w, 0), qml.apply(given), qml.expval(qml.Z(0) @ qml.Z(1)))[-1],
                  qml.device("default.mixed", wires=2)), "w", example=(0.1,),
    )  # fmt: skip
    channel = model.circuit[1].channel
    np.testing.assert_allclose(channel.ptm, expected.ptm, **TIGHT)
    assert channel.name == expected.name or name in ("QubitChannel", "ResetError")
    # And theirs, written from ours.
    (written,) = qt.pennylane.to_tape(qt.Circuit(2).channel(expected, given.wires.tolist())).operations
    back = qt.noise.kraus(written.kraus_matrices())
    np.testing.assert_allclose(back.ptm, expected.ptm, **TIGHT)


@pytest.mark.parametrize("seed", range(5))
def test_models_with_noise(seed):
    """Written as tapes for PennyLane's simulator, and read again."""
    model, theta, X = noisy_model(seed)

    def circuit(theta, x):
        tape = qt.pennylane.to_tape(model, theta, x)
        for operation in tape.operations:
            qml.apply(operation)
        return tuple(qml.apply(one) for one in tape.measurements)

    wires = model.circuit.n_qubits
    for device in ("default.mixed", "qtangent.qubit"):
        qnode = qml.QNode(circuit, qml.device(device, wires=wires))
        np.testing.assert_allclose(qnode(theta, X[0]), model.predict(theta, X)[0], **TIGHT)
        found = qml.jacobian(lambda t, q=qnode: pnp.stack(q(t, pnp.array(X[0], requires_grad=False))))
        np.testing.assert_allclose(found(pnp.array(theta)), model.jacobian(theta, X)[0], **TIGHT)


def test_noise_models_of_pennylane():
    noise = qml.NoiseModel(
        {
            qml.noise.op_in(["RY", "RX"]): qml.noise.partial_wires(qml.DepolarizingChannel, 0.05),
            qml.noise.op_eq(qml.CNOT): lambda op, **_: qml.AmplitudeDamping(0.1, op.wires[1]),
        },
        meas_map={qml.noise.meas_eq(qml.expval): qml.noise.partial_wires(qml.BitFlip, 0.02)},
    )

    def circuit(w):
        qml.RY(w[0], 0)
        qml.CNOT([0, 1])
        qml.RX(w[1], 1)
        return qml.expval(qml.Z(0) @ qml.Z(1))

    nodes = [
        qml.add_noise(qml.QNode(circuit, qml.device(one, wires=2)), noise)
        for one in ("qtangent.qubit", "default.mixed")
    ]
    np.testing.assert_allclose(*(one(WEIGHTS) for one in nodes), **TIGHT)
    np.testing.assert_allclose(*(qml.grad(one)(WEIGHTS) for one in nodes), **TIGHT)
    for node in nodes:
        model = qt.pennylane.from_qnode(node, "w", example=(WEIGHTS[:2],))
        assert any(one.channel is not None for one in model.circuit)
        np.testing.assert_allclose(model.predict(WEIGHTS[:2])[0], node(WEIGHTS), **TIGHT)
        np.testing.assert_allclose(model.jacobian(WEIGHTS[:2])[0], qml.grad(node)(WEIGHTS)[:2], **TIGHT)


def test_strengths_of_noise_have_derivatives_by_shift_rules():
    def circuit(w, p):
        qml.RY(w, 0)
        qml.BitFlip(p, 0)
        return qml.expval(qml.Z(0))

    arguments = pnp.array(0.3), pnp.array(0.1)
    found = qml.grad(qml.QNode(circuit, qml.device("qtangent.qubit", wires=1)))(*arguments)
    np.testing.assert_allclose(found, [-0.8 * np.sin(0.3), -2 * np.cos(0.3)], **TIGHT)
    adjoint = qml.QNode(circuit, qml.device("qtangent.qubit", wires=1), diff_method="adjoint")
    with pytest.raises(QuantumFunctionError, match="does not support adjoint"):
        qml.grad(adjoint)(*arguments)
    tapes = [
        qml.tape.QuantumScript([qml.RY(0.3, 0), qml.BitFlip(p, 0)], [qml.expval(qml.Z(0))])
        for p in (0.1, arguments[1])
    ]
    with pytest.raises(
        DeviceError, match="no derivatives by strengths of noise: give channels plain numbers"
    ):
        qml.execute(tapes, adjoint.device, diff_method="adjoint")
    with pytest.raises(
        qt.InvalidArgumentError, match=r"BitFlip on wires .* are angles, not strengths of noise"
    ):
        qt.pennylane.from_qnode(adjoint, ["w", "p"], example=(0.1, 0.1))


def test_states_behind_channels_are_refused():
    @qml.qnode(qml.device("qtangent.qubit", wires=1))
    def circuit():
        qml.BitFlip(0.1, 0)
        return qml.state()

    with pytest.raises(qt.InvalidArgumentError, match=r"bit_flip\(0.1\) .* there are no state vectors"):
        circuit()


# Shots.

SAMPLED = [
    *RESULTS,
    lambda: qml.expval(qml.X(0) + 0.5 * qml.Z(1) + qml.Z(0) @ qml.Z(2) + 0.3),
    lambda: qml.var(qml.X(0) + qml.Z(0)),
    lambda: qml.expval(qml.Projector([1, 0], [2, 1])),
    lambda: qml.probs(op=qml.X(1)),
    lambda: qml.expval(qml.Identity(1)),
]


def test_means_variances_and_probabilities():
    """Within five standard errors, of which 1/sqrt(N) times the spread of what is measured is the most."""
    shots = 100_000
    exact = node("default.mixed", SAMPLED)(WEIGHTS)
    found = qml.set_shots(node("qtangent.qubit", SAMPLED, seed=1), shots)(WEIGHTS)
    for one, other in zip(found, exact, strict=True):
        assert np.shape(one) == np.shape(other)
        spread = 0.5 if np.ndim(other) else 6.0
        np.testing.assert_allclose(one, other, rtol=0, atol=5 * spread / np.sqrt(shots))
    assert found[-1] == 1


def test_samples_and_counts_are_shots_of_one_state():
    bare = [qml.sample, qml.counts, lambda: qml.probs(wires=1)]
    bits, counts, chances = qml.set_shots(node("qtangent.qubit", bare, seed=2), 500)(WEIGHTS)
    assert bits.shape == (500, 3)
    words, times = np.unique(["".join(map(str, row)) for row in bits], return_counts=True)
    assert counts == dict(zip(words, times, strict=True))
    np.testing.assert_allclose(chances, [1 - bits[:, 1].mean(), bits[:, 1].mean()], **TIGHT)
    observed = [lambda: qml.sample(qml.X(0)), lambda: qml.counts(qml.Y(1))]
    values, counts = qml.set_shots(node("qtangent.qubit", observed, seed=3), 500)(WEIGHTS)
    assert set(values) == {-1.0, 1.0}
    assert sum(counts.values()) == 500


def test_seeds_and_partitions():
    def of(seed, shots):
        return qml.set_shots(node("qtangent.qubit", SAMPLED[:1], seed=seed), shots)

    same = of(4, 100), of(4, 100)
    first, second = ([one(WEIGHTS), one(WEIGHTS)] for one in same)
    assert first == second
    assert first[0] != first[1]
    parts = of(5, [10, 20, 20])(WEIGHTS)
    assert len(parts) == 3
    assert not qml.math.allclose(parts[1], parts[2])


def test_a_batch_and_measurements_within_the_circuit():
    dev = qml.device("qtangent.qubit", wires=2, seed=6)

    @qml.set_shots(20_000)
    @qml.qnode(dev)
    def circuit(w):
        qml.RY(w, 0)
        seen = qml.measure(0)
        qml.cond(seen, qml.X)(1)
        return qml.expval(qml.Z(1)), qml.expval(seen), qml.sample(wires=1)

    angles = np.array([0.3, 0.9, 2.0])
    means, seen, bits = circuit(angles)
    np.testing.assert_allclose(means, np.cos(angles), atol=0.03)
    np.testing.assert_allclose(seen, np.sin(angles / 2) ** 2, atol=0.015)
    assert bits.shape == (3, 20_000, 1)


def test_gradients_have_the_statistics_of_shift_rules():
    """Mean and variance over 300 gradients of 100 shots are those that the library tells."""
    model = qt.Model(
        qt.Circuit(2).ry(qt.param(0), 0).channel(qt.noise.bit_flip(0.1), 0).cx(0, 1).rx(qt.param(1), 1),
        qt.pauli("ZZ"),
    )

    @qml.set_shots(100)
    @qml.qnode(qml.device("qtangent.qubit", wires=2, seed=7))
    def circuit(w):
        for operation in qt.pennylane.to_tape(model.circuit, w).operations:
            qml.apply(operation)
        return qml.expval(qml.Z(0) @ qml.Z(1))

    w = pnp.array([0.4, 0.9])
    drawn = np.array([qml.grad(circuit)(w) for _ in range(300)])
    variance = model.jacobian_variance(w, shots=100)[0]
    # The spread of a variance estimated from k draws is sqrt(2/k).
    np.testing.assert_allclose(
        drawn.mean(axis=0), model.jacobian(w)[0], atol=5 * np.sqrt(variance.max() / 300)
    )
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=5 * np.sqrt(2 / 300))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PennyLane's use of JAX
@pytest.mark.parametrize("interface", ["torch", "jax"])
def test_gradients_with_shots_in_other_packages(interface):
    package = pytest.importorskip(interface)
    circuit = qml.set_shots(node("qtangent.qubit", SAMPLED[:1], seed=8), 20_000)
    if interface == "torch":
        w = package.tensor(np.array(WEIGHTS), requires_grad=True)
        circuit(w)[0].backward()
        found = w.grad
    else:
        found = package.grad(lambda w: circuit(w)[0])(package.numpy.array(WEIGHTS))
    expected = qml.jacobian(lambda w: pnp.hstack(node("default.mixed", SAMPLED[:1])(w)))(WEIGHTS)
    # Eleven angles of w[3] add up.
    np.testing.assert_allclose(found, np.ravel(expected), atol=5 * 4 / np.sqrt(20_000))


def test_shots_belong_to_the_qnode():
    with pytest.raises(DeviceError, match=r"shots from the QNode, and 100 .*: qml\.set_shots\(qnode, 100\)"):
        QTangentDevice(2, shots=100)
    with pytest.raises(DeviceError, match=r"state\(.*not accepted with finite shots on qtangent\.qubit"):
        qml.set_shots(node("qtangent.qubit", [qml.state]), 10)(WEIGHTS)
    dev = qml.device("qtangent.qubit", wires=3)
    adjoint = qml.QNode(lambda w: (noisy(w), qml.expval(qml.Z(0)))[1], dev, diff_method="adjoint")
    with pytest.raises(QuantumFunctionError, match="does not support adjoint"):
        qml.grad(qml.set_shots(adjoint, 10))(WEIGHTS)
