"""Estimates by trajectories: against density matrices within their errors, their draws, and what is refused."""

import pickle

import numpy as np
import pytest
import qtangent as qt
from qtangent import capacity, landscape
from qtangent._native import memory
from qtangent.trajectories import sampler
from trajectory_models import estimator, noisy, within

noise = qt.noise


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("channel", [noise.depolarizing(0.1), noise.amplitude_damping(0.2)])
def test_larger_circuits_within_their_errors(channel, precision):
    rng = np.random.default_rng(2)
    circuit = noisy(4, 3, channel)
    theta, X = rng.uniform(0, 2 * np.pi, (2, circuit.n_params)), rng.normal(size=(3, 2))
    observables = [qt.pauli("ZZZZ"), qt.pauli("XIII + 0.5 IIZZ")]
    exact, model = qt.Model(circuit, observables), estimator(circuit, observables, precision=precision)
    found, rounding = (
        model.estimate(theta, X, trajectories=2000, seed=9),
        1e-12 if precision == "double" else 1e-5,
    )
    within(found, exact.predict(theta, X), rounding)
    assert found.mean.shape == (2, 3, 2)
    np.testing.assert_array_equal(found.mean, model.predict(theta, X, trajectories=2000, seed=9))
    found = model.estimate(theta[0], X, what="jacobian", trajectories=500, seed=9)
    within(found, exact.jacobian(theta[0], X), rounding)


def test_mixed_input_states():
    rng = np.random.default_rng(4)
    states = rng.normal(size=(2, 4, 3)) + 1j * rng.normal(size=(2, 4, 3))
    states = states @ states.conj().transpose(0, 2, 1)
    states /= np.trace(states, axis1=1, axis2=2)[:, None, None]
    for channel in (noise.depolarizing(0.2), noise.amplitude_damping(0.3)):
        circuit = qt.Circuit(2).ry(qt.param(0), 0).channel(channel, 0).cx(0, 1).rx(qt.param(1), 1)
        exact, model = qt.Model(circuit, qt.pauli("ZZ")), estimator(circuit, qt.pauli("ZZ"))
        found = model.estimate([0.3, 0.8], states=states, trajectories=20000)
        within(found, exact.predict([0.3, 0.8], states=states))
        found = model.estimate([0.3, 0.8], states=states, what="jacobian", trajectories=20000)
        within(found, exact.jacobian([0.3, 0.8], states=states))


@pytest.mark.parametrize("channel", [noise.depolarizing(0.15), noise.amplitude_damping(0.3)])
def test_kernels_are_unbiased_and_know_their_errors(channel):
    rng = np.random.default_rng(8)
    circuit = noisy(2, 2, channel)
    theta, X = rng.uniform(0, 2 * np.pi, circuit.n_params), rng.normal(size=(3, 2))
    exact, model = qt.Model(circuit, qt.pauli("ZZ")), estimator(circuit, qt.pauli("ZZ"))
    wanted, seeds = exact.tangent_kernel(theta, X), range(200)
    means = np.array([model.tangent_kernel(theta, X, trajectories=5, seed=seed) for seed in seeds])
    error = means.std(axis=0) / np.sqrt(len(means))
    assert (np.abs(means.mean(axis=0) - wanted) < 5 * error).all()
    np.testing.assert_allclose(means, means.transpose(0, 2, 1), atol=1e-12)
    # J J^T of the mean Jacobian exceeds the kernel by the covariance over T.
    plug = np.array([model.jacobian(theta, X, trajectories=5, seed=seed) for seed in seeds])
    excess = np.einsum("tip,tip->ti", plug, plug) - np.einsum("tii->ti", means)
    assert (excess.mean(axis=0) > 5 * excess.std(axis=0) / np.sqrt(len(excess))).all()
    found = [model.estimate(theta, X, what="tangent_kernel", trajectories=40, seed=seed) for seed in seeds]
    # The jackknife's variance is never too small in the mean, and at most twice too large for pairs.
    ratio = np.mean([one.standard_error**2 for one in found], axis=0) / np.var(
        [one.mean for one in found], axis=0
    )
    assert (ratio > 0.7).all()
    assert (ratio < 2.6).all()
    np.testing.assert_array_equal(found[3].mean, model.tangent_kernel(theta, X, trajectories=40, seed=3))


