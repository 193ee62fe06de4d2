"""Verdicts on curves whose law is known, and on the paper's set-up."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import claims, haar_setup

TIME = np.concatenate([[0.0], np.geomspace(0.1, 1e3, 300)])
LATE = TIME[1:]
DRAWS = np.array([0.9, 1.0, 1.1, 1.05])[:, None]


def test_slope():
    fit = claims.late_time_slope(LATE, DRAWS * LATE**-1.99)
    assert fit.holds
    assert fit.measured.value == pytest.approx(-1.99)
    assert not claims.late_time_slope(LATE, LATE**-1.9).holds
    # The window decides where the law sets in late.
    bent = 1 / (1 + LATE / 30) ** 2
    assert not claims.late_time_slope(LATE, bent, window=(1, 100)).holds
    assert claims.late_time_slope(LATE, bent, window=(500, 1000), tolerance=0.2).holds


def test_constant():
    loss = DRAWS / DRAWS.mean() / (32 * 0.49 * LATE**2)
    assert claims.late_time_constant(LATE, loss, rate=0.7).holds
    assert not claims.late_time_constant(LATE, loss).holds
    assert claims.late_time_constant(LATE, 0.25 * loss, rate=0.7, saturated=True).holds


def test_kernel_sets_rate():
    time = np.linspace(0, 10, 200)
    smallest = np.linspace(3, 1.0, 200)
    assert claims.kernel_sets_rate(time, np.exp(-2.1 * time), smallest).holds
    ratio = claims.kernel_sets_rate(time, DRAWS * np.exp(-2.1 * time), DRAWS / DRAWS * smallest).measured
    assert ratio.value == pytest.approx(1.05)
    assert not claims.kernel_sets_rate(time, np.exp(-2.4 * time), smallest).holds
    assert not claims.kernel_sets_rate(time, (0.1 + time) ** -2, smallest).holds
    # After rounding error nothing is fitted: the kernel counts there where the loss still fell.
    fast = np.maximum(np.exp(-12 * time), 1e-28)
    assert claims.kernel_sets_rate(time, fast, np.full(200, 6.0)).holds


def test_lower_bound():
    bound = 1 / (1 + TIME) ** 2
    assert claims.above_lower_bound(bound * (1 - 1e-15), bound).holds
    below = claims.above_lower_bound(np.stack([2 * bound, 0.99 * bound]), np.stack([bound, bound]))
    assert not below.holds
    assert below.measured.value == pytest.approx(0.99)


def test_frozen_kernel():
    assert claims.kernel_stays_frozen([0.01, 0.02]).holds
    assert not claims.kernel_stays_frozen(0.5).holds
    off = claims.kernel_regression_describes([1e-3, 1e-4], [1e-7, 1e-6])
    assert not off.holds
    assert off.measured.value == pytest.approx(1e3)
    assert claims.kernel_regression_describes([1e-3, 2e-3], [1.1e-3, 1.8e-3]).holds


def test_approach_to_the_limit():
    p = [40, 160, 640, 2560]
    assert claims.approaches_limit(p, 3 / np.sqrt(p)).holds
    assert not claims.approaches_limit(p, 3 / np.array(p)).holds
    assert claims.approaches_limit(p, [0.3, 0.01, 0.2, 0.01]).holds is None
    loss = np.array([[0.2, 0.1], [1e-3, 2e-3], [1.2e-3, 1e-3], [1e-3, 1e-3]])
    assert claims.over_parameterised_from(p, loss, np.full((4, 2), 1e-3)) == 160
    assert claims.over_parameterised_from(p[:1], loss[:1], [[1e-3, 1e-3]]) is None


def test_interval_of_the_power_covers_it():
    """Of 95 % intervals from 12 draws nine in ten or so cover (resampling is a little narrow)."""
    p, random, covered = np.array([40, 160, 640, 2560]), np.random.default_rng(1), 0
    for _ in range(60):
        power = claims.approaches_limit(
            p, np.exp(0.5 * random.normal(size=(4, 12))) / np.sqrt(p)[:, None]
        ).measured
        covered += power.low < -0.5 < power.high
        assert 0.05 < power.high - power.low < 0.4
    assert 48 <= covered <= 59


@pytest.mark.parametrize(("scale", "name"), [(0.7, "frozen error"), (1.0, "critical"), (1.4, "exponential")])
@pytest.mark.parametrize("label", [1.0, -0.5])
def test_regimes_are_those_of_one_sample(scale, name, label):
    """The limit of one sample from its closed flow, through the public function and its overlaps."""
    scale = scale * abs(label)
    regime = claims.scale_regime(scale, label)
    assert regime.name == name
    time = np.concatenate([[0.0], np.geomspace(0.1, (400 if name == "critical" else 40) / label**2, 300)])
    loss = qt.dynamics.asymptotic_from_gram([[1]], [[0.2]], [label], time, scale=scale).loss
    assert claims.follows_regime(time, loss, scale, label).holds
    excess = loss - regime.floor
    alive = np.flatnonzero(excess > 1e-11)
    late = alive[time[alive] > 0.5 * time[alive[-1]]]
    slope = np.polyfit(time[late], np.log(excess[late]), 1)[0]
    if name == "critical":
        assert claims.late_time_slope(time, loss).holds
    else:
        assert -slope == pytest.approx(regime.rate, rel=0.02)


def haar_kernels(model_of, count, states):
    kernels, limits = [], []
    for seed in range(count):
        model = model_of(seed)
        theta = np.zeros(model.n_params)
        kernels.append(model.tangent_kernel(theta, states=states) / model.z_sum)
        limits.append(
            qt.dynamics.asymptotic(model, theta, np.zeros(len(states)), [0.0], states=states).kernel[0]
        )
    return np.array(kernels), np.array(limits)


@pytest.mark.parametrize("mixed", [False, True])
def test_initial_kernel(mixed):
    states = qt.encoding.haar_states(3, 4, seed=5)
    if mixed:
        pure = np.einsum("mi,mj->mij", states, states.conj())
        states = 0.7 * pure + 0.3 * np.roll(pure, 1, axis=0)
    observable = qt.pauli("ZII") + 0.3 * qt.projector("010")
    model_of = lambda seed: qt.Model(qt.ansatz.haar(3, 40, seed=seed), observable, scale=1.3)  # noqa: E731
    mean = claims.haar_mean_kernel(model_of(0), states)
    kernels, limits = haar_kernels(model_of, 60, states)
    verdict = claims.initial_kernel_is_haar(kernels, mean)
    assert verdict.holds
    assert verdict.measured.high - verdict.measured.low < 0.2
    assert not claims.initial_kernel_is_haar(1.3 * kernels, mean).holds
    assert claims.noise_is_finite_size(kernels, limits, 40).holds
    assert not claims.noise_is_finite_size(kernels, limits, 160).holds


def test_finite_size_noise_takes_a_kernel_and_a_number_of_parameters():
    assert claims.finite_size_noise(np.eye(4), 10) == pytest.approx(np.sqrt((1 + 4) / 10))
    for kernel, p, match in (
        ([1.0, 2.0], 4, "kernel has shape"),
        (np.zeros((2, 2)), 4, "other than 0"),
        (np.eye(2), 0, "p is 0"),
    ):
        with pytest.raises(qt.InvalidArgumentError, match=match):
            claims.finite_size_noise(kernel, p)


def test_haar_mean_of_orthogonal_states():
    d, m = 8, 4
    model, _, _, states = haar_setup(3, 5, m, 1.5, 0)
    values = np.linalg.eigvalsh(claims.haar_mean_kernel(model, states))
    expected = 2 * 1.5**2 * np.array([d * (d - m), d**2, d**2, d**2]) / (d**2 - 1)
    np.testing.assert_allclose(values, expected)


@pytest.mark.parametrize(
    ("power", "noise", "holds"),
    [(-0.5, 0.05, True), (-1.0, 0.05, False), (-0.2, 0.05, False), (-0.75, 0.3, None), (-0.5, 3.0, None)],
)
def test_a_power_near_the_edge_is_undecided(power, noise, holds):
    """A fitted power beside the range whose interval reaches into it contradicts nothing."""
    p, draws = np.array([40, 80, 160]), 32
    spread = np.exp(noise * np.linspace(-1, 1, draws))
    verdict = claims.approaches_limit(p, p[:, None] ** power * spread)
    assert verdict.holds is holds


def test_plateaus_are_named():
    loss = 0.1 + np.exp(-TIME)
    assert claims.plateau(TIME, loss).cause == "unknown"
    assert claims.plateau(TIME, loss, 1 / (1 + TIME) ** 2).cause == "under-parameterisation"
    assert claims.plateau(TIME, loss, loss).cause == "limit"
    assert claims.plateau(TIME, loss, loss, floor=0.099).cause == "floor of the data"
    assert claims.plateau(LATE, LATE**-2.0) is None
    assert claims.plateau(TIME, loss).level.value == pytest.approx(0.1, rel=1e-3)


def test_study_names_its_plateau():
    model, theta, y, states = haar_setup(5, 10, 4, 1.0, 0)
    study = qt.convergence.study(model, y, states=states, theta=theta, time=20)
    assert study.plateau.cause == "under-parameterisation"
    assert "under-parameterisation" in study.summary()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: claims.late_time_slope(LATE, LATE[1:]), "loss has shape"),
        (lambda: claims.late_time_slope(LATE, LATE, window=(1e8, 1e9)), "0 recorded times"),
        (lambda: claims.late_time_constant(LATE, np.nan * LATE), "not finite"),
        (lambda: claims.above_lower_bound([1, 2], [1]), "agree"),
        (lambda: claims.kernel_regression_describes([1], [0]), "positive"),
        (lambda: claims.approaches_limit([1, 2], [1, 2]), "P >= 3"),
        (lambda: claims.approaches_limit([1, 2, 3], [1, 2, 0]), "positive"),
        (lambda: claims.scale_regime(0), "scale is 0"),
        (lambda: claims.initial_kernel_is_haar(np.ones((1, 2, 2)), np.ones((2, 2))), "several circuits"),
        (lambda: claims.initial_kernel_is_haar(np.ones((3, 2, 2)), np.ones((3, 3))), "shapes"),
        (lambda: claims.haar_mean_kernel(haar_setup(2, 3, 2)[0], np.eye(3)), "4 levels"),
        (lambda: claims.haar_mean_kernel(haar_setup(2, 3, 2)[0], 2 * np.eye(4)), "norm 2"),
        (lambda: claims.finite_size_noise([[np.nan]], 3), "finite"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
