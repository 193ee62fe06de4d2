"""Fisher information, natural gradient and dQNTK against dense derivatives, finite differences and SciPy."""

import pickle

import numpy as np
import pytest
import qtangent as qt
import scipy.linalg
from reference import Reference

P = 6


def circuits(features_last=False):
    """The same circuit twice: shared parameters, factors, controlled and multi-qubit generators."""
    generator = qt.pauli("XX") + 0.5 * qt.pauli("ZI")
    dense = np.kron([[0, 1], [1, 0]], [[0, 1], [1, 0]]) + 0.5 * np.kron(np.diag([1, -1]), np.eye(2))

    def build(circuit, evolution):
        circuit.h(0).ry(qt.feature(0), 1).rx(2 * qt.param(0) + 0.3, 0).cx(0, 1).crz(qt.param(1), 1, 2)
        circuit.rotation(-1.5 * qt.param(2), "XYZ", (2, 0, 1)).rz(qt.param(0), 2).u3(
            qt.param(3), qt.param(4), 0.2, 1
        )
        circuit.evolve(qt.param(5), evolution, (0, 2)).ry(qt.param(1), 2)
        if features_last:
            circuit.rx(qt.param(2) * qt.feature(1), 0)
        return circuit

    return build(qt.Circuit(3), generator), build(Reference(3), dense)


@pytest.fixture(scope="module")
def draws():
    rng = np.random.default_rng(11)
    states = rng.normal(size=(4, 8)) + 1j * rng.normal(size=(4, 8))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    return rng.normal(size=(2, P)), rng.normal(size=(4, 2)), states


def fisher(slopes, unitary, rho):
    """4 Re(tr(d_k U rho d_l U^dagger) - tr(d_k U rho U^dagger) tr(U rho d_l U^dagger))"""
    mean = np.array([np.trace(s @ rho @ unitary.conj().T) for s in slopes])
    pairs = np.array([[np.trace(a @ rho @ b.conj().T) for b in slopes] for a in slopes])
    return 4 * (pairs - np.outer(mean, mean.conj())).real


def test_fisher_information(draws):
    theta, X, states = draws
    circuit, reference = circuits(features_last=True)
    model = qt.Model(circuit, qt.pauli("ZII"))
    for x, state in zip(X, states, strict=True):
        found = model.fisher_information(theta, x=x, state=state)
        assert found.shape == (2, P, P)
        for one, values in zip(found, theta, strict=True):
            unitary, slopes = reference.derivatives(values, x)
            expected = fisher(slopes, unitary, np.outer(state, state.conj()))
            np.testing.assert_allclose(one, expected, atol=1e-12)
            np.testing.assert_array_equal(model.fisher_information(values, x, state), one)
    unitary, slopes = reference.derivatives(theta[0], X[0])
    zero = np.zeros((8, 8))
    zero[0, 0] = 1
    np.testing.assert_allclose(
        model.fisher_information(theta[0], X[0]), fisher(slopes, unitary, zero), atol=1e-12
    )


def test_fisher_information_is_the_curvature_of_the_overlap(draws):
    """|<psi(theta)|psi(theta + h)>|^2 = 1 - h F h/4 + O(h^4), by central differences."""
    theta, X, states = draws
    model = qt.Model(circuits(features_last=True)[0], qt.pauli("ZII"))
    found = model.fisher_information(theta[0], X[0], states[0])

    def infidelity(shift):
        both = model.output_states(np.array([theta[0], theta[0] + shift]), X[:1], states[:1])[:, 0]
        return 1 - abs(np.vdot(both[0], both[1])) ** 2

    h = 1e-3
    for k in range(P):
        for l in range(P):
            a, b = h * np.eye(P)[k], h * np.eye(P)[l]
            corners = [s * t * infidelity(s * a + t * b) for s in (1, -1) for t in (1, -1)]
            assert sum(corners) / (2 * h * h) == pytest.approx(found[k, l], abs=5e-5)


