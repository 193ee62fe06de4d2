"""Success rates against the theory of the closed-form family, and descents against the simulator's."""

import numpy as np
import pytest
import qtangent as qt
from landscape_cases import product_data, product_model
from qtangent import landscape
from scipy.stats import chi2

OPTIMIZERS = {
    "descent": lambda p: qt.GradientDescent(0.2 * p),
    "adam": lambda p: qt.Adam(0.01),
    "rmsprop": lambda p: qt.RMSProp(0.01),
}
# Gradient flow ends in the good well of a parameter with this probability, for b = 1/2 (docs/landscape.md).
WELL = 0.5 + np.arcsin(1 / 3) / np.pi


def trained(p, optimizer, starts, seeds):
    """A success rate for each seed, by the same coefficients."""
    states, y = product_data(p)
    known = landscape.trigonometric(product_model(p), states=states)
    settings = {"optimizer": OPTIMIZERS[optimizer](p), "starts": starts, "steps": 1500, "threshold": 5e-4}
    return [landscape.success_rate(known, y, seed=seed, **settings) for seed in seeds]


def squares(rate, starts, p):
    """One term of Pearson's statistic for the rate q^p."""
    expected = WELL**p
    return starts * (rate - expected) ** 2 / (expected * (1 - expected))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_success_follows_the_basins(optimizer):
    statistic, starts = 0.0, 3000
    for p in (1, 2, 3, 4):
        (found,) = trained(p, optimizer, starts, [p])
        assert found.interval[0] < found.rate < found.interval[1]
        counts = found.counts(np.arange(p + 1) / (4 * p))
        assert counts.sum() == starts
        assert counts[0] == round(found.rate * starts)
        statistic += squares(found.rate, starts, p)
    assert statistic < chi2.ppf(0.999, 4)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_success_follows_the_basins_up_to_eight_parameters(optimizer):
    statistic, starts = 0.0, 4000
    for p in range(1, 9):
        rates = [found.rate for found in trained(p, optimizer, starts, range(5))]
        statistic += squares(np.mean(rates), 5 * starts, p)
    assert statistic < chi2.ppf(0.999, 8)


def test_coefficients_stand_in_the_model_s_place():
    model, (states, y) = product_model(2), product_data(2)
    settings = {"optimizer": qt.Adam(0.05), "starts": 50, "steps": 100, "seed": 3}
    known = landscape.trigonometric(model, states=states)
    expected = landscape.success_rate(model, y, states=states, **settings)
    found = landscape.success_rate(known, y, **settings)
    assert np.array_equal(found.theta, expected.theta)
    assert (found.rate, found.threshold) == (expected.rate, expected.threshold)
    with pytest.raises(qt.InvalidArgumentError, match="have their states already"):
        landscape.success_rate(known, y, states=states, **settings)


def test_descent_is_that_of_the_simulator():
    states, y = product_data(2)
    model = product_model(2)
    for optimizer in (qt.GradientDescent(0.1), qt.Momentum(0.05), qt.Adam(0.03), qt.LBFGS()):
        found = landscape.success_rate(
            model, y, states=states, optimizer=optimizer, starts=3, steps=7, seed=4
        )
        first = np.random.default_rng(4).uniform(0, 1, (3, 2)) * np.pi
        run = qt.train(model, y, states=states, theta=first, optimizer=optimizer, steps=7)
        assert np.max(np.abs(found.theta - run.theta)) < 1e-9
        assert np.max(np.abs(found.final_loss - model.loss(found.theta, y, states=states))) < 1e-13
    with pytest.raises(qt.InvalidArgumentError, match="natural gradient"):
        landscape.success_rate(model, y, states=states, optimizer=qt.NaturalGradient(0.1), starts=2, steps=2)
