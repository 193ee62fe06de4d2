"""Predictions, Jacobians and trainings of circuits with channels, against sums over Kraus operators."""

import pickle

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, complex_array, differences, golden, observable_of, predict
from parameter_shifts import shifts
from qtangent._native.inputs import Theta
from qtangent.samples import samples_for
from random_circuits import reuploading

noise = qt.noise
pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


@pytest.mark.parametrize(
    "name",
    [
        "density_n2_every_channel",
        "global_depolarizing_contracts",
        "shots_kernel_bias",
        "pauli_frame_trajectories",
    ],
)
def test_golden_models(name):
    inputs, outputs, tolerance = golden(name)
    given = inputs.get("observables") or [inputs["observable"]]
    observables = [observable_of(terms) for terms in given]
    model = qt.Model(
        circuit_of(inputs["n_qubits"], inputs["circuit"]),
        observables if "observables" in inputs else observables[0],
        inputs.get("scale", 1.0),
    )
    theta, X = inputs["theta"], inputs.get("X")
    states = complex_array(inputs["states"]) if "states" in inputs else None
    found = {
        "predictions": lambda: model.predict(theta, X, states),
        "jacobian": lambda: model.jacobian(theta, X, states),
        "kernel": lambda: model.tangent_kernel(theta, X, states=states),
        "kernel_full": lambda: model.tangent_kernel(theta, X, states=states, full=True),
        "loss": lambda: model.loss(theta, inputs["y"], X=X, states=states),
        "gradient": lambda: model.loss_and_gradient(theta, inputs["y"], X=X, states=states)[1],
    }
    for key, wanted in outputs.items():
        if key in found:
            np.testing.assert_allclose(
                np.reshape(found[key](), np.shape(wanted)), wanted, atol=tolerance, err_msg=key
            )


def test_golden_haar_layers_under_global_depolarising():
    inputs, outputs, tolerance = golden("haar_layers_global_depolarising")
    n, q = inputs["n_qubits"], inputs["q"]
    layers = qt.ansatz.haar(n, len(inputs["theta"]), unitaries=complex_array(inputs["unitaries"]))
    kept = iter(q)
    circuit = qt.Circuit(n)
    for one in layers:
        circuit = circuit.then(qt.Circuit.from_instructions(n, [one]))
        if one.name != "unitary":
            circuit.channel(noise.global_depolarizing(next(kept)))
    model = qt.Model(circuit, observable_of(inputs["observable"]), inputs["scale"])
    states, theta = complex_array(inputs["states"]), np.array(inputs["theta"])
    np.testing.assert_allclose(model.predict(theta, states=states), outputs["predictions"], atol=tolerance)
    np.testing.assert_allclose(model.jacobian(theta, states=states), outputs["jacobian"], atol=tolerance)
    np.testing.assert_allclose(model.tangent_kernel(theta, states=states), outputs["kernel"], atol=tolerance)
    run = qt.train(
        model, inputs["y"], states=states, theta=theta, steps=inputs["steps"], record=("loss", "predictions"),
        optimizer=qt.GradientDescent(inputs["learning_rate"]),
    )  # fmt: skip
    for entry in outputs["history"]:
        np.testing.assert_allclose(run.loss[entry["step"]], entry["loss"], atol=1e-10)
        np.testing.assert_allclose(run.predictions[entry["step"]], entry["predictions"], atol=1e-10)


CHANNELS = (
    lambda rng: noise.depolarizing(rng.uniform(0, 0.5)),
    lambda rng: noise.amplitude_damping(rng.uniform(), rng.uniform()),
    lambda rng: noise.phase_damping(rng.uniform()),
    lambda rng: noise.pauli({"X": 0.1, "Y": rng.uniform(0, 0.4), "Z": 0.2}),
    lambda rng: noise.reset(rng.uniform(0, 0.5)),
    lambda rng: noise.depolarizing(rng.uniform(), 2),
    lambda rng: noise.pauli({"XY": 0.1, "ZI": rng.uniform(0, 0.4)}),
    lambda rng: noise.kraus(random_kraus(rng, 4, 3)),
    lambda rng: noise.kraus(random_kraus(rng, 2, 2)),
)


def random_kraus(rng, d, count):
    """Rows of an isometry."""
    matrix = rng.normal(size=(d * count, d)) + 1j * rng.normal(size=(d * count, d))
    return np.linalg.qr(matrix)[0].reshape(count, d, d)


