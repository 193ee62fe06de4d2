"""The ends of the ranges: one qubit, one sample, one parameter, a hundred thousand of them, huge angles, tiny amplitudes."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from reference import PAULI

MANY = 100_000


@pytest.mark.parametrize("precision", ["double", "single"])
def test_huge_angles(precision):
    """cos of 1e8 and more, of which doubles know a multiple of 1.5e-8; products of parameter and feature too."""
    model = qt.Model(
        qt.Circuit(1).ry(qt.param(0) * qt.feature(0) + qt.param(1), 0), qt.pauli("Z"), precision=precision
    )
    theta, X = np.array([1e4, 1e8]), np.array([[0.0], [1.0], [12345.678], [-1e5]])
    angles = theta[0] * X[:, 0] + theta[1]
    error = 1e-12 if precision == "double" else 2e-6
    # What an addition rounds off is known to both.
    np.testing.assert_allclose(model.predict(theta, X), np.cos(angles), rtol=0, atol=error)
    np.testing.assert_allclose(model.jacobian(theta, X)[:, 1], -np.sin(angles), rtol=0, atol=error)
    turns = 2 * np.pi * 10**6
    small = qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZXY"), precision=precision)
    around = np.linspace(0.1, 2, 12)
    np.testing.assert_allclose(
        small.predict(around + turns),
        small.predict(around),
        rtol=0,
        atol=1e-8 if precision == "double" else 2e-6,
    )


@pytest.mark.parametrize("n", [3, 13])
def test_subnormal_amplitudes(n):
    """They count as the zeros they nearly are: neither slow, nor NaN, nor lost where they are all there is."""
    state = np.zeros((1, 2**n), dtype=complex)
    state[0, 0], state[0, 1], state[0, -1] = 1, 5e-324, 3e-310j
    plain = np.zeros_like(state)
    plain[0, 0] = 1
    model = qt.Model(qt.ansatz.hardware_efficient(n, 2), qt.pauli("Z" + "I" * (n - 2) + "X"))
    theta = np.linspace(0.1, 3, model.n_params)
    for call in (model.predict, model.jacobian, model.output_states):
        np.testing.assert_allclose(call(theta, states=state), call(theta, states=plain), rtol=0, atol=1e-15)
    tiny = model.predict(np.full(model.n_params, 1e-310))
    np.testing.assert_allclose(tiny, model.predict(np.zeros(model.n_params)), rtol=0, atol=1e-15)


def test_a_hundred_thousand_parameters():
    """Rotations about one axis by angles that add up, and about two whose product is a matrix."""
    random = np.random.default_rng(3)
    angles = random.uniform(-1, 1, MANY)
    one, two = qt.Circuit(1), qt.Circuit(1)
    for k in range(MANY):
        one.ry(qt.param(k), 0)
        getattr(two, ("rx", "rz")[k % 2])(qt.param(k), 0)
    model = qt.Model(one, qt.pauli("Z"))
    total = angles.sum()
    np.testing.assert_allclose(model.predict(angles), np.cos(total), rtol=0, atol=1e-9)
    jacobian = model.jacobian(angles)
    assert jacobian.shape == (1, MANY)
    np.testing.assert_allclose(jacobian, -np.sin(total), rtol=0, atol=1e-9)
    model = qt.Model(two, qt.pauli("Y"))
    matrix, cosines, sines = np.eye(2), np.cos(angles / 2), np.sin(angles / 2)
    for k in range(MANY):
        matrix = (cosines[k] * np.eye(2) - 1j * sines[k] * PAULI["XZ"[k % 2]]) @ matrix
    state = matrix[:, 0]
    expected = (state.conj() @ np.array([[0, -1j], [1j, 0]]) @ state).real
    np.testing.assert_allclose(model.predict(angles), expected, rtol=0, atol=1e-9)
    loss, gradient = model.loss_and_gradient(angles, [0.25])
    np.testing.assert_allclose(loss, 0.5 * (expected - 0.25) ** 2, rtol=0, atol=1e-9)
    k, h = 54_321, 1e-4
    moved = [model.loss(angles + step * (np.arange(MANY) == k), [0.25]) for step in (h, -h)]
    np.testing.assert_allclose(gradient[k], (moved[0] - moved[1]) / (2 * h), rtol=0, atol=1e-6)
    run = qt.train(model, [0.25], theta=angles, steps=2, optimizer=qt.GradientDescent(1e-6))
    assert run.loss[-1] < run.loss[0]


def test_one_qubit_one_parameter_one_sample():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    np.testing.assert_allclose(model.tangent_kernel([0.7]), [[np.sin(0.7) ** 2]], rtol=0, atol=1e-15)
    np.testing.assert_allclose(model.hessian([0.7]).ravel(), -np.cos(0.7), rtol=0, atol=1e-14)
    np.testing.assert_allclose(model.fisher_information([0.7]), [[1.0]], rtol=0, atol=1e-14)
    for optimizer in (qt.Adam(0.1), qt.LBFGS(), qt.NaturalGradient(0.1), qt.GradientFlow(1.0, 0.1)):
        assert qt.train(model, [0.5], theta=[0.7], steps=5, optimizer=optimizer).loss[-1] < 0.04
    study = qt.convergence.study(model, [0.5], theta=[0.7], time=1.0, records=5)
    assert study.actual.loss[-1] < study.actual.loss[0]


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_hundred_thousand_samples(precision):
    model = qt.Model(qt.Circuit(1).ry(qt.feature(0) + qt.param(0), 0), qt.pauli("Z"), precision=precision)
    X = np.linspace(-3, 3, MANY)[:, None]
    error = 1e-14 if precision == "double" else 1e-6
    np.testing.assert_allclose(model.predict([0.3], X), np.cos(X[:, 0] + 0.3), rtol=0, atol=error)
    np.testing.assert_allclose(model.jacobian([0.3], X)[:, 0], -np.sin(X[:, 0] + 0.3), rtol=0, atol=error)
    loss, gradient = model.loss_and_gradient([0.3], np.zeros(MANY), X=X)
    np.testing.assert_allclose(loss, 0.5 * np.mean(np.cos(X + 0.3) ** 2), rtol=0, atol=10 * error)
    np.testing.assert_allclose(gradient, -np.mean(np.cos(X + 0.3) * np.sin(X + 0.3)), rtol=0, atol=10 * error)
    run = qt.train(model, np.zeros(MANY), X=X, theta=[0.3], steps=2, batch_size=1000, seed=1)
    assert np.isfinite(run.loss).all()
    with pytest.raises(qt.OutOfMemoryError, match="chunk"):
        model.tangent_kernel([0.3], X)