def test_kernels_between_two_sets_and_outputs_apart():
    rng = np.random.default_rng(8)
    circuit = noisy(2, 2, noise.depolarizing(0.05))
    theta, X, X2 = rng.uniform(0, 6, (2, circuit.n_params)), rng.normal(size=(3, 2)), rng.normal(size=(2, 2))
    observables = [qt.pauli("ZZ"), qt.pauli("XI")]
    exact, model = qt.Model(circuit, observables), estimator(circuit, observables)
    for more in ({}, {"X2": X2}, {"full": True}, {"X2": X2, "full": True}):
        found = model.tangent_kernel(theta, X, trajectories=20000, **more)
        np.testing.assert_allclose(found, exact.tangent_kernel(theta, X, **more), atol=0.05)


def test_seeds_threads_and_prefixes():
    rng = np.random.default_rng(1)
    for channel in (noise.depolarizing(0.1), noise.reset(0.2)):
        circuit = noisy(3, 2, channel)
        theta, X = rng.uniform(0, 2 * np.pi, circuit.n_params), rng.normal(size=(5, 2))
        model = estimator(circuit, qt.pauli("ZZZ"))
        one = model.jacobian(theta, X, trajectories=50, seed=7)
        threads = qt.get_num_threads()
        try:
            qt.set_num_threads(1)
            np.testing.assert_array_equal(one, model.jacobian(theta, X, trajectories=50, seed=7))
        finally:
            qt.set_num_threads(threads)
        alone = model.jacobian(theta, X[2:3], trajectories=50, seed=7)
        np.testing.assert_allclose(one[2:3], alone, atol=1e-12)
        assert not np.allclose(one, model.jacobian(theta, X, trajectories=50, seed=8))
        again = pickle.loads(pickle.dumps(model))
        assert again.method == "trajectories"
        np.testing.assert_array_equal(one, again.jacobian(theta, X, trajectories=50, seed=7))
        patterns = model._sampler(False).patterns
        few, more = patterns.draw(10, 7), patterns.draw(5000, 7)
        every = {row.tobytes(): times for row, times in zip(*more, strict=True)}
        assert all(every[row.tobytes()] >= times for row, times in zip(*few, strict=True))


def test_frames_are_a_smooth_function():
    circuit = noisy(3, 2, noise.depolarizing(0.2))
    theta, X = np.linspace(0, 3, circuit.n_params), np.array([[0.2, -0.4]])
    model = estimator(circuit, qt.pauli("ZZX"))
    move = 1e-5 * np.eye(len(theta))[4]
    found = [model.predict(theta + sign * move, X, trajectories=30) for sign in (1, -1)]
    slope = (found[0] - found[1]) / 2e-5
    np.testing.assert_allclose(model.jacobian(theta, X, trajectories=30)[:, 4], slope, atol=1e-9)


def test_without_errors_nothing_is_random():
    circuit = noisy(2, 2, noise.depolarizing(0.0))
    theta, X = np.linspace(0, 3, circuit.n_params), np.array([[0.2, -0.4]])
    model, pure = estimator(circuit, qt.pauli("ZZ")), qt.Model(circuit, qt.pauli("ZZ"))
    for what in ("predict", "jacobian", "tangent_kernel"):
        found = model.estimate(theta, X, what=what, trajectories=10)
        np.testing.assert_allclose(found.mean, getattr(pure, what)(theta, X), atol=1e-13)
        assert (found.standard_error == 0).all()
        assert found.exact_weight == 1
        assert found.distinct == 0
    assert "10 trajectories" in repr(found)
    # Errors that no angle sees: Z on |0>.
    still = estimator(qt.Circuit(1).channel(noise.phase_flip(0.3), 0).ry(qt.param(0), 0), qt.pauli("Z"))
    found = still.estimate([0.4], trajectories=10)
    assert (found.distinct, found.standard_error[0]) == (1, 0)
    np.testing.assert_allclose(found.mean, np.cos(0.4), atol=1e-15)
    # Parameters that the observable does not see, and circuits without channels, parameters or features.
    blind = qt.Circuit(2).rx(qt.param(0), 0).channel(noise.bit_flip(0.3), 0).rx(qt.param(3), 1)
    model = estimator(blind, qt.pauli("IZ"))
    np.testing.assert_allclose(
        model.jacobian([0.1, 0.2, 0.3, 0.4], trajectories=3), [[0, 0, 0, -np.sin(0.4)]], atol=1e-15
    )
    fixed = estimator(qt.Circuit(2).h(0).channel(noise.phase_flip(1.0), 0).h(0), qt.pauli("ZI"))
    np.testing.assert_allclose(fixed.predict([], trajectories=1), -1, atol=1e-15)
    three = estimator(qt.Circuit(3).x(0).x(1).ccx(0, 1, 2), qt.pauli("IIZ"))
    np.testing.assert_allclose(three.predict([], trajectories=1), -1, atol=1e-15)


