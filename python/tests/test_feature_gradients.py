"""Derivatives with respect to features and products of weights with the Jacobian, from Python."""

import numpy as np
import pytest
import qtangent as qt
from random_matrices import random_hermitian


def circuit(random, n=3):
    """Every form of an angle, features before, between and after parameters."""
    t, x = qt.param, qt.feature
    result = qt.Circuit(n)
    for qubit in range(n):
        result.ry(1.3 * x(qubit), qubit).h(qubit)
    result.rz(t(0) * x(1), 0).crx(0.7 * x(0) * x(2) + t(1), 0, 1).cx(1, 2)
    result.u3(t(2), x(1) * x(1), 0.4 + x(0), 2)
    result.evolve(t(3) + 0.5 * x(2), random_hermitian(4, random), [2, 0])
    result.rzz(t(0) - x(1), 0, 2).rx(t(4), 1).rotation(0.8 * x(0) * t(4), "XZY", [1, 0, 2])
    return result.ry(0.3 * x(2), 0)


def models(random):
    observables = [qt.pauli("ZXI"), qt.hermitian(random_hermitian(8, random)), qt.projector("010")]
    built = circuit(random)
    return qt.Model(built, observables[0], scale=1.4), qt.Model(built, observables, scale=1.4)


def derivative(f, h=0.05, order=8):
    """f'(0) by central differences with an error of order h^16."""
    total = 0
    for k in range(1, order + 1):
        weight = 2 * (-1) ** (k + 1) / k
        for i in range(1, k + 1):
            weight *= (order - k + i) / (order + i)
        total = total + weight * (f(k * h) - f(-k * h)) / (2 * h)
    return total


def samples(random, kind, m):
    X = random.uniform(-1.5, 1.5, (m, 3))
    if kind == "zero":
        return X, None
    states = random.normal(size=(m, 8)) + 1j * random.normal(size=(m, 8))
    states /= np.linalg.norm(states, axis=1)[:, None]
    if kind == "mixed":
        pure = states[:, :, None] * states[:, None].conj()
        states = 0.6 * pure + 0.4 * np.roll(pure, 1, axis=0)
    return X, states


