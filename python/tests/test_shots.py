"""Predictions from finite numbers of shots: their means, variances and bits, against exact values and dense matrices."""

import pickle

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, complex_array, golden, observable_of
from shot_cases import check_moments, layered

noise = qt.noise


def drawn(model, theta, X, shots, count, **more):
    """Draws (count, m, k) by parameter sets that are all the same."""
    return model.predict(np.tile(theta, (count, 1)), X, shots=shots, **more)


@pytest.mark.parametrize("name", ["pauli", "sum", "hermitian"])
def test_golden_variances_and_their_draws(name):
    inputs, outputs, tolerance = golden("shots_prediction_variance")
    observable = {
        "pauli": lambda: observable_of(inputs["pauli"]),
        "sum": lambda: sum(map(observable_of, inputs["sum"])),
        "hermitian": lambda: qt.hermitian(complex_array(inputs["hermitian"])),
    }[name]()
    model = qt.Model(circuit_of(inputs["n_qubits"], inputs["circuit"]), observable, inputs["scale"])
    theta, X, shots = inputs["theta"], inputs["X"], inputs["shots"]
    wanted = np.array(outputs[name]["variance"])
    found = model.prediction_variance(theta, X, shots=shots)
    np.testing.assert_allclose(found, wanted, atol=tolerance)
    check_moments(drawn(model, theta, X, shots, 20000, seed=1), outputs[name]["prediction"], wanted)


def pure_cases():
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8))
    return [
        qt.pauli("ZXY"),
        -0.4 * qt.projector("010") + 0.3 * qt.pauli("III"),
        qt.pauli("ZZI - 0.3 IZZ + 0.7 XIX + 0.2 IYX + 2 III"),
        qt.projector("000") - qt.projector("011") + 0.5 * qt.pauli("ZIZ"),
        qt.hermitian(matrix + matrix.conj().T),
        0.0 * qt.pauli("XXX"),
    ]


@pytest.mark.parametrize("method", ["pure", "density"])
def test_moments_of_every_kind_of_observable(method):
    rng = np.random.default_rng(3)
    circuit = layered(3, 2)
    model = qt.Model(circuit, pure_cases(), -1.3, method=method)
    theta, X = rng.uniform(-3, 3, circuit.n_params), rng.uniform(-1, 1, (3, circuit.n_features))
    exact = model.predict(theta, X)
    variance = model.prediction_variance(theta, X, shots=7)
    rho = qt.Model(circuit, pure_cases()).output_states(theta, X)
    for a in (0, 1, 4, 5):
        matrix = pure_cases()[a].matrix()
        square = np.einsum("ji,ik,jk->j", rho.conj(), matrix @ matrix, rho).real
        value = np.einsum("ji,ik,jk->j", rho.conj(), matrix, rho).real
        np.testing.assert_allclose(variance[:, a], 1.69 * (square - value**2) / 7, atol=1e-12)
    check_moments(drawn(model, theta, X, 7, 20000), exact, variance)


def test_channels_and_pure_states_give_the_same_chances():
    circuit = layered(3, 1)
    silent = circuit.copy().channel(noise.bit_flip(0.0), 0)
    theta, X = np.linspace(-1, 1, circuit.n_params), np.ones((2, circuit.n_features))
    rho = np.array([np.diag([0.5, 0, 0, 0.5, 0, 0, 0, 0]), np.eye(8) / 8])
    for states in (None, np.eye(8)[:2], rho):
        one, other = (
            qt.Model(given, pure_cases()).prediction_variance(theta, X, states) for given in (circuit, silent)
        )
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_misread_qubits_keep_the_range_of_outcomes():
    circuit = qt.Circuit(2).ry(0.7, 0).ry(1.9, 1).cz(0, 1).h(1)
    observables = [qt.pauli("ZX"), qt.pauli("0.5 ZI + 0.3 IZ - 0.2 ZZ"), qt.projector("01")]
    errors = qt.NoiseModel().readout(0.1, 0.2, 0).readout(0.05, 0.3)
    for given in (circuit, circuit.copy().channel(noise.depolarizing(0.0), 0)):
        model = qt.Model(given, observables, noise=errors)
        exact, variance = model.predict([])[0], model.prediction_variance([])[0]
        assert variance[0] == pytest.approx(1 - exact[0] ** 2, abs=1e-13)
        assert variance[2] == pytest.approx(exact[2] * (1 - exact[2]), abs=1e-13)
        bits = model.sample([], shots=100000, seed=5)[0]
        signs = 1.0 - 2.0 * bits
        values = 0.5 * signs[:, 0] + 0.3 * signs[:, 1] - 0.2 * signs[:, 0] * signs[:, 1]
        assert values.mean() == pytest.approx(exact[1], abs=5 * np.sqrt(variance[1] / 1e5))
        assert values.var() == pytest.approx(variance[1], rel=0.05)
        assert (bits == [0, 1]).all(axis=1).mean() == pytest.approx(exact[2], abs=0.008)
        again = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(again.prediction_variance([])[0], variance)