def sprinkled(circuit, rng, density=0.5):
    """The circuit with random channels between its gates."""
    result = []
    for one in circuit:
        result.append(one)
        if rng.uniform() < density:
            channel = CHANNELS[rng.integers(len(CHANNELS))](rng)
            size = channel.n_qubits or int(rng.integers(1, 3))
            qubits = [int(q) for q in rng.choice(circuit.n_qubits, size, replace=False)]
            result.append(qt.Instruction("channel", qubits, channel=channel))
    return qt.Circuit.from_instructions(circuit.n_qubits, result)


@pytest.mark.parametrize("seed", range(12))
def test_random_circuits_are_what_kraus_sums_say(seed):
    rng = np.random.default_rng(seed)
    plain, theta, X = reuploading(seed)
    model = qt.Model(sprinkled(plain.circuit, rng), plain.observable, 1.3)
    predictions = np.array([predict(model, theta, x) for x in X])
    np.testing.assert_allclose(model.predict(theta, X), predictions, atol=1e-12)
    slopes = np.array([differences(lambda t, x=x: predict(model, t, x), theta) for x in X])
    np.testing.assert_allclose(model.jacobian(theta, X), slopes, atol=1e-8)
    slopes = np.array([differences(lambda z: predict(model, theta, z), x) for x in X])
    np.testing.assert_allclose(model.jacobian(theta, X, wrt="X"), slopes, atol=1e-8)


def every_gate(rng):
    """Every gate of the table, evolutions and dense unitaries, on three qubits."""
    circuit, index = qt.Circuit(3), 0
    for qubit in range(3):
        circuit.ry(qt.feature(qubit), qubit)
    for name in (*qt.instructions.gate_table(),):
        row = qt.instructions.gate_table()[name]
        qubits = [int(q) for q in rng.permutation(3)[: row["qubits"]]]
        angles = []
        for _ in range(row["angles"]):
            angles.append(float(rng.normal()) * qt.param(index) + 0.2)
            index += 1
        getattr(circuit, name)(*angles, *qubits)
    circuit.rotation(qt.param(index), "XIY", (2, 0, 1))
    circuit.evolve(0.4 * qt.param(index + 1), 0.7 * qt.pauli("XX") + 0.2 * qt.pauli("ZZ"), (0, 2))
    matrix = rng.normal(size=(4, 4))
    circuit.evolve(0.3 * qt.param(index + 2), qt.hermitian(matrix + matrix.T), (2, 1))
    circuit.evolve(0.3 * qt.param(index), qt.pauli("XX") + qt.pauli("ZI") + qt.projector("01"), (1, 0))
    circuit.unitary(np.linalg.qr(rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8)))[0])
    return circuit.crx(qt.param(0), 2, 0).ry(qt.param(1) * qt.feature(0), 1)