def test_dense_gates_jump():
    rng = np.random.default_rng(3)
    circuit = qt.Circuit(3).ry(qt.param(0), 0).h(1).channel(noise.depolarizing(0.3), (0, 1)).ccx(0, 1, 2)
    circuit.unitary(np.linalg.qr(rng.normal(size=(4, 4)))[0], (1, 2)).rx(qt.param(1), 2)
    circuit.channel(noise.bit_flip(0.2), 2)
    exact, model = qt.Model(circuit, qt.pauli("IIZ")), estimator(circuit, qt.pauli("IIZ"))
    found = model.estimate([0.4, 1.1], trajectories=50000)
    within(found, exact.predict([0.4, 1.1]))
    within(model.estimate([0.4, 1.1], what="jacobian", trajectories=50000), exact.jacobian([0.4, 1.1]))


def test_more_qubits_than_density_matrices_have():
    n = 14
    circuit = noisy(n, 1, noise.depolarizing(0.01))
    theta, X = np.linspace(0, 3, circuit.n_params), np.array([[0.2, -0.4]])
    with pytest.raises(qt.OutOfMemoryError, match="trajectories"):
        qt.Model(circuit, qt.pauli("Z" * n)).predict(theta, X)
    for channel in (noise.global_depolarizing(0.9), noise.amplitude_damping(0.0)):
        wide = noisy(n, 1, noise.depolarizing(0.0)).channel(
            channel, range(n) if channel.n_qubits is None else 3
        )
        found = estimator(wide, qt.pauli("Z" * n)).estimate(theta, X, trajectories=20)
        clean = qt.Model(
            qt.Circuit.from_instructions(n, [one for one in circuit if one.channel is None]),
            qt.pauli("Z" * n),
        )
        kept = 0.9 if channel.n_qubits is None else 1.0
        within(found, kept * clean.predict(theta, X))


@pytest.mark.parametrize("channel", [noise.depolarizing(0.1), noise.reset(0.1)])
def test_more_trajectories_than_fit(channel, monkeypatch):
    model = estimator(noisy(2, 1, channel), qt.pauli("ZZ"))
    theta, X = np.zeros(4), np.zeros((2, 2))
    with pytest.raises(qt.OutOfMemoryError, match="trajectories fits"):
        model.predict(theta, X, trajectories=10**15)
    monkeypatch.setattr(memory, "memory_limit", lambda: 100)
    monkeypatch.setattr(memory, "UNASKED", 0)
    with pytest.raises(qt.OutOfMemoryError, match="trajectories"):
        model.tangent_kernel(theta, X, trajectories=50)


def test_interruption_between_blocks(monkeypatch):
    model = estimator(noisy(2, 1, noise.depolarizing(0.1)), qt.pauli("ZZ"))
    patterns = model._sampler(False).patterns

    def interrupt(numbers):
        raise KeyboardInterrupt

    monkeypatch.setattr(patterns, "_block", interrupt)
    for call in (model.predict, model.tangent_kernel):
        with pytest.raises(qt.Interrupted, match="estimate"):
            call(np.zeros(4), np.zeros((2, 2)), trajectories=5)