def test_bits_follow_the_states():
    circuit = layered(3, 2)
    model = qt.Model(circuit, qt.pauli("ZII"))
    theta, X = np.linspace(-2, 1, circuit.n_params), np.ones((2, circuit.n_features)) * [[0.3], [-0.8]]
    bits = model.sample(theta, X, 100000, 2)
    assert bits.dtype == np.uint8
    assert bits.shape == (2, 100000, 3)
    chances = np.abs(model.output_states(theta, X)) ** 2
    for one, wanted in zip(bits, chances, strict=True):
        counts = np.bincount(one @ [4, 2, 1], minlength=8)
        assert (np.abs(counts / 1e5 - wanted) <= 5 * np.sqrt(wanted * (1 - wanted) / 1e5)).all()
    assert model.sample(np.tile(theta, (2, 1)), X, 4).shape == (2, 2, 4, 3)
    np.testing.assert_array_equal(model.sample(theta, X, 100000, 2), bits)


def test_the_seed_alone_decides_the_bits():
    circuit = layered(3, 2)
    model = qt.Model(circuit, [qt.pauli("ZII"), qt.pauli("XII + 0.5 IXX")])
    theta = np.random.default_rng(0).uniform(-1, 1, (2, circuit.n_params))
    X = np.random.default_rng(1).uniform(-1, 1, (9, circuit.n_features))
    wanted = model.predict(theta, X, shots=50, seed=4)
    before = qt.get_num_threads()
    try:
        for threads in (1, 2, 7):
            qt.set_num_threads(threads)
            for chunk in (None, 2):
                np.testing.assert_array_equal(model.predict(theta, X, shots=50, seed=4, chunk=chunk), wanted)
    finally:
        qt.set_num_threads(before)
    assert not np.array_equal(model.predict(theta, X, shots=50, seed=5), wanted)
    assert model.predict(theta[0], X, shots=50).shape == (9, 2)


def test_numbers_of_shots_that_make_no_sense():
    model = qt.Model(qt.Circuit(1).ry(qt.feature(0), 0).rx(qt.param(0), 0), qt.pauli("Z"))
    X = [[0.1]]
    for call in (model.predict, model.prediction_variance, model.sample):
        with pytest.raises(qt.InvalidArgumentError, match="shots is 0; it must be at least 1"):
            call([0.1], X, shots=0)
        with pytest.raises(qt.InvalidArgumentError, match="shots"):
            call([0.1], X, shots=2.5)
        with pytest.raises(qt.InvalidArgumentError, match="X is complex"):
            call([0.1], np.array([[1, 0j]]), shots=3)
    with pytest.raises(qt.InvalidArgumentError, match="seed"):
        model.predict([0.1], X, shots=3, seed=-1)
    with pytest.raises(qt.InvalidArgumentError, match="chunk is 0"):
        model.predict([0.1], X, chunk=0, shots=3)
    with pytest.raises(qt.InvalidArgumentError, match=r"\(1,\)"):
        model.predict([0.1, 0.2], X, shots=3)
    certain = qt.Model(qt.Circuit(1), qt.pauli("Z"))
    assert certain.predict([], shots=10)[0] == 1
    assert certain.prediction_variance([])[0] == 0
