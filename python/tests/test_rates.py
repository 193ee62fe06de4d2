"""Laws of synthetic loss curves whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from qtangent.convergence import fit_rates

TIME = np.concatenate([[0.0], np.geomspace(0.05, 100, 200)])


def noisy(loss: np.ndarray, size: float, seed: int = 0) -> np.ndarray:
    return loss * np.exp(size * np.random.default_rng(seed).normal(size=loss.shape))


@pytest.mark.parametrize("exponent", [0.3, 1.0, 2.0, 3.5])
def test_power_law(exponent: float) -> None:
    fit = fit_rates(TIME[1:], 0.7 * TIME[1:] ** -exponent)
    assert fit.law == "power law"
    assert fit.slope.value == pytest.approx(-exponent, abs=1e-9)
    assert fit.slope_r2 == pytest.approx(1)
    assert fit.slope_drift == pytest.approx((-exponent, -exponent))
    assert fit.window == pytest.approx((25.28, 100), rel=1e-3)


def test_crossover_to_a_power_law() -> None:
    """The local slope of (1 + t)^-2 is -2t / (1 + t); the fit gives its mean and its drift."""
    fit = fit_rates(TIME, 1 / (1 + TIME) ** 2)
    inside = TIME[TIME >= 25]
    assert fit.law == "power law"
    assert fit.slope.low < np.mean(-2 * inside / (1 + inside)) < fit.slope.high
    assert -2 < fit.slope_drift[1] < fit.slope_drift[0] < -1.9


@pytest.mark.parametrize("rate", [0.05, 0.3, 2.0])
def test_exponential(rate: float) -> None:
    fit = fit_rates(TIME, 0.4 * np.exp(-rate * TIME))
    assert fit.law == "exponential"
    assert fit.rate.value == pytest.approx(rate, rel=1e-6)


def test_window_ends_before_rounding_error() -> None:
    loss = np.maximum(np.exp(-2 * TIME), 1e-31)
    fit = fit_rates(TIME, loss)
    assert fit.reached_zero
    assert fit.window[1] < 28
    assert fit.law == "exponential"
    assert fit.rate.value == pytest.approx(2)


@pytest.mark.parametrize("approach", [0.3 * np.exp(-TIME / 20), 1 / (1 + TIME) ** 1.5])
def test_plateau(approach: np.ndarray) -> None:
    fit = fit_rates(TIME, 0.1 + approach)
    assert fit.law == "plateau"
    assert fit.floor is not None
    assert fit.floor.low <= 0.1 <= fit.floor.high
    assert fit.floor.value == pytest.approx(0.1, rel=0.03)


def test_flat_curve_is_a_plateau() -> None:
    fit = fit_rates(TIME, np.full_like(TIME, 0.25))
    assert fit.law == "plateau"
    assert fit.floor is not None
    assert fit.floor.value == pytest.approx(0.25)


def test_two_exponentials_are_ambiguous() -> None:
    fit = fit_rates(TIME, np.exp(-0.1 * TIME) + 0.01 * np.exp(-0.02 * TIME))
    assert fit.law == "ambiguous"


def test_short_window_with_noise_is_not_decided() -> None:
    """Over a factor of four in time a shallow power law and a slow exponential differ less than the noise."""
    fit = fit_rates(TIME, noisy(TIME[-1] ** 0.1 * (1 + TIME) ** -0.1, 0.1))
    assert fit.law in ("ambiguous", "plateau")


@pytest.mark.parametrize("seed", range(8))
def test_noise_does_not_hide_the_law(seed: int) -> None:
    assert fit_rates(TIME, noisy((0.01 + TIME) ** -2.0, 0.05, seed)).law == "power law"
    assert fit_rates(TIME, noisy(np.exp(-0.1 * TIME), 0.05, seed)).law == "exponential"


def test_interval_covers_the_exponent_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(100):
        fit = fit_rates(TIME[1:], noisy(TIME[1:] ** -2.0, 0.05, seed))
        covered += fit.slope.low <= -2 <= fit.slope.high
    assert 88 <= covered <= 99


def test_correlated_misfit_widens_the_interval() -> None:
    wave = np.exp(0.05 * np.sin(6 * np.log(TIME[1:])))
    smooth = fit_rates(TIME[1:], TIME[1:] ** -2.0 * wave)
    shuffled = fit_rates(TIME[1:], TIME[1:] ** -2.0 * np.random.default_rng(0).permutation(wave))
    width = smooth.slope.high - smooth.slope.low
    assert width > 2 * (shuffled.slope.high - shuffled.slope.low)


def test_too_few_points() -> None:
    for count in range(4):
        fit = fit_rates([0, 1, 2][:count], [1.0, 0.5, 0.25][:count])
        assert fit.law == "too short"
        assert np.isnan(fit.slope.value)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"time has shape \(3,\), loss has shape \(2,\)"):
        fit_rates([0, 1, 2], [1, 2])
    with pytest.raises(ValueError, match="finite"):
        fit_rates([0, 1], [1, np.nan])


def test_no_points_are_too_few() -> None:
    assert fit_rates([], []).law == "too short"
