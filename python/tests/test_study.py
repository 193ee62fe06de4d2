"""The study: three curves on one time axis, against the pieces they are made of, and its checks before it trains."""

import json
import sys

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

Y = np.array([1.0, -1.0, 1.0, -1.0])
STATES = qt.encoding.haar_states(3, 4, seed=1)
MODEL = qt.Model(qt.ansatz.hardware_efficient(3, 4), qt.pauli("ZII"))


@pytest.fixture(scope="module")
def study():
    test = qt.encoding.haar_states(3, 5, seed=2)
    return qt.convergence.study(
        MODEL, Y, states=STATES, seed=3, time=4.0, records=30, states_test=test, y_test=[1, -1, 1, 1, -1]
    )


def test_the_run_is_descent_at_the_normalised_step(study):
    theta = study.run.theta_history[0]
    np.testing.assert_array_equal(theta, qt.train(MODEL, Y, states=STATES, seed=3, steps=0).theta)
    largest = np.linalg.eigvalsh(MODEL.tangent_kernel(theta, states=STATES))[-1]
    dt = min(0.05, 0.5 * MODEL.z_sum / largest)
    assert study.settings["dt"] == pytest.approx(dt, rel=1e-12)
    assert study.settings["learning_rate"] == pytest.approx(dt * 4 / MODEL.z_sum, rel=1e-12)
    for _ in range(int(study.run.step[-1])):
        theta = theta - dt * 4 / MODEL.z_sum * MODEL.loss_and_gradient(theta, Y, states=STATES)[1]
    np.testing.assert_allclose(study.theta, theta, rtol=0, atol=1e-9)
    np.testing.assert_allclose(study.run.time, study.actual.time, rtol=1e-12)


def test_three_curves_share_their_time_and_their_start(study):
    steps = study.run.step
    assert steps[0] == 0
    assert len(steps) <= 30
    assert 4 <= study.actual.time[-1] < 4 + study.settings["dt"]
    for curve in (study.actual, study.kernel_regression, study.asymptotic):
        np.testing.assert_array_equal(curve.time, study.actual.time)
        np.testing.assert_allclose(curve.predictions[0], study.actual.predictions[0], rtol=0, atol=1e-11)
        np.testing.assert_allclose(curve.residuals, curve.predictions - Y, rtol=0, atol=1e-15)
        np.testing.assert_allclose(curve.loss, (curve.residuals**2).sum(axis=1) / 8, rtol=1e-12)
        assert curve.kernel.shape == (len(steps), 4, 4)


def test_each_curve_is_what_its_name_says(study):
    theta, times = study.run.theta_history[0], study.actual.time
    kernel = MODEL.tangent_kernel(theta, states=STATES) / MODEL.z_sum
    np.testing.assert_allclose(study.actual.kernel[0], kernel, rtol=0, atol=1e-12)
    values, vectors = np.linalg.eigh(kernel)
    start = vectors.T @ study.actual.residuals[0]
    frozen = (np.exp(-np.outer(times, values)) * start) @ vectors.T
    np.testing.assert_allclose(study.kernel_regression.residuals, frozen, rtol=0, atol=1e-11)
    limit = qt.dynamics.asymptotic(MODEL, theta, Y, times, states=STATES, method="dense")
    np.testing.assert_allclose(study.asymptotic.predictions, limit.predictions, rtol=0, atol=1e-9)
    np.testing.assert_allclose(study.asymptotic.kernel, limit.kernel, rtol=0, atol=1e-9)


def test_held_out_samples_and_saving(study, tmp_path):
    pytest.importorskip("matplotlib")
    final = MODEL.predict(study.theta, states=qt.encoding.haar_states(3, 5, seed=2))
    np.testing.assert_allclose(study.test.predictions[-1], final, rtol=0, atol=1e-12)
    right = np.sign(final) == [1, -1, 1, 1, -1]
    assert study.test_accuracy[-1] == pytest.approx(right.mean())
    study.save(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    saved = json.loads((folder / "study.json").read_text())
    assert saved["loss"]["actual"]["last"] == study.actual.loss[-1]
    with np.load(folder / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["actual_kernel"], study.actual.kernel)
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".svg", ".png"}
    assert "loss" in study.summary()
    with pytest.raises(qt.FileError, match="cannot write"):
        study.save(folder / "study.json")