@pytest.mark.parametrize("seed", range(3))
def test_every_gate_between_channels(seed):
    rng = np.random.default_rng(seed)
    circuit = sprinkled(every_gate(rng), rng, 0.3)
    observables = [
        qt.pauli("ZZI") + 0.3 * qt.pauli("IXY"),
        qt.projector("010"),
        qt.hermitian(np.diag(np.arange(8.0))),
        qt.hermitian(np.ones((8, 8))),
    ]
    model = qt.Model(circuit, observables)
    theta, X = rng.uniform(-2, 2, circuit.n_params), rng.uniform(-1, 1, (2, 3))
    np.testing.assert_allclose(model.predict(theta, X), [predict(model, theta, x) for x in X], atol=1e-12)
    slopes = np.array([differences(lambda t, x=x: predict(model, t, x), theta) for x in X])
    np.testing.assert_allclose(model.jacobian(theta, X), slopes, atol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_without_noise_it_is_the_pure_engine(seed):
    rng = np.random.default_rng(seed)
    if seed < 3:
        plain, theta, X = reuploading(seed)
    else:
        circuit = every_gate(rng)
        plain = qt.Model(circuit, [qt.pauli("ZZX"), qt.hermitian(np.diag(np.arange(8.0)))])
        theta, X = rng.uniform(-2, 2, circuit.n_params), rng.uniform(-1, 1, (5, 3))
    silent = qt.NoiseModel().add(noise.depolarizing(0.0)).add(noise.amplitude_damping(0.0), every="layer")
    for model in (
        qt.Model(plain.circuit, plain.observable, method="density"),
        qt.Model(plain.circuit, plain.observable, noise=silent),
    ):
        np.testing.assert_allclose(model.predict(theta, X), plain.predict(theta, X), atol=1e-13)
        np.testing.assert_allclose(model.jacobian(theta, X), plain.jacobian(theta, X), atol=2e-13)
        y, w = rng.uniform(-1, 1, (len(X), 2)), rng.uniform(-1, 1, (len(X), 2))
        for own, other in zip(
            model.loss_and_gradient(theta, y, X=X), plain.loss_and_gradient(theta, y, X=X), strict=True
        ):
            np.testing.assert_allclose(own, other, atol=1e-12)
        for own, other in zip(model.vjp(theta, w, X), plain.vjp(theta, w, X), strict=True):
            np.testing.assert_allclose(own, other, atol=1e-12)


@pytest.mark.parametrize(("n", "qubits"), [(4, (2, 0, 3, 1)), (5, (4, 1, 0, 3)), (6, (5, 0, 2, 1, 4))])
def test_dense_unitaries_on_many_qubits(n, qubits):
    rng = np.random.default_rng(n)
    circuit = qt.Circuit(n)
    for q in range(n):
        circuit.ry(qt.param(q), q).channel(noise.amplitude_damping(0.1), q)
    d = 2 ** len(qubits)
    circuit.unitary(np.linalg.qr(rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d)))[0], qubits)
    for q in range(n):
        circuit.channel(noise.depolarizing(0.1), q).rx(qt.param(n + q), q)
    matrix = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    circuit.evolve(0.2 * qt.param(0), qt.hermitian(matrix + matrix.conj().T), qubits)
    circuit.channel(noise.phase_flip(0.2), 0)
    model, theta = (
        qt.Model(circuit, [qt.pauli("ZX" + "I" * (n - 2)), qt.pauli("Y" * n)]),
        rng.uniform(-2, 2, 2 * n),
    )
    np.testing.assert_allclose(model.predict(theta)[0], predict(model, theta), atol=1e-12)
    np.testing.assert_allclose(
        model.jacobian(theta)[0], differences(lambda t: predict(model, t), theta), atol=1e-8
    )


def test_channels_that_cannot_be_undone():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).rx(qt.param(1), 1).cx(0, 1)
    circuit.channel(noise.depolarizing(0.75), 0).channel(noise.amplitude_damping(1.0), 1)
    circuit.ry(qt.param(2), 0).ry(qt.param(3), 1).channel(noise.depolarizing(1.0), 0).cz(0, 1)
    circuit.rx(qt.param(4), 1)
    model, theta = qt.Model(circuit, [qt.pauli("XX"), qt.pauli("IZ")]), np.arange(1.0, 6.0)
    np.testing.assert_allclose(model.predict(theta)[0], predict(model, theta), atol=1e-14)
    np.testing.assert_allclose(
        model.jacobian(theta)[0], differences(lambda t: predict(model, t), theta), atol=1e-9
    )
    assert not model.jacobian(theta)[0][:, :2].any()


def layered(n, layers):
    circuit = qt.encoding.angle(n)
    for k in range(layers):
        for q in range(n):
            index = 2 * (k * n + q)
            circuit = circuit.then(qt.Circuit(n).ry(qt.param(index), q).rz(qt.param(index + 1), q))
        for q in range(n):
            circuit.channel(noise.amplitude_damping(0.02), q).channel(noise.depolarizing(0.01), q)
        for q in range(n if n > 2 else n - 1):
            circuit.cz(q, (q + 1) % n)
    return circuit


def test_states_pure_and_mixed():
    rng = np.random.default_rng(5)
    n, m = 3, 6
    model = qt.Model(layered(n, 2), [qt.pauli("ZII"), qt.pauli("XYZ")])
    theta, X = rng.uniform(-3, 3, model.n_params), rng.uniform(-1, 1, (m, n))
    vectors = rng.normal(size=(m, 8)) + 1j * rng.normal(size=(m, 8))
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    factors = rng.normal(size=(m, 8, 8)) + 1j * rng.normal(size=(m, 8, 8))
    mixed = factors @ factors.conj().transpose(0, 2, 1)
    mixed /= np.trace(mixed, axis1=1, axis2=2)[:, None, None]
    for states in (vectors, mixed):
        wanted = [predict(model, theta, x, state) for x, state in zip(X, states, strict=True)]
        np.testing.assert_allclose(model.predict(theta, X, states), wanted, atol=1e-13)
        jacobian = model.jacobian(theta, X, states)
        slopes = differences(lambda t, s=states: predict(model, t, X[1], s[1]), theta)
        np.testing.assert_allclose(jacobian[1], slopes, atol=1e-9)
        weights = rng.uniform(-1, 1, (m, 2))
        np.testing.assert_allclose(
            model.vjp(theta, weights, X, states)[0], np.einsum("ja,jap->p", weights, jacobian), atol=1e-13
        )


