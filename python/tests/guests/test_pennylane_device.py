"""The device qtangent.qubit against the library itself and against PennyLane's own simulator."""

import time

import numpy as np
import pennylane as qml
import pytest
import qtangent as qt
from pennylane import numpy as pnp
from pennylane.exceptions import DeviceError
from random_circuits import reuploading

TIGHT = {"rtol": 0, "atol": 1e-12}


def device(wires=None):
    return qml.device("qtangent.qubit", wires=wires)


def qnode_of(model, **settings):
    """A QNode of theta (p,) and x (f,), or (f, m) for a batch."""
    observables = model.circuit.n_qubits

    @qml.qnode(device(observables), **settings)
    def circuit(theta, x):
        tape = qt.pennylane.to_tape(model, theta, x)
        for operation in tape.operations:
            qml.apply(operation)
        return tuple(qml.apply(one) for one in tape.measurements)

    return circuit


@pytest.fixture(params=range(10))
def random_case(request):
    """A random circuit with data re-uploading and two observables, its parameters and four samples."""
    return reuploading(request.param)


def test_ten_random_circuits_with_autograd(random_case):
    model, theta, X = random_case
    circuit = qnode_of(model)
    by_theta, by_x = model.jacobian(theta, X), model.jacobian(theta, X, wrt="X")

    def stacked(theta, x):
        return pnp.stack(circuit(theta, x))

    for k, x in enumerate(X):
        arguments = pnp.array(theta), pnp.array(x)
        np.testing.assert_allclose(stacked(*arguments), model.predict(theta, X)[k], **TIGHT)
        found = qml.jacobian(stacked)(*arguments)
        np.testing.assert_allclose(found[0], by_theta[k], **TIGHT)
        np.testing.assert_allclose(found[1], by_x[k], **TIGHT)


def test_ten_random_circuits_with_torch(random_case):
    torch = pytest.importorskip("torch")
    model, theta, X = random_case
    circuit = qnode_of(model, interface="torch")
    angles = torch.tensor(theta, requires_grad=True)
    for k, x in enumerate(X):
        features = torch.tensor(x, requires_grad=True)
        found = torch.autograd.functional.jacobian(
            lambda theta, x: torch.stack(circuit(theta, x)), (angles, features)
        )
        np.testing.assert_allclose(found[0], model.jacobian(theta, X)[k], **TIGHT)
        np.testing.assert_allclose(found[1], model.jacobian(theta, X, wrt="X")[k], **TIGHT)
    batch = torch.tensor(X.T.copy(), requires_grad=True)
    weights = np.random.default_rng(0).normal(size=(len(X), model.n_outputs))
    predictions = torch.stack(circuit(angles, batch), dim=1)
    np.testing.assert_allclose(predictions.detach(), model.predict(theta, X), **TIGHT)
    (predictions * torch.tensor(weights)).sum().backward()
    expected = model.vjp(theta, weights, X)
    np.testing.assert_allclose(angles.grad, expected[0], **TIGHT)
    np.testing.assert_allclose(batch.grad.T, expected[1], **TIGHT)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PennyLane's use of JAX
def test_ten_random_circuits_with_jax(random_case):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    model, theta, X = random_case
    circuit = qnode_of(model, interface="jax")

    def stacked(theta, x):
        return jax.numpy.stack(circuit(theta, x))

    derivative = jax.jacobian(stacked, argnums=(0, 1))
    found = derivative(jax.numpy.array(theta), jax.numpy.array(X[0]))
    np.testing.assert_allclose(found[0], model.jacobian(theta, X)[0], **TIGHT)
    np.testing.assert_allclose(found[1], model.jacobian(theta, X, wrt="X")[0], **TIGHT)
    np.testing.assert_allclose(stacked(theta, X.T).T, model.predict(theta, X), **TIGHT)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", [0, 1])
