"""Training on measured gradients: their mean and covariance, bits, files, and where descent stays."""

import pickle

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, golden, observable_of
from qtangent.noise.notes import note, noted
from shot_cases import check_moments, layered


def golden_problem():
    inputs, _, _ = golden("shots_kernel_bias")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    model = qt.Model(circuit, observable_of(inputs["observable"]), inputs["scale"])
    return model, np.array(inputs["theta"]), np.array(inputs["X"]), np.array(inputs["y"])


def gradients(model, y, X, theta, count, shots, **more):
    """Measured gradients (count, p) of as many equal sets, by one step of descent."""
    sets = np.tile(theta, (count, 1))
    run = qt.train(model, y, X=X, theta=sets, optimizer=qt.GradientDescent(1.0), steps=1, shots=shots, **more)
    return sets - run.theta, run


def closed_covariance(model, y, X, theta, predictions, derivatives):
    """C = 1/m^2 sum_j [V_j/N J_j J_j^T + diag_l((r_j^2 + V_j/N) v_jl)] for one output."""
    J, r = model.jacobian(theta, X), model.predict(theta, X) - y
    V = model.prediction_variance(theta, X, shots=predictions)
    v = 0.0 if derivatives is None else model.jacobian_variance(theta, X, shots=derivatives)
    result = np.einsum("j,ja,jb->ab", V, J, J)
    result += np.diag(np.sum((r**2 + V)[:, None] * v * np.ones_like(J), axis=0))
    return result / len(y) ** 2


def problem(kind):
    """A pure model, one that is measured through density matrices, one with channels, and one with sums of strings."""
    if kind == "channels":
        return golden_problem()
    circuit = layered(3, 1)
    observable = qt.pauli("ZII + 0.4 ZZI + 0.3 IIX") if kind == "sum" else qt.pauli("ZXI")
    model = qt.Model(circuit, observable, 1.2, method="density" if kind == "density" else "auto")
    rng = np.random.default_rng(5)
    return (
        model,
        rng.uniform(-2, 2, circuit.n_params),
        np.array([[0.3], [-0.9], [1.4]]),
        np.array([0.5, -0.2, 0.9]),
    )


@pytest.mark.parametrize("kind", ["pure", "density", "channels", "sum"])
def test_gradients_have_the_exact_mean_and_the_closed_covariance(kind):
    model, theta, X, y = problem(kind)
    count = 20000
    found, run = gradients(model, y, X, theta, count, qt.Shots(20, 7), seed=1)
    exact = model.loss_and_gradient(theta, y, X=X)[1]
    wanted = closed_covariance(model, y, X, theta, 20, 7)
    errors = np.sqrt(np.diag(wanted) / count)
    assert (np.abs(found.mean(axis=0) - exact) <= 5 * errors + 1e-14).all()
    covariance = np.cov(found.T)
    largest = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    np.testing.assert_allclose(np.diag(covariance), np.diag(wanted), rtol=0.05, atol=1e-16)
    assert (np.abs(covariance - wanted) <= 0.05 * largest + 1e-16).all()
    # The debiased loss has the exact one's mean; as measured it is more by the variances.
    losses = run.measured_loss[:, 0]
    assert abs(losses.mean() - run.loss[0, 0]) < 5 * losses.std() / np.sqrt(count)
    assert model.prediction_variance(theta, X, shots=20).sum() / 6 > 20 * losses.std() / np.sqrt(count)
    np.testing.assert_allclose(run.loss[:, 0], model.loss(theta, y, X=X), rtol=1e-12)


@pytest.mark.parametrize("estimator", ["exact", "bound"])
def test_other_estimators(estimator):
    model, theta, X, y = problem("pure")
    found, _ = gradients(model, y, X, theta, 20000, qt.Shots(9, 4, estimator))
    exact = model.loss_and_gradient(theta, y, X=X)[1]
    if estimator == "exact":
        wanted = np.diag(closed_covariance(model, y, X, theta, 9, None))
    else:
        J, r = model.jacobian(theta, X), model.predict(theta, X) - y
        V = model.prediction_variance(theta, X, shots=9)
        v = model.jacobian_variance(theta, X, shots=4, estimator="bound")
        wanted = (V @ J**2 + (r**2 + V) @ v) / 9
    check_moments(found, exact, wanted)


