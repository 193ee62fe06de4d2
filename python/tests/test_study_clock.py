"""Studies of circuits in which an angle multiplies a parameter with a feature: time is learning rate times steps."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence.telling.findings import findings
from scipy.linalg import expm

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def weighted() -> qt.Circuit:
    circuit = qt.Circuit(2)
    for layer in range(3):
        for qubit in range(2):
            circuit.ry(
                qt.param(4 * layer + qubit) * qt.feature(qubit) + qt.param(4 * layer + 2 + qubit), qubit
            )
        circuit.cx(0, 1)
    return circuit


X = np.random.default_rng(3).uniform(-1, 1, (5, 2))
Y = np.tanh(X[:, 0] - X[:, 1])
MODEL = qt.Model(weighted(), qt.pauli("ZI"))


@pytest.fixture(scope="module")
def study():
    return qt.convergence.study(MODEL, Y, X=X, time=3.0, records=30, seed=1)


def test_such_a_circuit_has_no_z_sum():
    with pytest.raises(qt.InvalidArgumentError, match="multiplies"):
        _ = MODEL.z_sum


def test_time_is_learning_rate_times_steps(study):
    np.testing.assert_allclose(
        study.actual.time, study.settings["learning_rate"] * study.run.step, rtol=1e-12
    )
    assert study.settings["dt"] == pytest.approx(study.settings["learning_rate"])


def test_the_steps_are_those_of_plain_descent(study):
    theta, rate = study.problem.theta.copy(), study.settings["learning_rate"]
    for _ in range(study.run.step[-1]):
        theta -= rate * MODEL.loss_and_gradient(theta, Y, X=X)[1]
    np.testing.assert_allclose(study.theta, theta, atol=1e-10)


def test_the_frozen_kernel_follows_the_flow_of_that_time(study):
    kernel = MODEL.tangent_kernel(study.problem.theta, X)
    residual = MODEL.predict(study.problem.theta, X) - Y
    expected = expm(-kernel / 5 * study.actual.time[-1]) @ residual
    np.testing.assert_allclose(study.kernel_regression.residuals[-1], expected, atol=1e-10)


def test_what_is_left_out_says_why(study):
    assert study.asymptotic is None
    assert study.asymptotic_reason
    assert study.floors == ()
    assert "features act after parameters" in study.floor_reason
    assert study.lower_bound is None
    assert any("learning rate times steps" in one for one in findings(study))
    assert (study.time_name, study.kernel_name) == ("time η t", "K / m")


def test_it_is_saved_and_loaded(study, tmp_path):
    pytest.importorskip("matplotlib")
    study.save(tmp_path)
    loaded = qt.convergence.Study.load(tmp_path)
    np.testing.assert_array_equal(loaded.actual.kernel, study.actual.kernel)
    np.testing.assert_array_equal(loaded.actual.time, study.actual.time)


def test_phases_of_such_a_run_are_told():
    run = qt.train(
        MODEL, Y, X=X, seed=1, optimizer=qt.GradientFlow(1.0, 0.5), steps=30, record=("predictions", "kernel")
    )
    assert len(qt.convergence.phase_of_run(run).kinds) == 5