def test_several_outputs_leave_the_limit_out_and_say_why():
    model = qt.Model(MODEL.circuit, [qt.pauli("ZII"), qt.pauli("IZI")])
    y = np.stack([Y, 0.5 * Y], axis=1)
    study = qt.convergence.study(model, y, states=STATES, time=0.5, records=5)
    assert study.asymptotic is None
    assert "one output, the model has 2" in study.asymptotic_reason
    theta = study.run.theta_history[0]
    full = model.tangent_kernel(theta, states=STATES, full=True).reshape(8, 8) / model.z_sum
    values, vectors = np.linalg.eigh(full)
    start = vectors.T @ study.actual.residuals[0].ravel()
    frozen = (np.exp(-np.outer(study.actual.time, values)) * start) @ vectors.T
    np.testing.assert_allclose(study.kernel_regression.residuals.reshape(-1, 8), frozen, rtol=0, atol=1e-11)


def test_one_observable_in_a_list_and_labels_as_a_column():
    plain = qt.convergence.study(MODEL, Y, states=STATES, time=0.5, records=5)
    listed = qt.convergence.study(
        qt.Model(MODEL.circuit, [qt.pauli("ZII")]),
        Y[:, None].tolist(),
        states=STATES.tolist(),
        time=0.5,
        records=5,
    )
    for name in ("actual", "kernel_regression", "asymptotic"):
        np.testing.assert_array_equal(getattr(listed, name).predictions, getattr(plain, name).predictions)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": Y[:3]}, r"\(3,\)"),
        ({"y": ["a"] * 4}, "dtype"),
        ({"y": [1, np.nan, 1, 1]}, r"y\[1\] is nan"),
        ({"states": 2 * STATES}, "norm"),
        ({"theta": np.zeros((1, 24))}, r"\(1, 24\).*one parameter set"),
        ({"theta": np.zeros(3)}, r"\(3,\).*24"),
        ({"time": 0}, "time is 0"),
        ({"time": np.inf}, "time is inf"),
        ({"time": 1e12}, "shorten time"),
        ({"dt": -1}, "dt is -1"),
        ({"dt": "a"}, "dt is 'a'"),
        ({"records": 1}, "records is 1"),
        ({"records": 2.5}, "records is 2.5"),
        ({"states_test": np.eye(4)}, r"states_test has shape \(4, 4\)"),
        ({"states_test": 2 * np.eye(8)}, "norm 2"),
        ({"states_test": np.eye(8) * np.nan}, "nan"),
        ({"X_test": np.eye(8)}, "X_test.*no features"),
        ({"y_test": [1]}, "without X_test"),
        ({"states_test": np.eye(8), "y_test": [1]}, r"\(1,\).*8 held-out"),
        ({"states_test": np.eye(8), "y_test": [np.nan] * 8}, r"y_test\[0\] is nan"),
        ({"model": qt.Model(qt.Circuit(3).h(0), qt.pauli("ZII"))}, "trainable gate"),
        ({"model": qt.Model(qt.Circuit(3).rx(qt.param(0) * qt.feature(0), 0), qt.pauli("ZII"))}, "feature 0"),
    ],
)
def test_bad_input_is_named_before_the_training(arguments, message, monkeypatch):
    """The one training before the checks has no steps: it draws theta and takes the kernel there."""

    def train(*positional, steps, **named):
        assert steps == 0, "the training began"
        return qt.train(*positional, steps=steps, **named)

    monkeypatch.setattr(sys.modules["qtangent.convergence.study"], "train", train)
    settings = {"model": MODEL, "y": Y, "states": STATES} | arguments
    with pytest.raises(ValueError, match=message) as caught:
        qt.convergence.study(**settings)
    assert isinstance(caught.value, qt.QTangentError)
