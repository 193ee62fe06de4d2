"""A study: its curves against independent integration, its sentences, its files, its figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import Study
from qtangent.convergence.words import number
from scipy.linalg import expm

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def orthogonal(scale: float, time: float, n: int = 3, m: int = 4, p: int = 128, **options: object) -> Study:
    states, y = qt.encoding.haar_states(n, m, seed=1), np.repeat([1.0, -1.0], m // 2)
    model = qt.Model(qt.ansatz.haar(n, p, seed=2), qt.pauli("Z" + "I" * (n - 1)), scale=scale)
    return qt.convergence.study(model, y, states=states, seed=3, time=time, **options)


@pytest.fixture(scope="module")
def study() -> Study:
    states = qt.encoding.haar_states(3, 7, orthogonal=True, seed=5)
    return orthogonal(1.0, 3.0, records=40, states_test=states, y_test=np.sign(np.arange(7) - 2.5))


@pytest.fixture(scope="module")
def vanishing() -> Study:
    """Scale 2 puts the labels inside the range: all three losses fall to zero."""
    return orthogonal(2.0, 20.0, records=120)


def test_training_is_plain_descent(study: Study) -> None:
    s, problem = study.settings, study.problem
    assert s["learning_rate"] == pytest.approx(s["dt"] * 4 / problem.model.z_sum)
    theta, steps = problem.theta.copy(), np.asarray(study.run.step)
    losses = [problem.model.loss(theta, problem.y, states=problem.states)]
    for _ in range(int(s["steps"])):
        jacobian = problem.model.jacobian(theta, states=problem.states)
        residuals = problem.model.predict(theta, states=problem.states) - problem.y
        theta = theta - s["learning_rate"] / 4 * residuals @ jacobian
        losses.append(problem.model.loss(theta, problem.y, states=problem.states))
    np.testing.assert_allclose(study.actual.loss, np.array(losses)[steps], rtol=1e-9)
    np.testing.assert_allclose(study.theta, theta, atol=1e-10)
    np.testing.assert_allclose(study.actual.time, steps * s["dt"], rtol=1e-14)
    assert study.actual.time[-1] == pytest.approx(3.0, abs=s["dt"])
    assert len(steps) == s["records"] <= 40


def test_default_step_is_stable(study: Study) -> None:
    largest = np.linalg.eigvalsh(study.actual.kernel[0])[-1]
    assert study.settings["dt"] == pytest.approx(min(0.05, 0.5 / largest))
    assert study.settings["critical_dt"] == pytest.approx(2 / largest)


def test_frozen_curve_is_a_matrix_exponential(study: Study) -> None:
    kernel, residuals = study.actual.kernel[0], study.actual.residuals[0]
    for index in (0, 11, -1):
        expected = expm(-kernel * study.actual.time[index]) @ residuals
        np.testing.assert_allclose(study.kernel_regression.residuals[index], expected, atol=1e-11)


def test_limit_curve_is_the_dense_flow(study: Study) -> None:
    problem, limit = study.problem, study.asymptotic
    assert limit is not None
    dense = qt.dynamics.asymptotic(
        problem.model, problem.theta, problem.y, limit.time, states=problem.states, method="dense"
    )
    np.testing.assert_allclose(limit.predictions, dense.predictions, atol=1e-9)
    np.testing.assert_allclose(limit.kernel, dense.kernel, atol=1e-9)


def test_derived_figures(study: Study) -> None:
    kernel = study.actual.kernel
    jacobian = study.problem.model.jacobian(study.theta, states=study.problem.states)
    np.testing.assert_allclose(kernel[-1] * study.problem.z_sum, jacobian @ jacobian.T, atol=1e-10)
    np.testing.assert_allclose(study.lambda_min, [np.linalg.eigvalsh(k)[0] for k in kernel])
    expected = np.linalg.norm(kernel[-1] - kernel[0]) / np.linalg.norm(kernel[0])
    assert study.kernel_change[-1] == pytest.approx(expected)
    assert study.rates.promised_at_end == pytest.approx(2 * study.lambda_min[-1])
    assert study.train_accuracy is not None
    right = np.mean(np.sign(study.actual.predictions[-1]) == study.problem.y)
    assert study.train_accuracy[-1] == right


def test_held_out_predictions(study: Study) -> None:
    assert study.test is not None
    assert study.test_accuracy is not None
    states = qt.encoding.haar_states(3, 7, orthogonal=True, seed=5)
    expected = study.problem.model.predict(study.theta, states=states)
    np.testing.assert_allclose(study.test.predictions[-1], expected, atol=1e-12)
    assert study.test_accuracy[-1] == np.mean(np.sign(expected) == np.sign(np.arange(7) - 2.5))


def test_zero_within_accuracy_is_called_zero(vanishing: Study) -> None:
    """No figure, fit or sentence is made of what the integrator leaves below 1e-18 of the start."""
    assert vanishing.actual.loss[-1] < 1e-20
    text = vanishing.summary()
    assert "to zero within numerical accuracy" in text
    assert "the loss ends at zero within numerical accuracy, as it does here" in text
    assert "e-2" not in text
    assert "e-3" not in text
    for fit in (vanishing.rates.actual, vanishing.rates.kernel_regression, vanishing.rates.asymptotic):
        assert fit is not None
        assert fit.reached_zero
        assert fit.law == "exponential"
    table = text.splitlines()[1].split()
    assert table[1:4] == ["0", "0", "0"]


def test_exponential_rate_is_that_of_the_last_kernel_and_the_step(vanishing: Study) -> None:
    dt, rate = vanishing.settings["dt"], vanishing.rates.promised_at_end
    steps = -2 / dt * np.log(1 - rate * dt / 2)
    assert vanishing.rates.actual.rate.value == pytest.approx(steps, rel=0.02)
    assert f"{number(rate)} for the flow, and {number(steps)} for steps of this size" in vanishing.summary()


def test_results_are_shown_in_a_line(study: Study) -> None:
    """A study at the end of a cell says what was found, and nothing dumps its arrays."""
    assert repr(study) == str(study) == f"<qtangent.Study: {study.verdict}>"
    shown = [study.actual, study.asymptotic, study.rates, study.rates.actual, study.problem, study.test]
    shown += [*study.floors, study.rates.actual.slope, study.run, study.problem.model]
    shown += [qt.datasets.orthogonal(3, 4), qt.capacity.lie_algebra([qt.pauli("XI"), qt.pauli("ZZ")])]
    shown += shown[-1].ideals
    for one in shown:
        assert "array(" not in repr(one)
        assert "\n" not in repr(one)
        assert len(repr(one)) < 250, type(one)


def test_a_study_warns_of_its_training_once(study: Study) -> None:
    with pytest.warns(qt.QTangentWarning) as caught:
        orthogonal(0.5, 1.0, records=5)
    assert len({str(one.message) for one in caught}) == len(caught)


def test_sharp_law_is_named_for_orthogonal_states(study: Study) -> None:
    assert study.asymptotic is not None
    t, loss = study.asymptotic.time[-1], study.asymptotic.loss[-1]
    assert f"it is {32 * t**2 * loss:.3f} there" in study.summary()


@pytest.mark.parametrize(("eigenvalue", "positive"), [(0.1, True), (1e-4, False)])
def test_plateau_with_a_positive_kernel_is_no_minimum(
    study: Study, eigenvalue: float, positive: bool
) -> None:
    time = study.actual.time
    kernel = np.broadcast_to(eigenvalue * np.eye(4), (len(time), 4, 4))
    flat = replace(study, actual=replace(study.actual, loss=0.1 + 0.3 * np.exp(-4 * time), kernel=kernel))
    assert flat.rates.actual.law == "plateau"
    assert f"levels off towards {flat.rates.actual.floor}" in flat.summary()
    assert ("That is no minimum" in flat.summary()) == positive


def test_a_study_without_a_limit_says_why() -> None:
    circuit = qt.Circuit(2).ry(qt.param(0), 0).rx(qt.feature(0), 0).cx(0, 1).ry(qt.param(1), 1)
    model = qt.Model(circuit, qt.pauli("ZI"))
    study = qt.convergence.study(model, [0.5, -0.5], X=[[0.3], [1.2]], time=1.0)
    assert study.asymptotic is None
    assert study.floor is None
    text = study.summary()
    assert "There is no over-parameterised limit here" in text
    assert "No floor is known for these data: features act after parameters" in text


def test_several_outputs() -> None:
    model = qt.Model(qt.ansatz.hardware_efficient(2, 3), [qt.pauli("ZI"), qt.pauli("IZ")])
    states = qt.encoding.haar_states(2, 3, seed=0)
    y = np.array([[0.5, 0.0], [0.0, 0.5], [0.2, 0.1]])
    study = qt.convergence.study(model, y, states=states, time=1.0, records=12)
    full = model.tangent_kernel(study.problem.theta, states=states, full=True).reshape(6, 6)
    residuals = study.actual.residuals[0].ravel()
    expected = expm(-full / model.z_sum * study.actual.time[-1]) @ residuals
    np.testing.assert_allclose(study.kernel_regression.residuals[-1].ravel(), expected, atol=1e-11)
    assert study.asymptotic is None
    assert study.plot().axes


def test_overlapping_states_have_a_floor() -> None:
    states = np.array([[1, 0, 0, 0], [0.8, 0.6, 0, 0]])
    model = qt.Model(qt.ansatz.haar(2, 40, seed=0), qt.pauli("ZI"))
    study = qt.convergence.study(model, [1, -1], states=states, time=30.0)
    assert study.floor == pytest.approx((1 - 0.6) ** 2 / 2, rel=1e-3)
    assert study.actual.loss[-1] >= study.floor
    assert "overlap by up to 0.64" in study.summary()
    assert "Training has arrived there" in study.summary()


def test_too_large_a_step_is_named() -> None:
    with pytest.warns(qt.QTangentWarning, match="critical"):
        study = orthogonal(1.0, 20.0, dt=1.9)
    assert "the loss rose over" in study.summary()


def test_a_kernel_of_zeros_bounds_no_rate() -> None:
    still = qt.Model(qt.Circuit(1).rz(qt.param(0), 0), qt.pauli("Z"))
    assert (
        "(learning rate 0.3, any is stable, as the kernel is 0)"
        in qt.convergence.study(still, [1.0], time=1.0).summary()
    )


def test_a_circuit_without_parameters() -> None:
    with pytest.raises(ValueError, match="nothing to train"):
        qt.convergence.study(qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")), [1.0])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.162, "0.162"), (0.0959123, "0.0959"), (1534.2, "1530"), (8.012e-7, "8.01e-7"),
        (-2.5e12, "-2.50e12"), (20.0346, "20"), (0.001, "0.001"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_saved_files(study: Study, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    study.save(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    content = json.loads((folder / "study.json").read_text(), parse_constant=pytest.fail)
    assert content["settings"]["steps"] == study.settings["steps"]
    assert content["findings"] == study.summary().split("\n\n")[1].splitlines()
    assert content["loss"]["actual"]["last"] == study.actual.loss[-1]
    with np.load(folder / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["actual_loss"], study.actual.loss)
        np.testing.assert_array_equal(arrays["actual_kernel"], study.actual.kernel)
        np.testing.assert_array_equal(arrays["theta"][-1], study.theta)
        assert arrays["test_predictions"].shape == (len(arrays["time"]), 7)
    from qtangent.plots import FIGURES

    for name in FIGURES:
        assert (folder / f"figures/{name}.svg").read_bytes().startswith(b"<?xml")
        assert (folder / f"figures/{name}.png").read_bytes().startswith(b"\x89PNG")
    assert not list(folder.rglob(".*"))


def test_large_kernels_are_saved_at_some_times(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qtangent.convergence.telling import storage

    pytest.importorskip("matplotlib")
    monkeypatch.setattr(storage, "_MOST_KERNEL_BYTES", 5 * study.actual.kernel[0].nbytes)
    study.save(tmp_path)
    with np.load(tmp_path / "arrays.npz") as arrays:
        assert arrays["actual_kernel"].shape == arrays["asymptotic_kernel"].shape == (5, 4, 4)
        places = np.searchsorted(arrays["time"], arrays["kernel_times"])
        assert places[0] == 0
        assert places[-1] == len(arrays["time"]) - 1
        np.testing.assert_array_equal(arrays["actual_kernel"], study.actual.kernel[places])
        assert arrays["actual_loss"].shape == arrays["time"].shape
    study.save(tmp_path, all_kernels=True)
    with np.load(tmp_path / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["actual_kernel"], study.actual.kernel)
        np.testing.assert_array_equal(arrays["kernel_times"], arrays["time"])


def test_numbers_of_numpy_are_saved_like_others(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    model, states = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"), np.float32(2)), np.eye(4)[:2]
    settings = {"seed": np.int64(3), "time": np.float32(1), "dt": np.float32(0.125), "records": np.int32(5)}
    one = qt.convergence.study(model, [1, -1], states=states, **settings)
    one.save(tmp_path)
    saved = json.loads((tmp_path / "study.json").read_text())["settings"]
    assert (saved["seed"], saved["dt"], saved["steps"], saved["scale"]) == (3, 0.125, 8, 2.0)


def test_unwritable_folder(study: Study, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "file").write_text("")
    with pytest.raises(qt.FileError, match="cannot write into"):
        study.save(tmp_path / "file" / "folder")


@pytest.mark.parametrize("which", ["study", "vanishing"])
def test_figures_can_be_read(which: str, request: pytest.FixtureRequest) -> None:
    """Every axis has labels in its range, accuracy ends at 100, zero is where the loss picture ends."""
    pytest.importorskip("matplotlib")
    from qtangent.plots import FIGURES, figure_bytes, single

    one = request.getfixturevalue(which)
    for name in FIGURES:
        figure = single(name, one)
        figure_bytes(figure)
        axes = figure.axes[0]
        low, high = axes.get_ylim()
        shown = [
            t for t, text in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True) if text.get_text()
        ]
        assert len([tick for tick in shown if low <= tick <= high]) >= 2, name
        if name == "accuracy":
            assert high == 100
        if name == "loss":
            assert low >= 1e-18 * one.actual.loss[0]
    assert len(one.plot().axes) == len(FIGURES)


def test_figures_are_the_same_every_time(study: Study) -> None:
    pytest.importorskip("matplotlib")
    from qtangent.plots import figure_bytes, single

    assert figure_bytes(single("loss", study)) == figure_bytes(single("loss", study))