def test_data_fisher_information(draws):
    theta, X, states = draws
    circuit, reference = circuits()
    model = qt.Model(circuit, qt.pauli("ZII"))
    found = qt.capacity.data_fisher_information(model, theta, X=X[:, :1], states=states)
    mixed = np.einsum("ja,jb->jab", states, states.conj())
    mixed = 0.75 * mixed + 0.25 * mixed[::-1]
    of_mixed = qt.capacity.data_fisher_information(model, theta, X=X[:, :1], states=mixed)
    for one, other, values in zip(found, of_mixed, theta, strict=True):
        for result, rhos in ((one, np.einsum("ja,jb->jab", states, states.conj())), (other, mixed)):
            # the features prepare states: here by RY on qubit 1, behind an H that commutes with it
            moved = []
            for rho, x in zip(rhos, X, strict=True):
                prepare = Reference(3).ry(x[0], 1).matrix(())
                moved.append(prepare @ rho @ prepare.conj().T)
            rest_unitary, rest_slopes = reference.derivatives(values, [0.0])
            expected = fisher(rest_slopes, rest_unitary, np.mean(moved, axis=0))
            np.testing.assert_allclose(result, expected, atol=1e-12)
    single = qt.capacity.data_fisher_information(model, theta[0], X=X[:1, :1], states=states[:1])
    np.testing.assert_allclose(single, model.fisher_information(theta[0], X[0, :1], states[0]), atol=1e-12)


def test_dqntk_is_the_slope_of_the_jacobian(draws):
    theta, X, states = draws
    model = qt.Model(circuits(features_last=True)[0], qt.pauli("ZXI") + 0.3 * qt.pauli("IIZ"), scale=1.4)
    found = model.dqntk(theta, X, states)
    assert found.shape == (2, 4, 4, 4)
    h = 1e-5
    for one, values in zip(found, theta, strict=True):
        jacobian = model.jacobian(values, X, states)
        for c in range(4):
            plus = model.jacobian(values + h * jacobian[c], X, states)
            minus = model.jacobian(values - h * jacobian[c], X, states)
            slope = (plus - minus) @ jacobian.T / (2 * h)
            np.testing.assert_allclose(one[:, :, c], slope, atol=2e-8)
        np.testing.assert_allclose(one, one.transpose(0, 2, 1), atol=1e-12)
    # One step to second order, with the error of third.
    y, m = np.array([1.0, -1, 1, -1]), 4
    r = model.predict(theta[0], X, states) - y
    kernel = model.tangent_kernel(theta[0], X, states=states)
    errors = []
    for eta in (0.02, 0.01):
        moved = theta[0] - eta * model.loss_and_gradient(theta[0], y, X=X, states=states)[1]
        predicted = r - eta / m * kernel @ r + (eta / m) ** 2 / 2 * np.einsum("abc,b,c", found[0], r, r)
        errors.append(np.abs(model.predict(moved, X, states) - y - predicted).max())
    assert errors[0] / errors[1] == pytest.approx(8, rel=0.1)


@pytest.mark.parametrize("batch_size", [None, 1])
def test_natural_gradient_solves_with_the_metric(draws, batch_size):
    theta, X, states = draws
    # Samples that are all alike make a mini-batch's metric that of the whole set.
    X, states = (X, states) if batch_size is None else (np.repeat(X[:1], 4, 0), np.repeat(states[:1], 4, 0))
    model = qt.Model(circuits(features_last=True)[0], qt.pauli("ZII"))
    y = np.array([1.0, -1, 1, -1]) if batch_size is None else np.ones(4)
    rate, damping = 0.3, 1e-2
    run = qt.train(
        model,
        y,
        X=X,
        states=states,
        theta=theta,
        optimizer=qt.NaturalGradient(rate, damping),
        steps=8,
        batch_size=batch_size,
    )
    for values, end in zip(theta, run.theta, strict=True):
        for _ in range(8):
            metric = np.mean(
                [model.fisher_information(values, *one) for one in zip(X, states, strict=True)], axis=0
            )
            gradient = model.loss_and_gradient(values, y, X=X, states=states)[1]
            factor = scipy.linalg.cho_factor(metric + damping * np.eye(P))
            values = values - rate * scipy.linalg.cho_solve(factor, gradient)
        np.testing.assert_allclose(end, values, atol=1e-10)
    assert np.isnan(run.time).all()


