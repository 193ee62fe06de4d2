"""Estimators of scikit-learn on circuits with channels."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt

pytest.importorskip("sklearn")

from qtangent.sklearn import (
    FidelityKernel,
    QNNClassifier,
    QNNRegressor,
    TangentKernel,
    TangentKernelClassifier,
)
from random_circuits import noisy
from scipy.special import softmax
from sklearn.base import clone

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (24, 2))
LABELS = (X[:, 0] > X[:, 1]).astype(int)
NOISE = qt.NoiseModel().add(qt.noise.depolarizing(0.02)).add(qt.noise.amplitude_damping(0.02), every="layer")
CIRCUIT = NOISE.apply(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 2))
OBSERVABLES = [qt.noise.readout(one, 0.02, 0.05) for one in (qt.pauli("ZI"), qt.pauli("IZ"))]


def test_a_classifier_learns_and_predicts_with_the_noise():
    classifier = QNNClassifier(CIRCUIT, observables=OBSERVABLES, steps=60, random_state=0)
    clone(classifier)
    classifier.fit(X, LABELS)
    model = qt.Model(CIRCUIT, OBSERVABLES, scale=3.0)
    expected = softmax(model.predict(classifier.theta_, X), axis=1)
    np.testing.assert_allclose(classifier.predict_proba(X), expected, rtol=0, atol=1e-12)
    assert classifier.score(X, LABELS) > 0.85


def test_a_regressor_learns():
    y = np.sin(X[:, 0]) - X[:, 1]
    regressor = QNNRegressor(CIRCUIT, observables=OBSERVABLES[0], steps=60, random_state=0).fit(X, y)
    assert regressor.score(X, y) > 0.5


def test_kernels():
    """The tangent kernel is that of finite differences; states, of which there are none, are refused by name."""
    model, theta, samples = noisy(1)
    steps = np.eye(len(theta)) * 1e-5
    moved = model.predict(theta + steps, samples) - model.predict(theta - steps, samples)
    jacobian = (moved / 2e-5).transpose(1, 0, 2).reshape(len(samples), -1)
    found = TangentKernel(model, theta)(samples)
    np.testing.assert_allclose(found, jacobian @ jacobian.T, rtol=1e-7, atol=1e-8)
    machine = TangentKernelClassifier(kernel=TangentKernel(model, theta))
    assert machine.fit(samples, [0, 1, 0, 1]).predict(samples).shape == (4,)
    with pytest.raises(
        qt.InvalidArgumentError, match="is a channel, behind which there are no state vectors"
    ):
        FidelityKernel(model, theta)(samples)