@pytest.mark.parametrize("kind", ["zero", "pure", "mixed"])
@pytest.mark.parametrize("sets", [None, 3])
def test_features_by_differences(kind, sets):
    random = np.random.default_rng(1)
    single, listed = models(random)
    theta = random.uniform(-3, 3, (5,) if sets is None else (sets, 5))
    X, states = samples(random, kind, 5)
    for model in (single, listed):
        jacobian = model.jacobian(theta, X, states, wrt="X")
        expected = np.stack(
            [
                derivative(lambda h, e=e, model=model: model.predict(theta, X + h * e, states))
                for e in np.eye(3)
            ],
            axis=-1,
        )
        assert jacobian.shape == expected.shape
        np.testing.assert_allclose(jacobian, expected, rtol=0, atol=1e-9 * np.abs(expected).max())
        np.testing.assert_array_equal(model.jacobian(theta, qt.Samples(X, states), wrt="X"), jacobian)
        # Chunks leave a sample in other company, which shows in the last bits of tiles and mixed states at most.
        chunked = model.jacobian(theta, X, states, chunk=2, wrt="X")
        np.testing.assert_allclose(chunked, jacobian, rtol=0, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("kind", ["zero", "pure", "mixed"])
@pytest.mark.parametrize("m", [1, 2, 5])
def test_vjp_contracts_the_jacobians(kind, m):
    random = np.random.default_rng(2)
    single, listed = models(random)
    X, states = samples(random, kind, m)
    for sets in ((), (3,)):
        theta = random.uniform(-3, 3, (*sets, 5))
        weights = random.normal(size=(*sets, m, 3))
        gradient, features = listed.vjp(theta, weights, X, states)
        rows, own = listed.jacobian(theta, X, states), listed.jacobian(theta, X, states, wrt="X")
        assert gradient.shape == (*sets, 5)
        assert features.shape == (*sets, m, 3)
        tolerance = {"rtol": 0, "atol": 1e-12 * max(np.abs(rows).max(), np.abs(own).max())}
        np.testing.assert_allclose(gradient, np.einsum("...jk,...jkp->...p", weights, rows), **tolerance)
        np.testing.assert_allclose(features, np.einsum("...jk,...jkf->...jf", weights, own), **tolerance)
        # The same weights for all sets, and samples laid out before.
        shared = listed.vjp(theta, weights.reshape(-1, m, 3)[0], qt.Samples(X, states))
        full = listed.vjp(theta, np.broadcast_to(weights.reshape(-1, m, 3)[0], (*sets, m, 3)), X, states)
        for a, b in zip(shared, full, strict=True):
            np.testing.assert_array_equal(a, b)
        # One observable takes weights without an axis of outputs.
        for shape in ((*sets, m), (*sets, m, 1)):
            gradient, features = single.vjp(theta, weights[..., 0].reshape(shape), X, states)
            rows = single.jacobian(theta, X, states)
            np.testing.assert_allclose(
                gradient, np.einsum("...j,...jp->...p", weights[..., 0], rows), **tolerance
            )
            assert features.shape == (*sets, m, 3)


def test_vjp_without_features():
    model = qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZII"))
    theta = np.linspace(0.1, 2, model.n_params)
    gradient, features = model.vjp(theta, [2.0])
    assert features is None
    np.testing.assert_allclose(gradient, 2 * model.jacobian(theta)[0], rtol=0, atol=1e-14)


def test_circuits_of_features_alone():
    model = qt.Model(qt.encoding.angle(2), qt.pauli("ZZ"))
    X = np.array([[0.3, 0.4], [1.0, -2.0]])
    gradient, features = model.vjp(np.empty(0), [1.0, -1.0], X)
    a, b = X.T
    expected = np.stack([-np.sin(a) * np.cos(b), -np.cos(a) * np.sin(b)], axis=1) * [[1], [-1]]
    assert gradient.shape == (0,)
    np.testing.assert_allclose(features, expected, rtol=0, atol=1e-14)


def test_fisher_information_of_features():
    random = np.random.default_rng(3)
    model, _ = models(random)
    theta = random.uniform(-3, 3, (2, 5))
    X, states = samples(random, "pure", 1)
    fisher = model.fisher_information(theta, X[0], states[0], wrt="X")
    for set_, t in enumerate(theta):

        def output(x, t=t):
            return model.output_states(t, x[None], states)[0]

        psi = output(X[0])
        tangents = np.stack([derivative(lambda h, e=e: output(X[0] + h * e)) for e in np.eye(3)])
        overlap = tangents.conj() @ psi
        expected = 4 * np.real(tangents.conj() @ tangents.T - np.outer(overlap, overlap.conj()))
        np.testing.assert_allclose(fisher[set_], expected, rtol=0, atol=1e-9 * np.abs(expected).max())


def test_single_precision():
    random = np.random.default_rng(4)
    built, observable = circuit(random), qt.pauli("ZXI")
    X, _ = samples(random, "zero", 11)
    theta, weights = random.uniform(-3, 3, 5), random.normal(size=11)
    double, single = (qt.Model(built, observable, precision=name) for name in ("double", "single"))
    for a, b in zip(single.vjp(theta, weights, X), double.vjp(theta, weights, X), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-5)
        assert not np.array_equal(a, b)


def test_large_states_and_threads():
    random = np.random.default_rng(5)
    n, m = 13, 2
    built = qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, 2)
    model = qt.Model(built, qt.pauli("Z" + "I" * (n - 2) + "Z"))
    theta, X = random.uniform(-3, 3, model.n_params), random.uniform(-1, 1, (m, n))
    threads = qt.get_num_threads()
    results = []
    try:
        for count in (1, 2, 3):
            qt.set_num_threads(count)
            results.append(model.vjp(theta, [1.0, -0.5], X))
    finally:
        qt.set_num_threads(threads)
    for gradient, features in results[1:]:
        np.testing.assert_array_equal(gradient, results[0][0])
        np.testing.assert_array_equal(features, results[0][1])
    shift = np.zeros(n)
    shift[0] = np.pi / 2
    # ry(x) on one qubit obeys the parameter-shift rule.
    expected = (model.predict(theta, X + shift) - model.predict(theta, X - shift)) / 2
    np.testing.assert_allclose(results[0][1][:, 0], expected * [1.0, -0.5], rtol=0, atol=1e-12)


def test_errors():
    random = np.random.default_rng(6)
    single, listed = models(random)
    theta, X = np.zeros(5), np.zeros((4, 3))
    for model, weights in (
        (single, np.ones(3)),
        (single, np.ones((4, 2))),
        (single, np.ones((1, 4, 1))),
        (listed, np.ones(4)),
        (listed, np.ones((4, 2))),
        (listed, np.ones((3, 4))),
    ):
        with pytest.raises(qt.InvalidArgumentError, match=r"weights has shape .*4 samples and \d outputs"):
            model.vjp(theta, weights, X)
    with pytest.raises(qt.InvalidArgumentError, match=r"weights\[2\]|weights.*nan"):
        single.vjp(theta, [1.0, 2.0, np.nan, 0.0], X)
    with pytest.raises(qt.InvalidArgumentError, match="wrt is 'x'; 'theta' or 'X'"):
        single.jacobian(theta, X, wrt="x")
    bare = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
    for call in (bare.jacobian, bare.fisher_information):
        with pytest.raises(qt.InvalidArgumentError, match="no features to differentiate for"):
            call(np.zeros(bare.n_params), wrt="X")
    with pytest.raises(qt.InvalidArgumentError, match="density matrix"):
        single.fisher_information(theta, X[0], np.diag([1.0, 0, 0, 0, 0, 0, 0, 0]), wrt="X")


def test_memory_estimates():
    model, _ = models(np.random.default_rng(7))
    for what in ("vjp", "feature_jacobian", "feature_fisher_information"):
        assert model.memory_estimate(10, what) > 8 * 10 * 3
