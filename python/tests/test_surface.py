"""The public names that users rely on: where they are, what they take, and odd but legal ways to call them."""

import inspect
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

# Name, parameters in order, and their defaults; later parameters may follow.
SIGNATURES = """
Circuit(n_qubits)
Circuit.rx(angle, qubit)
Circuit.u3(a, b, c, qubit)
Circuit.rotation(angle, pauli, qubits)
Circuit.evolve(angle, generator)
Circuit.unitary(matrix, qubits)
Circuit.then(other)
Circuit.inverse()
Circuit.from_qasm(text_or_path, features=('x',), free=None)
Circuit.to_qasm(version=3, theta=None, include=True)
Circuit.matrix(theta, x=None)
param(index)
feature(index)
ansatz.hardware_efficient(n_qubits, layers, rotations=('ry', 'rz'), entangler='cz', topology='chain')
ansatz.haar(n_qubits, n_params, generator=None, seed=0, unitaries=None)
ansatz.hamiltonian_variational(terms, layers)
encoding.angle(n_qubits, rotation='ry')
encoding.zz(n_qubits, repeats=2)
encoding.amplitude(X, n_qubits)
encoding.haar_states(n_qubits, m, orthogonal=True, seed=0)
pauli(letters)
hermitian(matrix)
projector(bits)
Model(circuit, observable, scale=1.0, precision='double')
Model.predict(theta, X=None, states=None, chunk=None)
Model.jacobian(theta, X=None, states=None, chunk=None)
Model.tangent_kernel(theta, X=None, X2=None, states=None, states2=None, full=False)
Model.fidelity_kernel(theta, X=None, X2=None, states=None, states2=None)
Model.loss(theta, y, *, X=None, states=None)
Model.loss_and_gradient(theta, y, *, X=None, states=None)
Model.output_states(theta, X=None, states=None)
Model.fisher_information(theta, x=None, state=None)
Model.dqntk(theta, X=None, states=None)
Model.hessian_product(theta, direction, X=None, states=None)
Model.hessian(theta, X=None, states=None)
Model.loss_hessian_product(theta, y, direction, X=None, states=None, loss='mse')
Model.loss_hessian(theta, y, X=None, states=None, loss='mse')
Model.vjp_product(theta, weights, direction, X_direction=None, X=None, states=None)
Model.memory_estimate(m, what='jacobian')
set_num_threads(count)
train(model, y, *, X=None, states=None, theta=None, seed=0, loss='mse', optimizer=None, steps=1000, record=('loss',), \
record_every=1, batch_size=None, callback=None, progress=False, checkpoint=None)
Checkpoint(path, every=100)
Run.save(path)
Run.load(path)
resume(path, steps, model=None, y=None, X=None, states=None)
GradientDescent(learning_rate)
Momentum(learning_rate, momentum=0.9)
Adam(learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-08)
RMSProp(learning_rate=0.01, alpha=0.99, epsilon=1e-08)
LBFGS(memory=10)
GradientFlow(rate, dt)
NaturalGradient(learning_rate, damping=0.001)
capacity.data_fisher_information(model, theta, X=None, states=None)
dynamics.kernel_regression(kernel, residual, time, rate=1.0)
dynamics.asymptotic(model, theta, y, time, X=None, states=None, rate=1.0, method='auto')
dynamics.linearised_prediction(kernel_train, kernel_test_train, residual, predictions_test, time, rate=1.0)
dynamics.loss_lower_bound(model, loss0, time, m)
dynamics.asymptotic_from_gram(gram, measured_gram, y, time, scale=1.0, rate=1.0)
dynamics.tilted_limit(levels, weights, y, time, rate=1.0)
dynamics.level_weights(model, theta, X=None, states=None)
dynamics.limit_dqntk(gram_moments)
dynamics.lotka_volterra(residual, kernel, lam, time, rate=1.0)
dynamics.gaussian_process_prediction(kernel, kernel_test, covariance, covariance_cross, covariance_test, y, time, \
rate=1.0, mean=None)
dynamics.second_order_prediction(kernel, dqntk, residual, learning_rate, steps=1)
capacity.lie_algebra(generators)
capacity.orbit_dimension(model, *, states=None, X=None, seed=0)
convergence.critical_learning_rate(kernel, m, normalisation='1/2m')
convergence.sweep(build, p, n, m=4, scale=1.0, seeds=8, time=20.0, dt=None, records=100, path=None, executor=None)
convergence.load_sweep(path)
convergence.study(model, y, *, X=None, states=None, theta=None, seed=0, time=20.0, dt=None, records=200, X_test=None, \
states_test=None, y_test=None)
convergence.Study.summary()
convergence.Study.plot()
convergence.Study.save(folder)
""".strip().splitlines()