def test_compiled_jax(seed):
    """Derivatives, batches and vmap under jit."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    model, theta, X = reuploading(seed)
    circuit = qnode_of(model, interface="jax")

    def stacked(theta, x):
        return jax.numpy.stack(circuit(theta, x))

    found = jax.jit(jax.jacobian(stacked, argnums=(0, 1)))(jax.numpy.array(theta), jax.numpy.array(X[0]))
    np.testing.assert_allclose(found[0], model.jacobian(theta, X)[0], **TIGHT)
    np.testing.assert_allclose(found[1], model.jacobian(theta, X, wrt="X")[0], **TIGHT)
    np.testing.assert_allclose(jax.jit(stacked)(theta, X.T).T, model.predict(theta, X), **TIGHT)

    def loss(theta, X):
        return jax.numpy.sum(stacked(theta, X.T) ** 2)

    found = jax.jit(jax.grad(loss, argnums=(0, 1)))(jax.numpy.array(theta), jax.numpy.array(X))
    for one, expected in zip(found, model.vjp(theta, 2 * model.predict(theta, X), X), strict=True):
        np.testing.assert_allclose(one, expected, rtol=0, atol=1e-11)
    mapped = jax.jit(jax.vmap(stacked, in_axes=(None, 0)))(jax.numpy.array(theta), jax.numpy.array(X))
    np.testing.assert_allclose(mapped, model.predict(theta, X), **TIGHT)


def kinds(w, x):
    """Gates of all kinds: own, taken apart, adjoint, controlled, fixed matrices."""
    qml.StatePrep(np.array([0.6, 0.0, 0.8j, 0.0]), wires=[0, 1])
    qml.AngleEmbedding(x, wires=range(3))
    qml.StronglyEntanglingLayers(w[None, :3], wires=range(3))
    qml.adjoint(qml.S)(0)
    qml.adjoint(qml.RX)(w[0, 0], 1)
    qml.ctrl(qml.RY, control=[0, 2])(w[0, 1], 1)
    qml.CRot(*w[1], wires=[0, 2])
    qml.PauliRot(w[2, 0], "XYZ", wires=[2, 0, 1])
    qml.MultiRZ(w[2, 1], wires=[0, 2])
    qml.SingleExcitation(w[2, 2], wires=[1, 2])
    qml.evolve(qml.X(0) @ qml.Z(1) + qml.Z(2), w[1, 1])
    qml.QubitUnitary(np.array([[0, 1j], [1, 0]]), wires=2)
    qml.MultiControlledX(wires=[0, 1, 2], control_values=[0, 1])
    qml.DiagonalQubitUnitary(np.exp(1j * np.arange(4)), wires=[2, 0])
    qml.Barrier()
    qml.GlobalPhase(0.3)


def measured():
    return (
        qml.expval(qml.Z(0) @ qml.X(1)),
        qml.expval(0.5 * qml.Y(2) - 2 * qml.Z(0)),
        qml.expval(qml.Hermitian(np.array([[1, 2j], [-2j, 0.5]]), wires=1)),
        qml.expval(qml.Projector([1, 0], wires=[2, 0])),
        qml.expval(qml.Identity(1)),
        qml.var(qml.X(1) + qml.Z(2)),
        qml.probs(wires=[2, 0]),
    )


@pytest.mark.parametrize("batch", [(), (5,)])
def test_every_kind_of_gate_and_measurement(batch):
    rng = np.random.default_rng(1)
    w = pnp.array(rng.uniform(-3, 3, (3, 3)))
    x = pnp.array(rng.uniform(-3, 3, (*batch, 3)))
    nodes = []
    for dev, method in ((device(3), "best"), (qml.device("default.qubit", wires=3), "backprop")):

        @qml.qnode(dev, diff_method=method)
        def circuit(w, x):
            kinds(w, x)
            return measured()

        nodes.append(circuit)
    for one, other in zip(nodes[0](w, x), nodes[1](w, x), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, **TIGHT)
    weights = [rng.normal(size=np.shape(one)) for one in nodes[1](w, x)]

    def cost(node):
        return lambda w, x: sum(pnp.sum(a * b) for a, b in zip(weights, node(w, x), strict=True))

    for one, other in zip(qml.grad(cost(nodes[0]))(w, x), qml.grad(cost(nodes[1]))(w, x), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-11)


def test_states():
    @qml.qnode(device(3))
    def circuit(w, x):
        kinds(w, x)
        return qml.state()

    w, x = np.ones((3, 3)), np.arange(3.0)
    expected = qml.QNode(circuit.func, qml.device("default.qubit", wires=3))(w, x)
    overlap = np.vdot(circuit(w, x), expected)  # global phases are dropped
    assert abs(overlap) == pytest.approx(1, abs=1e-12)
    with pytest.raises(Exception, match="tate"):
        qml.grad(lambda w: pnp.real(circuit(w, x)[0]))(pnp.array(w))


@pytest.mark.parametrize("angles", [False, True])
def test_batches_of_input_states(angles):
    rng = np.random.default_rng(3)
    states = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    x = pnp.array(rng.uniform(0, 3, 4 if angles else ()))
    nodes = []
    for dev in (device(2), qml.device("default.qubit", wires=2)):

        @qml.qnode(dev)
        def circuit(x, w):
            qml.StatePrep(states, wires=[0, 1])
            qml.RX(x, 0)
            qml.CRY(w, wires=[0, 1])
            return qml.expval(qml.Z(1)), qml.var(qml.X(0))

        nodes.append(circuit)
    w = pnp.array(0.7)
    np.testing.assert_allclose(nodes[0](x, w), nodes[1](x, w), **TIGHT)
    costs = [lambda x, w, node=node: pnp.sum(pnp.stack(node(x, w)) ** 2) for node in nodes]
    for one, other in zip(*(qml.grad(cost)(x, w) for cost in costs), strict=True):
        np.testing.assert_allclose(one, other, **TIGHT)


def test_measurements_within_the_circuit_are_deferred():
    nodes = []
    for dev in (device(), qml.device("default.qubit")):

        @qml.qnode(dev)
        def circuit(w):
            qml.RX(w, "a")
            outcome = qml.measure("a")
            qml.cond(outcome, qml.RY)(2 * w, "b")
            return qml.expval(qml.Z("b"))

        nodes.append(circuit)
    w = pnp.array(0.4)
    np.testing.assert_allclose(nodes[0](w), nodes[1](w), **TIGHT)
    np.testing.assert_allclose(qml.grad(nodes[0])(w), qml.grad(nodes[1])(w), **TIGHT)


def simple(dev, **settings):
    @qml.qnode(dev, **settings)
    def circuit(w):
        qml.RX(w, 0)
        qml.CNOT([0, 1])
        return qml.expval(qml.Z(1))

    return circuit


def test_structures_are_compiled_once():
    dev = device(2)
    circuit = simple(dev)
    for angle in (0.1, 0.2, 0.3):
        assert circuit(angle) == pytest.approx(np.cos(angle), abs=1e-14)
        qml.grad(circuit)(pnp.array(angle))
    assert len(dev._structures) == 1


def test_tapes_of_one_structure_are_one_call(monkeypatch):
    calls = []
    predict = qt.Model.predict
    monkeypatch.setattr(
        qt.Model, "predict", lambda *given, **more: calls.append(1) or predict(*given, **more)
    )
    tapes = [qml.tape.QuantumScript([qml.RX(angle, 0)], [qml.expval(qml.Z(0))]) for angle in (0.1, 0.2, 0.3)]
    tapes.insert(1, qml.tape.QuantumScript([qml.RX(0.5, 0)], [qml.expval(qml.Y(0))]))
    found = device().execute(tapes)
    np.testing.assert_allclose(found, [np.cos(0.1), -np.sin(0.5), np.cos(0.2), np.cos(0.3)], **TIGHT)
    assert len(calls) == 2


def test_the_tracker_counts():
    dev = device(2)
    with qml.Tracker(dev) as tracker:
        circuit = simple(dev)
        circuit(0.1)
        qml.grad(circuit)(pnp.array(0.2))
    assert tracker.totals["executions"] == 2
    assert tracker.totals["derivatives"] == 1


def test_gradient_rules_of_pennylane():
    """Parameter shifts of the device's own results."""
    for method in ("parameter-shift", "finite-diff", "best", "adjoint"):
        found = qml.grad(simple(device(2), diff_method=method))(pnp.array(0.4))
        assert found == pytest.approx(-np.sin(0.4), abs=1e-6)


