"""PyTorch's layer on models with channels and misread qubits."""

import numpy as np
import pytest
import qtangent as qt
import torch
from random_circuits import noisy

TIGHT = {"rtol": 0, "atol": 1e-12}


def test_values_and_gradients():
    """Those of the model, and those of finite differences."""
    model, theta, X = noisy(1)
    layer = qt.torch.Layer(model, theta)
    features = torch.tensor(X, requires_grad=True)
    predictions = layer(features)
    np.testing.assert_allclose(predictions.detach(), model.predict(theta, X), **TIGHT)
    weights = np.random.default_rng(0).normal(size=predictions.shape)
    (predictions * torch.tensor(weights)).sum().backward()
    by_theta, by_x = model.vjp(theta, weights, X)
    np.testing.assert_allclose(layer.theta.grad, by_theta, **TIGHT)
    np.testing.assert_allclose(features.grad, by_x, **TIGHT)
    function = torch.autograd.gradcheck(
        lambda t, x: torch.func.functional_call(layer, {"theta": t}, x), (layer.theta, features), atol=1e-7
    )
    assert function


def test_a_training_of_a_network_with_the_layer():
    model, theta, X = noisy(2)
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(X.shape[1], X.shape[1]), qt.torch.Layer(model, theta), torch.nn.Linear(2, 1)
    ).double()
    y = torch.tensor(np.sign(X[:, :1]))
    optimizer = torch.optim.Adam(net.parameters(), 0.05)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = ((net(torch.tensor(X)) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_second_derivatives_name_the_channel():
    model, theta, X = noisy(1)
    layer = qt.torch.Layer(model, theta)
    (gradient,) = torch.autograd.grad(layer(torch.tensor(X)).sum(), layer.theta, create_graph=True)
    with pytest.raises(Exception, match=r"amplitude_damping.* is a channel"):
        gradient.sum().backward()