def test_weights_and_several_outputs():
    circuit = layered(2, 2)
    model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("0.6 IX + 0.2 ZX")])
    theta, X = np.linspace(-1, 1, circuit.n_params), np.array([[0.4], [1.1]])
    y, weight = np.array([[0.1, -0.3], [0.5, 0.2]]), np.array([1.0, 3.0])
    found, run = gradients(model, y, X, theta, 8000, 16, sample_weight=weight)
    value, exact = model.loss_and_gradient(theta, y, X=X, sample_weight=weight)
    assert (np.abs(found.mean(axis=0) - exact) <= 5 * found.std(axis=0) / np.sqrt(8000) + 1e-13).all()
    losses = run.measured_loss[:, 0]
    assert abs(losses.mean() - value) < 5 * losses.std() / np.sqrt(8000)


def test_batches_take_the_shots_of_their_samples():
    """One batch after another has, put together, the full set's mean; the record is of all samples."""
    model, theta, X, y = problem("pure")
    run = qt.train(model, y, X=X, theta=theta, steps=4, shots=10, batch_size=2, seed=3)
    whole = qt.train(model, y, X=X, theta=theta, steps=0, shots=10, seed=3)
    assert run.measured_loss[0] == whole.measured_loss[0]
    assert run.measured_loss.shape == (5,)
    np.testing.assert_allclose(run.loss[-1], model.loss(run.theta, y, X=X), rtol=1e-12)
    first = model.predict(theta, X, shots=10, seed=3)
    variances = (1.2**2 - first**2) / 9
    assert whole.measured_loss[0] == pytest.approx(((first - y) ** 2 - variances).sum() / 6, rel=1e-12)


OPTIMIZERS = [qt.GradientDescent(0.1), qt.Momentum(0.05), qt.Adam(0.1), qt.RMSProp(0.02)]


@pytest.mark.parametrize("kind", ["pure", "channels"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda one: type(one).__name__)
def test_bits_depend_on_the_seed_alone(optimizer, kind, tmp_path):
    model, theta, X, y = problem(kind)
    given = {"X": X, "theta": theta, "optimizer": optimizer, "shots": qt.Shots(30, 20), "seed": 8}
    given |= {"record": ("loss", "theta"), "batch_size": 2}
    before = qt.get_num_threads()
    try:
        runs = []
        for threads in (1, 2, 7):
            qt.set_num_threads(threads)
            runs.append(qt.train(model, y, steps=6, **given))
    finally:
        qt.set_num_threads(before)
    for other in runs[1:]:
        np.testing.assert_array_equal(other.theta_history, runs[0].theta_history)
        np.testing.assert_array_equal(other.measured_loss, runs[0].measured_loss)
    # Stopped, saved and gone on with: as if it had never stopped.
    path = tmp_path / "run"
    qt.train(model, y, steps=6, checkpoint=path, callback=lambda step, loss, at: step == 3, **given)
    resumed = qt.resume(path, 3, model, y, X)
    np.testing.assert_array_equal(resumed.theta_history, runs[0].theta_history)
    np.testing.assert_array_equal(resumed.measured_loss, runs[0].measured_loss)
    assert resumed.shots == qt.Shots(30, 20)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(resumed)).measured_loss, resumed.measured_loss)
    assert not np.array_equal(qt.train(model, y, steps=6, **(given | {"seed": 9})).theta, resumed.theta)


def test_misread_qubits_and_the_file():
    errors = qt.NoiseModel().readout(0.05, 0.1).add(qt.noise.depolarizing(0.01), gates="ry")
    circuit = layered(2, 1)
    model = qt.Model(circuit, qt.pauli("0.5 ZI + 0.5 IZ"), noise=errors)
    theta, X, y = np.linspace(-1, 1, circuit.n_params), np.array([[0.4], [1.1]]), np.array([0.1, 0.2])
    found, run = gradients(model, y, X, theta, 8000, 12)
    exact = model.loss_and_gradient(theta, y, X=X)[1]
    assert (np.abs(found.mean(axis=0) - exact) <= 5 * found.std(axis=0) / np.sqrt(8000) + 1e-13).all()
    np.testing.assert_allclose(
        found.var(axis=0), np.diag(closed_covariance(model, y, X, theta, 12, 12)), rtol=0.06, atol=1e-16
    )
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.measured_loss, run.measured_loss)