def test_what_cannot_be_run_is_named():
    class Foreign(qml.operation.Operation):
        num_wires = 1

    def of(operation, measurement=None):
        tape = qml.tape.QuantumScript([operation], [measurement or qml.expval(qml.Z(0))])
        return lambda: qml.execute([tape], device(3))

    wrong = {
        "Foreign.*not supported with qtangent.qubit": of(Foreign(wires=0)),
        r"sample\(.*not accepted .*qtangent.qubit": of(qml.RX(0.1, 0), qml.sample(wires=0)),
        "purity": of(qml.RX(0.1, 0), qml.purity(wires=0)),
        r"theta.* is nan": of(qml.RX(np.nan, 0)),
        "is complex": of(qml.RX(0.1j, 0)),
        "wires": of(qml.RX(0.1, 7)),
        "its coefficients are real": of(qml.RX(0.1, 0), qml.expval(1j * qml.Z(0))),
        "no option 'threads'": lambda: device(1).setup_execution_config(
            qml.devices.ExecutionConfig(device_options={"threads": 2})
        ),
    }
    for text, call in wrong.items():
        with pytest.raises((DeviceError, ValueError, qml.exceptions.WireError), match=text):
            call()
    with pytest.raises(ValueError, match="probabilities of 9 wires; 8 are the limit"):
        qml.execute([qml.tape.QuantumScript([], [qml.probs(wires=range(9))])], device(9))


def test_integers_are_angles():
    assert simple(device(2))(1) == pytest.approx(np.cos(1), abs=1e-14)


@pytest.mark.slow
def test_a_gradient_over_32_samples_is_ten_times_faster_than_lightning():
    rng = np.random.default_rng(0)
    weights = pnp.array(rng.uniform(0, 3, (3, 4, 3)))
    X = pnp.array(rng.uniform(0, 3, (32, 4)), requires_grad=False)
    seconds = {}
    for name in ("qtangent.qubit", "lightning.qubit"):

        @qml.qnode(qml.device(name, wires=4), diff_method="adjoint")
        def circuit(w):
            qml.AngleEmbedding(X, wires=range(4))
            qml.StronglyEntanglingLayers(w, wires=range(4))
            return qml.expval(qml.Z(0))

        gradient = qml.grad(lambda w, node=circuit: pnp.sum(node(w) ** 2))
        gradient(weights)
        began = time.process_time()
        for _ in range(3):
            gradient(weights)
        seconds[name] = time.process_time() - began
    assert seconds["lightning.qubit"] > 10 * seconds["qtangent.qubit"]
