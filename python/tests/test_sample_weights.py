"""Weights of samples in the loss: against weighted sums, repeated samples and finite differences, and in files."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from scipy.special import log_softmax

RNG = np.random.default_rng(4)
CIRCUIT = qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2, topology="chain")
MODEL = qt.Model(CIRCUIT, [qt.pauli("ZII"), qt.pauli("IZI"), qt.pauli("IIX")], scale=2.0)
X, THETA = RNG.uniform(-2, 2, (6, 3)), RNG.uniform(0, 6, CIRCUIT.n_params)
WEIGHTS = np.array([1.0, 3.0, 0.0, 2.0, 1.0, 1.0])
TARGETS = {"mse": RNG.uniform(-1, 1, (6, 3)), "cross_entropy": np.array([0, 1, 2, 2, 1, 0])}
ROWS = np.repeat(np.arange(6), WEIGHTS.astype(int))


@pytest.mark.parametrize("loss", TARGETS)
def test_the_loss_is_the_weighted_mean(loss):
    y, predictions = TARGETS[loss], MODEL.predict(THETA, X)
    each = (
        0.5 * ((predictions - y) ** 2).sum(axis=1)
        if loss == "mse"
        else -log_softmax(predictions, axis=1)[np.arange(6), y]
    )
    expected = np.average(each, weights=WEIGHTS)
    for factor in (1.0, 1e-3, 1e6):
        found = MODEL.loss(THETA, y, X=X, loss=loss, sample_weight=factor * WEIGHTS)
        assert found == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("loss", TARGETS)
def test_gradients_are_those_of_repeated_samples(loss):
    y = TARGETS[loss]
    found = MODEL.loss_and_gradient(THETA, y, X=X, loss=loss, sample_weight=WEIGHTS)
    expected = MODEL.loss_and_gradient(THETA, y[ROWS], X=X[ROWS], loss=loss)
    assert found[0] == pytest.approx(expected[0], rel=1e-13)
    np.testing.assert_allclose(found[1], expected[1], atol=1e-13)


@pytest.mark.parametrize("loss", TARGETS)
@pytest.mark.parametrize("optimizer", [qt.GradientDescent(0.1), qt.Adam(0.05), qt.LBFGS()])
def test_training_is_that_on_repeated_samples(loss, optimizer):
    y = TARGETS[loss]
    settings = {"theta": THETA, "loss": loss, "optimizer": optimizer, "steps": 12}
    found = qt.train(MODEL, y, X=X, sample_weight=WEIGHTS, **settings)
    expected = qt.train(MODEL, y[ROWS], X=X[ROWS], **settings)
    np.testing.assert_allclose(found.loss, expected.loss, rtol=1e-9)
    np.testing.assert_allclose(found.theta, expected.theta, atol=1e-8)


def test_mini_batches_are_weighted_on_average():
    """One sample a step: the mean of an epoch's gradients is the gradient of the weighted loss, to first order."""
    rate = 1e-6
    run = qt.train(
        MODEL, TARGETS["mse"], X=X, sample_weight=WEIGHTS, theta=THETA, optimizer=qt.GradientDescent(rate),
        steps=6, batch_size=1,
    )  # fmt: skip
    _, gradient = MODEL.loss_and_gradient(THETA, TARGETS["mse"], X=X, sample_weight=WEIGHTS)
    np.testing.assert_allclose((THETA - run.theta) / (6 * rate), gradient, atol=1e-4)


@pytest.mark.parametrize("loss", TARGETS)
def test_files_keep_the_weights(loss, tmp_path):
    y = TARGETS[loss]
    settings = {"theta": THETA, "loss": loss, "sample_weight": WEIGHTS}
    whole = qt.train(MODEL, y, X=X, steps=10, **settings)
    qt.train(MODEL, y, X=X, steps=5, **settings).save(tmp_path / "run.qtr")
    resumed = qt.resume(tmp_path / "run.qtr", 5, y=y)
    np.testing.assert_array_equal(resumed.theta, whole.theta)
    assert resumed.loss_floor is None


def test_nothing_is_warned_of_where_samples_have_weights(recwarn):
    far = np.full((6, 3), 9.0)
    qt.train(MODEL, far, X=X, sample_weight=WEIGHTS, steps=1)
    assert not recwarn.list
    with pytest.warns(qt.QTangentWarning, match="outside the range"):
        qt.train(MODEL, far, X=X, steps=1)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(5), r"sample_weight has shape \(5,\), expected \(m,\) = \(6,\)"),
        (np.array([1, 1, np.nan, 1, 1, 1]), r"sample_weight\[2\] is nan"),
        (np.array([1, 1, -1.0, 1, 1, 1]), "weight 2 is -1.0; weights are finite and at least 0"),
        (np.zeros(6), "the weights sum to 0.0"),
        ("heavy", "sample_weight"),
    ],
)
def test_bad_weights_are_named(weights, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        MODEL.loss(THETA, TARGETS["mse"], X=X, sample_weight=weights)
    with pytest.raises(qt.InvalidArgumentError, match=words):
        qt.train(MODEL, TARGETS["mse"], X=X, sample_weight=weights)