def test_a_run_s_model_keeps_its_method():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"), method="density")
    run = qt.train(model, [0.5], steps=1, theta=[0.3])
    assert run.model._method == "density"
    assert run.shots is None
    with pytest.raises(AttributeError, match="pass shots=1000"):
        _ = run.measured_loss


def test_descent_stays_at_the_plateau():
    """The mean loss of many runs around an interpolating minimum, kappa_max 0.1, N = 1,000, within 3 %."""
    circuit = layered(2, 3)
    model = qt.Model(circuit, qt.pauli("ZZ"), 1.0)
    rng = np.random.default_rng(2)
    theta, X = rng.uniform(-2, 2, circuit.n_params), np.array([[0.5], [-1.0]])
    y = model.predict(theta, X)
    kernel = model.tangent_kernel(theta, X)
    rate = 0.1 * 2 / np.linalg.eigvalsh(kernel)[-1]
    variance = model.prediction_variance(theta, X, shots=1000)
    wanted = qt.dynamics.shot_plateau(kernel, variance, rate)
    slowest = np.linalg.eigvalsh(kernel)[0] / np.linalg.eigvalsh(kernel)[-1] * 0.1
    steps, sets = int(9 / slowest), 300
    run = qt.train(
        model, y, X=X, theta=np.tile(theta, (sets, 1)), steps=steps, shots=1000,
        optimizer=qt.GradientDescent(rate), record_every=int(0.1 / slowest), seed=4,
    )  # fmt: skip
    late = run.loss[:, run.step > 3 / slowest]
    assert late.mean() == pytest.approx(wanted, rel=0.03)
    expected = qt.dynamics.shot_regression(kernel, np.zeros(2), variance, rate, run.step)
    early = slice(1, 9)
    assert run.loss[:, early].mean() == pytest.approx(expected.loss[early].mean(), rel=0.08)


def test_residual_shots_leave_the_late_law():
    """At the edge of what is measured outcomes are certain: 32 t^2 E L grows by 1/(1 - 4 c^2/N^2) alone."""
    model = qt.Model(qt.ansatz.haar(3, 60, seed=3), qt.pauli("ZII"))
    states, theta = qt.encoding.haar_states(3, 1, seed=5), np.random.default_rng(0).uniform(0, 6, 60)
    c, shots, sets = 0.1, 10, 1000
    given = {
        "states": states,
        "optimizer": qt.GradientDescent(c / model.z_sum),
        "steps": 200,
        "record_every": 100,
    }
    exact = qt.train(model, [1.0], theta=theta, **given).loss[-1]
    measured = qt.train(
        model, [1.0], theta=np.tile(theta, (sets, 1)), shots=qt.Shots(shots, estimator="exact"), **given
    ).loss[:, -1]
    ratio, error = measured.mean() / exact, measured.std() / exact / np.sqrt(sets)
    assert error < 0.015
    assert abs(ratio - 1 / (1 - 4 * c**2 / shots**2)) < 5 * error


def test_shots_of_derivatives_end_the_late_law():
    """They move theta at random, by dt d^2/(4 p N) v/N of the residual a step: it stays near 0.75 dt d^2/(p N^2), of which
    simulations of other circuits give 0.5 to 1.6; without shots it falls on."""
    p, shots, dt = 60, 2, 0.1
    model = qt.Model(qt.ansatz.haar(3, p, seed=3), qt.pauli("ZII"))
    theta = np.random.default_rng(1).uniform(0, 6, (8, p))
    given = {"states": qt.encoding.haar_states(3, 1, seed=5), "theta": theta, "record": "predictions"}
    given |= {"optimizer": qt.GradientDescent(dt / model.z_sum), "steps": 900, "record_every": 5}
    floor = 0.75 * dt * 64 / (p * shots**2)
    measured = 1 - qt.train(model, [1.0], shots=shots, **given).predictions[:, 80:]
    assert 0.5 < measured.mean() / floor < 1.6
    assert (1 - qt.train(model, [1.0], **given).predictions[:, -1]).mean() < 0.3 * floor


def test_a_regressor_learns_from_shots():
    X = np.linspace(-2, 2, 20)[:, None]
    given = {"n_qubits": 2, "layers": 1, "steps": 60, "random_state": 2}
    found = qt.sklearn.QNNRegressor(shots=200, **given).fit(X, np.sin(X[:, 0]))
    exact = qt.sklearn.QNNRegressor(**given).fit(X, np.sin(X[:, 0]))
    assert not np.array_equal(found.theta_, exact.theta_)
    assert found.loss_curve_[-1] < 0.5 * found.loss_curve_[0]