def resolve(name):
    found = qt
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("line", SIGNATURES, ids=lambda line: line.split("(")[0])
def test_signatures(line):
    name, _, promised = line.partition("(")
    parameters = [p for p in inspect.signature(resolve(name)).parameters.values() if p.name != "self"]
    shown = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    expected = inspect.signature(eval(f"lambda {promised.removesuffix(')')}: 0")).parameters.values()
    wanted = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in expected]
    for k, parameter in enumerate(wanted):
        # A promised parameter may have become optional.
        assert shown[k] == parameter or ("=" not in parameter and shown[k].startswith(f"{parameter}="))
    assert all(p.default is not p.empty for p in parameters[len(wanted) :])
    assert inspect.getdoc(resolve(name))


def problem():
    circuit = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)
    return qt.Model(circuit, qt.pauli("ZI")), [[0.25, 0.5], [1.0, -1.5], [2.0, 0.0]], [1, -1, 1]


def test_gates_append_and_return_the_circuit():
    circuit = qt.Circuit(3)
    fixed = {
        "h": 1,
        "x": 1,
        "y": 1,
        "z": 1,
        "s": 1,
        "sdg": 1,
        "t": 1,
        "tdg": 1,
        "sx": 1,
        "cx": 2,
        "cy": 2,
        "cz": 2,
    }
    fixed |= {"swap": 2, "iswap": 2, "ccx": 3}
    angled = {
        "rx": 1,
        "ry": 1,
        "rz": 1,
        "phase": 1,
        "crx": 2,
        "cry": 2,
        "crz": 2,
        "cp": 2,
        "rxx": 2,
        "ryy": 2,
        "rzz": 2,
    }
    for name, k in fixed.items():
        assert getattr(circuit, name)(*range(k)) is circuit
    for name, k in angled.items():
        assert getattr(circuit, name)(qt.param(0) * qt.feature(0) + 1, *range(k)) is circuit
    assert circuit.u3(1, 0.5, qt.param(1), 2) is circuit
    assert circuit.rotation(1, "XZ", (0, 2)) is circuit
    assert circuit.evolve(1, qt.pauli("XZI")) is circuit
    assert circuit.unitary(np.eye(2), (1,)) is circuit
    assert (len(circuit), circuit.n_qubits, circuit.n_params, circuit.n_features) == (30, 3, 2, 1)


def test_lists_integers_single_precision_and_strides():
    model, X, y = problem()
    theta = np.array([0.5, 1.0, -0.25, 2.0])  # exact in single precision, like X
    wide = np.zeros((6, 4))
    wide[::2, ::2] = X
    for t, x in (
        (theta.tolist(), X),
        (tuple(theta), np.array(X, dtype=np.float32)),
        (theta.astype(np.float32), wide[::2, ::2]),
        (np.repeat(theta, 2)[::2], np.asfortranarray(X)),
        (theta.astype(">f8"), np.array(X, dtype=np.float16)),
    ):
        for call in (model.predict, model.jacobian, model.tangent_kernel, model.output_states):
            np.testing.assert_array_equal(call(t, x), call(theta, np.array(X)))
        assert model.loss(t, y, X=x) == model.loss(theta, np.array(y, dtype=float), X=np.array(X))
        run = qt.train(model, np.array(y)[:, None], X=x, theta=t, steps=3)
        np.testing.assert_array_equal(
            run.theta, qt.train(model, y, X=np.array(X), theta=theta, steps=3).theta
        )
    np.testing.assert_array_equal(
        model.predict([0, 1, 2, 3], X), model.predict(np.array([0.0, 1.0, 2.0, 3.0]), X)
    )