def test_sums_over_blocks(monkeypatch):
    circuit = noisy(3, 2, noise.depolarizing(0.2))
    theta, X = np.linspace(0, 3, circuit.n_params), np.array([[0.2, -0.4], [1.0, 0.3]])
    model = estimator(circuit, qt.pauli("ZZX"))
    whole = [
        model.estimate(theta, X, what=what, trajectories=200)
        for what in ("predict", "jacobian", "tangent_kernel")
    ]
    monkeypatch.setattr(sampler, "_BLOCK", 5000)
    for what, one in zip(("predict", "jacobian", "tangent_kernel"), whole, strict=True):
        found = model.estimate(theta, X, what=what, trajectories=200)
        np.testing.assert_allclose(found.mean, one.mean, atol=1e-13)
        np.testing.assert_allclose(found.standard_error, one.standard_error, rtol=1e-9, atol=1e-13)


def test_errors():
    circuit = noisy(2, 1, noise.depolarizing(0.1))
    theta, X = np.zeros(circuit.n_params), np.zeros((2, 2))
    model, exact = estimator(circuit, qt.pauli("ZZ")), qt.Model(circuit, qt.pauli("ZZ"))
    for call in (exact.predict, exact.jacobian, exact.tangent_kernel, exact.estimate):
        with pytest.raises(qt.InvalidArgumentError, match="method='trajectories'"):
            call(theta, X, trajectories=10)
    for call in (model.predict, model.jacobian, model.tangent_kernel):
        with pytest.raises(qt.InvalidArgumentError, match="trajectories=200"):
            call(theta, X)
        with pytest.raises(qt.InvalidArgumentError, match="shots and trajectories"):
            call(theta, X, shots=10, trajectories=10)
        for count in (0, -3):
            with pytest.raises(qt.InvalidArgumentError, match=f"trajectories is {count}; .* at least"):
                call(theta, X, trajectories=count)
    with pytest.raises(qt.InvalidArgumentError, match="at least 2"):
        model.tangent_kernel(theta, X, trajectories=1)
    with pytest.raises(qt.InvalidArgumentError, match="at least 2"):
        model.estimate(theta, X, trajectories=1)
    with pytest.raises(qt.InvalidArgumentError, match="at least 3"):
        model.estimate(theta, X, what="tangent_kernel", trajectories=2)
    with pytest.raises(qt.InvalidArgumentError, match="what is 'loss'"):
        model.estimate(theta, X, what="loss", trajectories=5)
    with pytest.raises(qt.InvalidArgumentError, match="for theta"):
        model.jacobian(theta, X, wrt="X", trajectories=5)
    for call in (
        lambda: model.loss(theta, np.zeros(2), X=X),
        lambda: model.vjp(theta, np.zeros(2), X),
        lambda: model.hessian(theta, X),
        lambda: model.fisher_information(theta, X[0]),
        lambda: model.output_states(theta, X),
        lambda: landscape.trigonometric(model, X),
        lambda: landscape.find_minima(model, np.zeros(2), X),
        lambda: landscape.success_rate(model, np.zeros(2), X, optimizer=qt.Adam(), starts=2, steps=2),
        lambda: landscape.slice(model, np.zeros(2), X, parameters=(0, 1), centre=theta, points=3),
        lambda: capacity.gradient_variance(model, X, draws=2),
    ):
        with pytest.raises(qt.InvalidArgumentError, match=r"method='density' .* everything else"):
            call()
    with pytest.raises(qt.InvalidArgumentError, match="another method"):
        qt.train(model, np.zeros(2), X=X, steps=1)
    with pytest.raises(qt.InvalidArgumentError, match="theta has shape"):
        model.predict(np.zeros(3), X, trajectories=5)
    with pytest.raises(qt.InvalidArgumentError, match=r"NaN|nan|finite"):
        model.predict(theta, np.full((1, 2), np.nan), trajectories=5)
    with pytest.raises(qt.InvalidArgumentError, match="method is 'exact'"):
        qt.Model(circuit, qt.pauli("ZZ"), method="exact")