def test_sets_rows_and_threads():
    rng = np.random.default_rng(1)
    model = qt.Model(layered(5, 3), qt.pauli("ZIIII"))
    sets, X = rng.uniform(-3, 3, (3, model.n_params)), rng.uniform(-1, 1, (7, 5))
    together = model.jacobian(sets, X)
    for one, theta in zip(together, sets, strict=True):
        np.testing.assert_allclose(one, model.jacobian(theta, X), atol=1e-14)
    np.testing.assert_allclose(model.jacobian(sets, X[:2]), together[:, :2], atol=1e-14)
    np.testing.assert_array_equal(model.jacobian(sets, X, chunk=4), together)
    before = qt.get_num_threads()
    try:
        for threads in (1, 2, 5):
            qt.set_num_threads(threads)
            np.testing.assert_array_equal(model.jacobian(sets, X), together)
    finally:
        qt.set_num_threads(before)


def test_what_the_observables_do_not_see_is_left_out():
    circuit = layered(3, 2).channel(noise.depolarizing(0.3), 1).channel(noise.phase_damping(0.2), 0)
    wide = qt.Circuit(40).ry(qt.param(0), 0)
    for q in range(1, 40):
        wide.ry(qt.param(q), q).channel(noise.reset(0.1), q)
    wide.channel(noise.depolarizing(0.1), 0).channel(noise.global_depolarizing(0.5))
    model = qt.Model(wide, qt.pauli("Z" + "I" * 39))
    theta = np.linspace(0.1, 1, 40)
    # The register's channel is seen on one qubit.
    assert model.predict(theta)[0] == pytest.approx(0.5 * (1 - 0.4 / 3) * np.cos(0.1), abs=1e-14)
    own, theta = qt.Model(circuit, qt.pauli("ZII")), np.linspace(0, 3, 12)
    without = qt.Model(layered(3, 2), qt.pauli("ZII"))
    np.testing.assert_allclose(
        own.predict(theta, [[0.1] * 3]), without.predict(theta, [[0.1] * 3]), atol=1e-15
    )


def test_shifted_angles_come_from_the_same_sweep():
    rng = np.random.default_rng(4)
    circuit = sprinkled(every_gate(rng), rng, 0.3)
    model = qt.Model(circuit, [qt.pauli("ZZI"), qt.hermitian(np.ones((8, 8)))], 1.3)
    theta, X = rng.uniform(-2, 2, circuit.n_params), rng.uniform(-1, 1, (5, 3))
    found = shifts(model, Theta(theta, len(theta)), samples_for(model, X, None))
    np.testing.assert_allclose(found.predictions, model.predict(theta, X), atol=1e-14)
    jacobian = np.zeros((5, 2, len(theta)))
    for rotation, parameter, feature, factor in zip(*found[3:], strict=True):
        x = X[:, [feature]] if feature >= 0 else 1
        jacobian[:, :, parameter] += factor * x * found.slopes[:, :, rotation]
    np.testing.assert_allclose(jacobian, model.jacobian(theta, X), atol=1e-13)
    simple = qt.Circuit(2).rx(0.3, 0).rxx(1.7 * qt.param(0), 0, 1).channel(noise.reset(0.2), 0)
    simple.ry(qt.param(1), 0).channel(noise.amplitude_damping(0.3), 1).rz(0.2, 0).ry(0.4, 1)
    one = qt.Model(simple, qt.pauli("XZ") + 0.5 * qt.pauli("ZI"))
    at, samples = np.array([0.3, -0.8]), samples_for(one, None, None)
    found = shifts(one, Theta(at, 2), samples)
    for k, factor in enumerate((1.7, 1.0)):
        for delta in (np.pi / 2, np.pi, 1.1):
            moved = at + delta / factor * np.eye(2)[k]
            centre, slope = found.centres[0, k], found.slopes[0, k]
            wanted = centre + (found.predictions[0] - centre) * np.cos(delta) + slope * np.sin(delta)
            assert one.predict(moved)[0] == pytest.approx(wanted, abs=1e-14)
    pure = qt.Model(qt.Circuit(1).rx(qt.param(0), 0), qt.pauli("Z"))
    samples = samples_for(pure, None, None)
    with pytest.raises(qt.InvalidArgumentError, match="density"):
        shifts(pure, Theta([0.1], 1), samples)