def test_natural_gradient_is_a_value():
    optimizer = qt.NaturalGradient(0.1)
    assert optimizer.damping == 1e-3
    assert pickle.loads(pickle.dumps(optimizer)) == optimizer


def test_bad_input_is_named(draws):
    theta, X, states = draws
    model = qt.Model(circuits(features_last=True)[0], qt.pauli("ZII"))
    mixed = np.einsum("ja,jb->jab", states, states.conj())
    with pytest.raises(qt.InvalidArgumentError, match="density matrix"):
        model.fisher_information(theta[0], X[0], mixed[0])
    with pytest.raises(qt.InvalidArgumentError, match=r"x has shape \(4, 2\)"):
        model.fisher_information(theta[0], X)
    with pytest.raises(qt.InvalidArgumentError, match=r"state has shape \(4,\)"):
        model.fisher_information(theta[0], X[0], states[0][:4])
    with pytest.raises(qt.InvalidArgumentError, match="2 features"):
        model.fisher_information(theta[0])
    with pytest.raises(qt.InvalidArgumentError, match="theta"):
        model.fisher_information(theta[0][:3], X[0])
    with pytest.raises(qt.InvalidArgumentError, match="norm"):
        model.fisher_information(theta[0], X[0], 2 * states[0])
    with pytest.raises(qt.InvalidArgumentError, match=r"rx on qubits \[0\].*data Fisher information needs"):
        qt.capacity.data_fisher_information(model, theta[0], X, states)
    two = qt.Model(circuits()[0], [qt.pauli("ZII"), qt.pauli("IZI")])
    with pytest.raises(qt.InvalidArgumentError, match="2; pass one observable"):
        two.dqntk(theta[0], X[:, :1], states)
    y = [1.0, -1, 1, -1]
    with pytest.raises(qt.InvalidArgumentError, match="pure states"):
        qt.train(model, y, X=X, states=mixed, optimizer=qt.NaturalGradient(0.1), steps=1)
    with pytest.raises(qt.InvalidArgumentError, match="damping is 0"):
        qt.train(model, y, X=X, states=states, optimizer=qt.NaturalGradient(0.1, damping=0), steps=1)


def test_too_large_is_refused_before_it_is_allocated():
    circuit = qt.ansatz.hardware_efficient(18, 2000)
    model = qt.Model(circuit, qt.pauli("Z" + "I" * 17))
    with pytest.raises(qt.OutOfMemoryError, match="not even one sample"):
        model.fisher_information(np.zeros(model.n_params))
    small = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
    with pytest.raises(qt.OutOfMemoryError):
        small.dqntk(np.zeros(4), states=np.repeat([[1, 0, 0, 0]], 20_000, 0))
    assert small.memory_estimate(100, "dqntk") >= 8 * 100**3
    assert small.memory_estimate(1, "fisher_information") >= 8 * 16


def test_second_order_prediction_with_the_models_dqntk_errs_by_the_cube_of_the_rate():
    """One step of descent against the prediction: an eighth of the error at half the rate."""
    states, y = qt.encoding.haar_states(3, 4, seed=3), np.array([1.0, -1.0, 0.5, -0.2])
    model = qt.Model(qt.ansatz.hardware_efficient(3, 4), qt.pauli("ZXI"))
    theta = np.random.default_rng(8).uniform(0, 6, model.n_params)
    residual = model.predict(theta, states=states) - y
    kernel, mu = model.tangent_kernel(theta, states=states), model.dqntk(theta, states=states)
    errors = []
    for rate in (0.02, 0.01):
        moved = theta - rate * model.loss_and_gradient(theta, y, states=states)[1]
        predicted = qt.dynamics.second_order_prediction(kernel, mu, residual, rate)[1]
        errors.append(np.linalg.norm(model.predict(moved, states=states) - y - predicted))
    assert 7 < errors[0] / errors[1] < 9
