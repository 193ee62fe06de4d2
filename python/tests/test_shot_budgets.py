"""Numbers of shots, against what such numbers of shots give."""

import numpy as np
import pytest
import qtangent as qt


def test_shots_that_reach_a_loss():
    rng = np.random.default_rng(0)
    jacobian = rng.normal(size=(3, 5))
    kernel, variance = jacobian @ jacobian.T, rng.uniform(0.1, 1, 3)
    rate = 0.2 * 3 / np.linalg.eigvalsh(kernel)[-1]
    shots = qt.dynamics.shots_to_reach(1e-4, kernel, variance, rate)
    assert qt.dynamics.shot_plateau(kernel, variance / shots, rate) <= 1e-4
    assert qt.dynamics.shot_plateau(kernel, variance / (shots - 1), rate) > 1e-4
    # At small rates eta sum_j K_jj V_j/(4 m^2 loss).
    small = qt.dynamics.shots_to_reach(1e-9, kernel, variance, 1e-4)
    assert small == pytest.approx(1e-4 * np.diag(kernel) @ variance / (4 * 9 * 1e-9), rel=1e-3)


def test_shots_that_resolve_the_smallest_eigenvalue():
    model, theta, _, states = qt.convergence.haar_setup(3, 160, seed=3)
    jacobian = model.jacobian(theta, states=states)
    variance = model.jacobian_variance(theta, states=states, shots=1)
    smallest = np.linalg.eigvalsh(jacobian @ jacobian.T)[0]
    shots = qt.dynamics.shots_to_resolve(jacobian, variance, z=6.0)
    drawn = [
        np.linalg.eigvalsh(model.tangent_kernel(theta, states=states, shots=shots, seed=seed))[0]
        for seed in range(200)
    ]
    # Their deviation is known to a twentieth, and what it is asked for to one shot in so many.
    assert smallest / np.std(drawn) == pytest.approx(6.0, rel=0.15)
    # Variances all alike, for which the quadratic equation has this root; many parameters forget the 1.
    alike = qt.dynamics.shots_to_resolve(jacobian, 2e6, z=1.5)
    assert alike == pytest.approx(2e6 * 160 / smallest / (np.sqrt(1 + 160 / (2 * 1.5**2)) - 1), rel=1e-6)
    assert alike == pytest.approx(1.5 * np.sqrt(2 * 160) * 2e6 / smallest, rel=0.2)
    # With one sample and few parameters the root of the quadratic equation can be told by hand.
    one = qt.dynamics.shots_to_resolve([[3.0, 4.0]], [[0.5, 0.5]], z=10.0)
    a, b = 4 * 25 * 0.5, 2 * 2 * 0.25
    assert 100 * (a / one + b / one**2) <= 625 < 100 * (a / (one - 1) + b / (one - 1) ** 2)


def test_shots_of_the_late_law():
    shots = qt.dynamics.shots_for_late_law(50.0, z=3.0)
    assert shots == 3600
    residual = 1 / (4 * 50.0)
    deviation = np.sqrt((1 - (1 - residual) ** 2) / shots)
    assert residual / deviation == pytest.approx(3.0, rel=0.01)
    assert qt.dynamics.shots_for_late_law(50.0, z=3.0, rate=0.5) == 1800


def test_what_no_shots_do():
    with pytest.raises(qt.InvalidArgumentError, match="singular"):
        qt.dynamics.shots_to_resolve(np.ones((2, 3)), 0.1)
    with pytest.raises(qt.InvalidArgumentError, match=r"\(m, p\)"):
        qt.dynamics.shots_to_resolve(np.ones(3), 0.1)
    with pytest.raises(qt.InvalidArgumentError, match="not negative"):
        qt.dynamics.shots_to_resolve(np.eye(2), -np.eye(2))
    with pytest.raises(qt.InvalidArgumentError, match="variance"):
        qt.dynamics.shots_to_resolve(np.eye(2), np.ones((2, 3)))
    for wrong in (0.0, -1.0):
        with pytest.raises(qt.InvalidArgumentError, match="above 0"):
            qt.dynamics.shots_for_late_law(wrong)
        with pytest.raises(qt.InvalidArgumentError, match="above 0"):
            qt.dynamics.shots_to_resolve(np.eye(2), 0.1, z=wrong)
        with pytest.raises(qt.InvalidArgumentError, match="loss"):
            qt.dynamics.shots_to_reach(wrong, np.eye(2), 0.1, 0.1)
    with pytest.raises(qt.InvalidArgumentError, match="more than can be counted"):
        qt.dynamics.shots_to_reach(1e-30, np.eye(2), 0.1, 0.1)