def test_one_parameter_set_with_an_axis_keeps_it():
    model, X, y = problem()
    theta = np.ones((1, 4))
    one = qt.train(model, y, X=X, theta=theta, steps=2, record=("predictions", "kernel", "theta"))
    shapes = [
        getattr(one, name).shape for name in ("theta", "loss", "predictions", "kernel", "theta_history")
    ]
    assert shapes == [(1, 4), (1, 3), (1, 3, 3), (1, 3, 3, 3), (1, 3, 4)]
    assert model.predict(theta, X).shape == (1, 3)
    assert model.loss(theta, y, X=X).shape == (1,)
    assert model.output_states(theta, X).shape == (1, 3, 4)
    limit = qt.dynamics.asymptotic(model, theta, y, [0, 1], X)
    assert (limit.predictions.shape, limit.kernel.shape, limit.loss.shape) == (
        (1, 2, 3),
        (1, 2, 3, 3),
        (1, 2),
    )


def test_pure_states_as_density_matrices():
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), [qt.pauli("ZI"), qt.projector("01")])
    states, theta = qt.encoding.haar_states(2, 3, seed=4), np.linspace(0, 3, 8)
    rho = np.einsum("ma,mb->mab", states, states.conj())
    for call in (model.predict, model.jacobian, model.tangent_kernel):
        np.testing.assert_allclose(call(theta, states=rho), call(theta, states=states), rtol=0, atol=1e-12)


def test_constant_features_and_edge_sizes():
    """A feature that never changes, one qubit, one sample, no parameters, no samples given."""
    model = qt.Model(qt.Circuit(1).ry(qt.feature(0), 0).ry(qt.param(0), 0), qt.pauli("Z"))
    np.testing.assert_allclose(model.predict([0.5], np.full((3, 1), 0.25)), [np.cos(0.75)] * 3, atol=1e-15)
    fixed = qt.Model(qt.Circuit(1).h(0), qt.pauli("X"))
    np.testing.assert_allclose(fixed.predict([]), [1], atol=1e-15)
    assert fixed.jacobian([]).shape == (1, 0)
    np.testing.assert_array_equal(fixed.tangent_kernel([]), [[0]])
    assert fixed.loss_and_gradient([], [0])[1].shape == (0,)
    assert fixed.z_sum == 0
    with pytest.raises(ValueError, match="nothing to train"):
        qt.train(fixed, [1])