def test_what_cannot_be_trained_with_shots():
    model, theta, X, y = problem("pure")
    for optimizer in (qt.LBFGS(), qt.GradientFlow(1.0, 0.1), qt.NaturalGradient(0.1)):
        with pytest.raises(
            qt.InvalidArgumentError, match=r"with shots take GradientDescent, Momentum, Adam or RMSProp"
        ):
            qt.train(model, y, X=X, theta=theta, shots=10, optimizer=optimizer)
    for shots in (0, -1, qt.Shots(5, 0), qt.Shots(0)):
        with pytest.raises(qt.InvalidArgumentError, match="must be at least 1"):
            qt.train(model, y, X=X, theta=theta, shots=shots)
    with pytest.raises(qt.InvalidArgumentError, match="'hadamard'; it must be one of"):
        qt.train(model, y, X=X, theta=theta, shots=qt.Shots(5, estimator="hadamard"))
    classes = qt.Model(layered(2, 1), [qt.pauli("ZI"), qt.pauli("IZ")])
    with pytest.raises(qt.InvalidArgumentError, match="loss='mse'"):
        qt.train(classes, [0, 1], X=[[0.1], [0.2]], loss="cross_entropy", shots=5)
    run = qt.train(model, y, X=X, theta=theta, shots=1, steps=2)
    assert not np.array_equal(run.theta, theta)
    with pytest.raises(ValueError, match="train with 2 shots or more"):
        _ = run.measured_loss
    assert "shots" in run._repr_html_()
    noisy = qt.Circuit(1).ry(qt.param(0), 0).channel(qt.noise.bit_flip(0.1), 0)
    with pytest.raises(qt.InvalidArgumentError, match="trajectories"):
        qt.train(qt.Model(noisy, qt.pauli("Z"), method="trajectories"), [0.1], shots=5)
    several = qt.Model(layered(2, 1), qt.pauli("ZI + IZ"))
    with pytest.raises(qt.InvalidArgumentError, match="bound"):
        qt.train(several, [0.1], X=[[0.1]], steps=1, shots=qt.Shots(5, estimator="bound"))


@pytest.mark.parametrize("shots", [None, 50])
def test_models_of_saved_runs_are_measured_as_the_trained_one(shots, tmp_path):
    """Settings of detectors, and bits: misread outcomes are no others than those of the observable as it was given."""
    errors = qt.NoiseModel().readout(0.05, 0.2).readout(0.1, 0.0, 1)
    noise = errors.add(qt.noise.depolarizing(0.02), gates="ry")
    circuit = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).cz(0, 1)
    model = qt.Model(circuit, [qt.pauli("ZZ + 0.5 ZI + 0.2 XX"), qt.pauli("IZ")], noise=noise)
    run = qt.train(model, [[0.2, 0.1]], steps=2, shots=shots)
    run.save(tmp_path / "run")
    variance = model.prediction_variance([0.3, 1.1])
    for found in (run, qt.Run.load(tmp_path / "run"), pickle.loads(pickle.dumps(run))):
        assert found.model.noise == errors
        np.testing.assert_array_equal(found.model.prediction_variance([0.3, 1.1]), variance)
        for name in ("predict", "jacobian", "sample"):
            wanted = getattr(model, name)([0.3, 1.1], shots=100, seed=4)
            np.testing.assert_array_equal(getattr(found.model, name)([0.3, 1.1], shots=100, seed=4), wanted)


def test_notes_of_runs():
    """Without readout errors there is none; one that others wrote tells nothing, a damaged one is named."""
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    assert note(model.noise, model._given) == b""
    assert qt.train(model, [0.2], steps=1).model.noise is None
    assert noted(b"of others") is None
    whole = note(qt.NoiseModel().readout(0.1, 0.2, 0), model._given)
    assert noted(whole) == (qt.NoiseModel().readout(0.1, 0.2, 0), model._given)
    for damaged in (
        whole[:-2],
        whole.replace(b"0.1", b"1.1"),
        whole.replace(b"errors", b"error "),
        whole + b"x",
    ):
        with pytest.raises(qt.CorruptedFileError, match="readout errors"):
            noted(damaged)
