"""Where descent with shots stays, against chains of it."""

import numpy as np
import pytest
import qtangent as qt
from shot_cases import layered


def test_the_plateau_of_descent_on_measured_predictions():
    circuit = layered(2, 3)
    model = qt.Model(circuit, qt.pauli("ZZ"))
    rng = np.random.default_rng(6)
    optimum, X = rng.uniform(-2, 2, circuit.n_params), np.array([[0.4], [-0.9], [1.3]])
    y, kernel = model.predict(optimum, X), model.tangent_kernel(optimum, X)
    shots, m = 1000, len(X)
    eta = 0.1 * m / np.linalg.eigvalsh(kernel)[-1]
    wanted = qt.dynamics.shot_plateau(kernel, model.prediction_variance(optimum, X, shots=shots), eta, m)
    kappa = eta * np.linalg.eigvalsh(kernel) / m
    chains, burn, steps = np.tile(optimum, (400, 1)), int(3 / kappa[0]), int(8 / kappa[0])
    losses = []
    for step in range(burn + steps):
        residual = model.predict(chains, X, shots=shots, seed=step) - y
        chains = chains - eta / m * np.einsum("sj,sjp->sp", residual, model.jacobian(chains, X))
        if step >= burn and step % 5 == 0:
            losses.append(np.mean((model.predict(chains, X) - y) ** 2) / 2)
    assert np.mean(losses) == pytest.approx(wanted, rel=0.03)


def test_against_the_recursion_of_the_covariance():
    rng = np.random.default_rng(0)
    jacobian = rng.normal(size=(4, 3))
    kernel, variance = jacobian @ jacobian.T, rng.uniform(0.1, 1, 4)
    eta = 1.2 * 5 / np.linalg.eigvalsh(kernel)[-1]
    kappa = eta * kernel / 5
    sigma, keeps = np.zeros((4, 4)), np.eye(4) - kappa
    for _ in range(20000):
        sigma = keeps @ sigma @ keeps + kappa @ np.diag(variance) @ kappa
    found = qt.dynamics.shot_plateau(kernel, variance, eta, 5)
    assert found == pytest.approx(np.trace(sigma) / 10, rel=1e-10)
    small = qt.dynamics.shot_plateau(kernel, variance, 1e-6)
    assert small == pytest.approx(1e-6 * np.diag(kernel) @ variance / (4 * 16), rel=1e-5)
    assert qt.dynamics.shot_plateau(kernel, 0.5, eta) == qt.dynamics.shot_plateau(
        kernel, np.full(4, 0.5), eta
    )


def test_what_has_no_plateau():
    kernel = np.diag([1.0, 4.0])
    for rate in (1.0, 0.0, -1.0):
        with pytest.raises(qt.InvalidArgumentError, match=r"above 0 and below 2m/lambda_max = 1"):
            qt.dynamics.shot_plateau(kernel, 0.1, rate)
    with pytest.raises(qt.InvalidArgumentError, match="not negative"):
        qt.dynamics.shot_plateau(kernel, [0.1, -0.1], 0.1)
    with pytest.raises(qt.InvalidArgumentError, match="m is 0"):
        qt.dynamics.shot_plateau(kernel, 0.1, 0.1, 0)
    with pytest.raises(qt.InvalidArgumentError, match="negative eigenvalues"):
        qt.dynamics.shot_plateau(np.diag([-0.5, 4.0]), 0.1, 0.1)
    with pytest.raises(qt.InvalidArgumentError, match=r"\(m,\)"):
        qt.dynamics.shot_plateau(kernel, [0.1], 0.1)


def test_measured_regression_against_the_recursion():
    rng = np.random.default_rng(3)
    jacobian = rng.normal(size=(3, 2))
    kernel, variance, r0 = jacobian @ jacobian.T, rng.uniform(0.1, 1, 3), rng.normal(size=3)
    eta = 0.7 * 3 / np.linalg.eigvalsh(kernel)[-1]
    kappa = eta * kernel / 3
    mean, sigma, keeps = r0, np.zeros((3, 3)), np.eye(3) - kappa
    found = qt.dynamics.shot_regression(kernel, r0, variance, eta, 12)
    for step in range(13):
        np.testing.assert_allclose(found.residuals[step], mean, atol=1e-12)
        np.testing.assert_allclose(found.deviations[step], np.sqrt(np.diag(sigma)), atol=1e-12)
        assert found.loss[step] == pytest.approx((mean @ mean + np.trace(sigma)) / 6, rel=1e-11)
        second = 2 * np.trace(sigma @ sigma) + 4 * mean @ sigma @ mean
        assert found.loss_deviations[step] == pytest.approx(np.sqrt(second) / 6, rel=1e-9, abs=1e-14)
        mean, sigma = keeps @ mean, keeps @ sigma @ keeps + kappa @ np.diag(variance) @ kappa
    late = qt.dynamics.shot_regression(kernel, r0, variance, eta, [0, 5, 10**6])
    assert late.loss[0] == found.loss[0]
    assert late.loss[1] == found.loss[5]
    # What the kernel does not see stays.
    null = np.linalg.eigh(kernel)[1][:, 0] @ r0
    assert late.loss[2] - null**2 / 6 == pytest.approx(
        qt.dynamics.shot_plateau(kernel, variance, eta), rel=1e-10
    )
    # Without noise it is descent on the frozen kernel.
    silent = qt.dynamics.shot_regression(kernel, r0, 0.0, 1e-6, [0, 400000])
    flow = qt.dynamics.kernel_regression(kernel, r0, [0.0, 0.4 / 3])
    np.testing.assert_allclose(silent.residuals, flow, atol=1e-5)


def test_measured_regression_asked_for_badly():
    kernel = np.diag([1.0, 4.0])
    for steps in (-1, [3, -2], []):
        with pytest.raises(qt.InvalidArgumentError, match="steps is"):
            qt.dynamics.shot_regression(kernel, [1, 1], 0.1, 0.1, steps)
    with pytest.raises(qt.InvalidArgumentError, match="not negative"):
        qt.dynamics.shot_regression(kernel, [1, 1], -0.1, 0.1, 3)
    with pytest.raises(qt.InvalidArgumentError, match="m is 0"):
        qt.dynamics.shot_regression(kernel, [1, 1], 0.1, 0.1, 3, m=0)
    with pytest.raises(qt.NumericalError, match="overflow"):
        qt.dynamics.shot_regression(kernel, [1, 1], 0.1, 1e3, [10**6])