def test_golden_bias_of_kernels_measured_by_parameter_shifts():
    inputs, outputs, tolerance = golden("shots_kernel_bias")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    scale, theta = inputs["scale"], np.array(inputs["theta"])
    model = qt.Model(circuit, observable_of(inputs["observable"]), scale)
    found = shifts(model, Theta(theta, len(theta)), samples_for(model, np.array(inputs["X"]), None))
    variances = (scale**2 - found.centres**2 - found.slopes**2) / (2 * inputs["shots"])
    bias = np.sum(variances[:, found.rotation] * found.factor**2, axis=1)
    # The figures measure parameter 3 too, which the observable does not see: the same prediction twice.
    assert set(found.parameter) == {0, 1, 2, 4}
    bias = np.diag(bias + (scale**2 - found.predictions**2) / (2 * inputs["shots"]))
    np.testing.assert_allclose(np.add(outputs["kernel"], bias), outputs["expected_plug_in"], atol=tolerance)


def test_training_and_its_file(tmp_path):
    rng = np.random.default_rng(2)
    model = qt.Model(layered(3, 2), qt.pauli("ZII"), 1.2)
    X, y = rng.uniform(-1, 1, (6, 3)), rng.uniform(-0.5, 0.5, 6)
    theta = rng.uniform(-1, 1, model.n_params)
    path = tmp_path / "run"
    run = qt.train(
        model,
        y,
        X=X,
        theta=theta,
        optimizer=qt.GradientDescent(0.2),
        steps=20,
        record=("loss", "kernel"),
        checkpoint=qt.Checkpoint(path, every=5),
    )
    by_hand = theta.copy()
    for _ in range(20):
        by_hand -= 0.2 * model.loss_and_gradient(by_hand, y, X=X)[1]
    np.testing.assert_allclose(run.theta, by_hand, atol=1e-13)
    assert run.loss[-1] < run.loss[0]
    loaded = qt.Run.load(path)
    assert loaded.model.circuit == model.circuit
    np.testing.assert_array_equal(
        qt.resume(path, 10).theta,
        qt.train(model, y, X=X, theta=theta, optimizer=qt.GradientDescent(0.2), steps=30).theta,
    )
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(theta, X), model.predict(theta, X))


def test_models_keep_their_noise():
    rules = qt.NoiseModel().add(noise.depolarizing(0.01)).readout(0.02, 0.05)
    circuit = qt.ansatz.hardware_efficient(2, 2)
    model = qt.Model(circuit, qt.pauli("ZI"), noise=rules)
    assert model.circuit == rules.apply(circuit)
    assert model.observable == rules.measured(qt.pauli("ZI"))
    again = pickle.loads(pickle.dumps(model))
    assert again.noise == rules
    assert again.circuit == model.circuit
    same = qt.Model(model.circuit, model.observable)
    theta = np.linspace(0, 1, model.n_params)
    np.testing.assert_array_equal(same.jacobian(theta), model.jacobian(theta))
    np.testing.assert_array_equal(again.jacobian(theta), model.jacobian(theta))


def test_memory_is_estimated_and_refused():
    model = qt.Model(layered(6, 3), qt.pauli("Z" * 6))
    assert model.memory_estimate(4) > 3 * 4**6 * 32
    wide = layered(13, 1)
    with pytest.raises(qt.OutOfMemoryError, match="13 qubits"):
        qt.Model(wide, qt.pauli("X" * 13)).predict(np.zeros(26), np.zeros((1, 13)))
    with pytest.raises(qt.OutOfMemoryError, match="chunk of"):
        model.predict(np.zeros((10**6, 36)), np.broadcast_to(0.0, (10**5, 6)))


def test_ten_qubits_with_checkpoints():
    rng = np.random.default_rng(3)
    model = qt.Model(layered(10, 3), qt.pauli("X" * 10))
    theta, x = rng.uniform(-1, 1, model.n_params), rng.uniform(-1, 1, (1, 10))
    jacobian = model.jacobian(theta, x)[0]
    direction = rng.normal(size=model.n_params)
    step = 1e-4
    slope = (model.predict(theta + step * direction, x) - model.predict(theta - step * direction, x)) / (
        2 * step
    )
    assert jacobian @ direction == pytest.approx(slope[0], rel=1e-5, abs=1e-9)
