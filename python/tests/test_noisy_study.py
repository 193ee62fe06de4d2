"""Studies and diagnoses of circuits with channels: three limits over each other, the critical depth, and shots."""

import re

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
Y = np.array([1.0, -1.0])


def haar_model(p_error, scale=1.5, n_params=20):
    noise = qt.NoiseModel().add(qt.noise.depolarizing(p_error, 1), gates="unitary")
    return qt.Model(qt.ansatz.haar(2, n_params, seed=1), qt.pauli("ZI"), scale=scale, noise=noise)


def states():
    return qt.encoding.haar_states(2, 2, seed=0)


@pytest.fixture(scope="module")
def study():
    return qt.convergence.study(haar_model(0.006), Y, states=states(), seed=1, time=6)


def test_the_limits_over_each_other(study):
    model, theta, found = study.problem.model, study.problem.theta, study.problem.model.contraction
    plain = qt.Model(qt.ansatz.haar(2, 20, seed=1), qt.pauli("ZI"), scale=1.5)
    free = qt.dynamics.asymptotic(plain, theta, Y, study.actual.time, states=states())
    np.testing.assert_array_equal(study.noise_free.loss, free.loss)
    limit = qt.dynamics.asymptotic(model, theta, Y, study.actual.time, states=states(), contraction=found.Q)
    np.testing.assert_array_equal(study.asymptotic.loss, limit.loss)
    assert [name for name, _ in study.limits] == ["limit, noisy", "limit, ideal"]
    # With noise training is slower, as the contracted limit is.
    assert study.asymptotic.final_loss > 10 * study.noise_free.final_loss
    assert study.actual.final_loss > 10 * study.noise_free.final_loss


def test_what_a_study_says(study):
    told, found = study.under_noise, study.problem.model.contraction
    text = study.summary()
    assert f"Q = {found.Q:.3g}" in text
    assert f"critical depth of {found.critical_layers:.3g}" in text
    assert "in the limit of many parameters" in text
    assert f"{told.shots_for_loss} shots a prediction" in text
    kernel = study.actual.kernel[-1] * study.problem.z_sum
    variance = study.problem.model.prediction_variance(study.theta, states=states(), shots=1)
    rate = study.settings["learning_rate"]
    plateau = qt.dynamics.shot_plateau(kernel, variance / told.shots_for_loss, rate)
    assert plateau == pytest.approx(study.actual.final_loss, rel=0.01)
    jacobian = study.problem.model.jacobian(study.problem.theta, states=states())
    spread = study.problem.model.jacobian_variance(study.problem.theta, states=states(), shots=1)
    assert told.shots_for_kernel == qt.dynamics.shots_to_resolve(jacobian, spread, 3.0)


def test_out_of_reach():
    study = qt.convergence.study(haar_model(0.03), Y, states=states(), seed=1, time=6)
    found = study.problem.model.contraction
    assert 1.5 * found.Q < 1
    assert len(found.q) > found.critical_layers
    assert "are out of reach" in study.summary()
    assert f"fewer than {found.critical_layers:.3g} such layers" in study.summary()
    # (1 - Q gamma)^2/2 each, in the limit exactly at the end.
    assert study.asymptotic.final_loss == pytest.approx((1 - 1.5 * found.Q) ** 2 / 2, rel=0.1)
    assert study.actual.final_loss == pytest.approx(study.asymptotic.final_loss, rel=0.2)
    quiet = qt.convergence.study(haar_model(0.001, scale=1.0), Y, states=states(), seed=1, time=2)
    assert "at the edge of the measurement without noise already" in quiet.summary()


def test_saved_and_loaded(study, tmp_path):
    study.save(tmp_path)
    loaded = qt.convergence.Study.load(tmp_path)
    assert loaded.summary() == study.summary()
    np.testing.assert_array_equal(loaded.noise_free.loss, study.noise_free.loss)
    np.testing.assert_array_equal(loaded.noise_free.kernel, study.noise_free.kernel)
    with np.load(tmp_path / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["noise_free_loss"], study.noise_free.loss)
    drawn = (tmp_path / "figures/loss.svg").read_text()
    assert "limit, ideal" in drawn
    assert "limit, noisy" in drawn


def test_without_channels_nothing_is_said():
    plain = qt.Model(qt.ansatz.haar(2, 10, seed=1), qt.pauli("ZI"))
    study = qt.convergence.study(plain, Y, states=states(), seed=1, time=1)
    assert study.noise_free is None
    assert study.under_noise is None
    assert "channel" not in study.summary()
    assert [name for name, _ in study.limits] == ["limit p → ∞"]


def test_the_floor_is_that_of_the_states():
    """Noise makes no states easier to tell apart."""
    same = np.repeat(qt.encoding.haar_states(2, 1, seed=3), 2, axis=0)
    study = qt.convergence.study(haar_model(0.01), Y, states=same, seed=1, time=0.5)
    assert study.floor == pytest.approx(0.5)
    assert not study.floors[0].tight
    # Behind a channel features change what it did.
    circuit = (
        qt.Circuit(1).channel(qt.noise.amplitude_damping(0.5), 0).ry(qt.feature(0), 0).ry(qt.param(0), 0)
    )
    between = qt.convergence.study(
        qt.Model(circuit, qt.pauli("Z")), Y, X=[[0.1], [0.2]], theta=[0.3], time=0.5
    )
    assert between.floor is None
    assert "features act behind channels" in between.summary()


@pytest.mark.parametrize(("error", "verdict"), [(0.003, "exponential"), (0.03, "frozen")])
def test_the_diagnosis_has_a_section_of_speed(error, verdict):
    found = qt.diagnose(haar_model(error), Y, states=states())
    speed = next(one for one in found.sections if one.name == "speed")
    assert speed.verdict.value == verdict
    assert "critical" in speed.sentence or "out of reach" in speed.sentence
    depth = speed.finding("critical_layers")
    assert depth.value == pytest.approx(haar_model(error).contraction.critical_layers)
    assert depth.threshold == 21
    assert re.search(r"with the 0\.\d+ of the range", speed.finding("limit_steps").sentence)
    assert speed.finding("shots_for_kernel").value > 0
    assert speed.finding("steps_to_target").value is None


def test_means_of_other_circuits_are_refused():
    model = haar_model(0.01)
    with pytest.raises(qt.InvalidArgumentError, match="haar_kernel"):
        qt.convergence.claims.haar_mean_kernel(model, states())
    with pytest.raises(qt.InvalidArgumentError, match=r"depolarizing\(0.01\)"):
        model.fisher_information(np.zeros(20), state=states()[0])