def test_threads_come_from_the_environment_or_a_call():
    before = qt.get_num_threads()
    qt.set_num_threads(np.int64(2))
    assert qt.get_num_threads() == 2
    qt.set_num_threads(before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qt.param(2**70), "index"),
        (lambda: qt.pauli("Z\0Z"), "zero character"),
        (lambda: qt.pauli(3), "the Pauli string is 3"),
        (lambda: qt.projector(101), "the basis state is 101"),
        (lambda: qt.Circuit(1).rotation(1, None, 0), "the Pauli string is None"),
        (lambda: qt.Circuit(1).then("b"), "'b' is not a circuit"),
        (lambda: qt.Circuit(13).matrix(), "12 qubits are the limit"),
        (lambda: 1e200 * (1e200 * qt.pauli("Z")), "overflow"),
        (lambda: qt.ansatz.haar(10**6, 1, unitaries=np.zeros((2, 2, 2))), "1 to 10"),
        (lambda: qt.ansatz.hamiltonian_variational(qt.pauli("Z"), 1), "sequence"),
        (lambda: qt.Model(qt.Circuit(1), None), "None is not an observable"),
        (lambda: qt.Model(qt.Circuit(1), qt.pauli("Z"), scale="a"), "scale is 'a'"),
        (lambda: qt.Model(qt.Circuit(1), qt.pauli("Z"), scale="2"), "scale is '2'; a number is expected"),
        (lambda: qt.train(*problem()[::2], X=problem()[1], optimizer=qt.Adam("a")), "learning_rate is 'a'"),
        (lambda: qt.train(*problem()[::2], X=problem()[1], checkpoint="a\0b"), "zero character"),
        (lambda: qt.Run.load("a\0b"), "zero character"),
        (lambda: qt.set_num_threads(1.5), "integer"),
        (lambda: qt.dynamics.kernel_regression(np.zeros((0, 0)), [], [1]), r"\(0, 0\)"),
        (
            lambda: qt.dynamics.linearised_prediction([[1]], [[np.nan]], [1], [1], [1]),
            r"kernel_test_train\[0, 0\] is nan",
        ),
        (
            lambda: qt.dynamics.linearised_prediction([[1]], [[1]], [1], [np.inf], [1]),
            r"predictions_test\[0\] is inf",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert isinstance(caught.value, qt.QTangentError)


def test_overflow_is_an_error_and_no_result():
    steep = qt.Model(qt.Circuit(1).rx(1e300 * qt.param(0), 0), qt.pauli("Z"))
    large = qt.Model(qt.Circuit(1).rx(qt.param(0), 0), 1e200 * qt.pauli("Z"), scale=1e200)
    for model, theta in ((steep, [1e300]), (large, [0.5])):
        for call in (model.predict, model.jacobian, model.tangent_kernel):
            with pytest.raises(qt.NumericalError, match="overflows"):
                call(theta)
    with pytest.raises(qt.NumericalError, match="overflows"):
        steep.circuit.matrix([1e300])
    with pytest.raises(qt.NumericalError, match="overflows"):
        steep.loss_and_gradient([1e300], [1])
    assert issubclass(qt.NumericalError, ArithmeticError)


def test_results_larger_than_memory_are_refused_with_the_chunk_that_fits():
    model = qt.Model(qt.Circuit(1).ry(qt.feature(0), 0).rx(qt.param(0), 0), qt.pauli("Z"))
    few, many = np.zeros((10_000, 1)), np.zeros((10_000_000, 1))
    trained = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZZ"))
    network = qt.classical.TwoLayerNetwork(np.eye(2))
    for call in (
        lambda: model.tangent_kernel([0.1], few, many),
        lambda: qt.dynamics.asymptotic(model, [0.1], np.zeros(10_000), np.arange(100_000.0), few),
        lambda: qt.encoding.haar_states(30, 10_000, orthogonal=False),
        lambda: qt.encoding.amplitude(few + 1, 30),
        lambda: qt.landscape.find_minima(trained, [0.5], starts=10**11, boxes=0),
        lambda: qt.landscape.success_rate(trained, [0.5], optimizer=qt.Adam(0.1), starts=10**11),
        lambda: network.initialize(10**7),
        lambda: network.initialize(10**11, "subspace"),
        lambda: network.near_teacher(10**11, 0.1),
        lambda: qt.classical.study(network, network.teacher, time=1.0, probes=10**11),
    ):
        with pytest.raises(
            qt.OutOfMemoryError, match=r"would take [\d.]+ [TPE]?G?B, .* allowed; a chunk of \d+ \w+ fits"
        ):
            call()
    assert qt.build_info()["memory_limit"] > 0


def test_what_is_imported_on_first_use_is_listed():
    """So that a notebook completes it."""
    assert {"convergence", "datasets", "plots", "report"} <= set(dir(qt))


def test_the_package_is_typed():
    assert (Path(qt.__file__).parent / "py.typed").exists()
