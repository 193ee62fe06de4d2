"""The derivatives of a PyTorch layer, against difference quotients and the model's own."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
import torch
from reuploading import inputs, model
from torch.func import functional_call, grad, jacrev, vmap

SEEDS = range(10)


def as_function(layer):
    return lambda theta, X: functional_call(layer, {"theta": theta}, (X,))


def case(seed, m=5):
    """A layer as a function, its model, and tensors of inputs."""
    one = model(seed)
    theta, X, weights = (torch.from_numpy(array) for array in inputs(one, m))
    return as_function(qt.torch.Layer(one, theta)), one, theta, X, weights


def expect(found, expected, tolerance=1e-12):
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("seed", SEEDS)
def test_predictions_and_gradients_are_the_models(seed):
    function, one, theta, X, weights = case(seed)
    theta.requires_grad_()
    X.requires_grad_()
    predictions = function(theta, X)
    predictions.backward(weights)
    arrays = theta.detach().numpy(), X.detach().numpy()
    expect(predictions, one.predict(*arrays))
    rows = weights.numpy()[..., None]
    expect(theta.grad, (rows * one.jacobian(*arrays)).sum(axis=tuple(range(rows.ndim - 1))))
    of_X = rows * one.jacobian(*arrays, wrt="X")
    expect(X.grad, of_X if rows.ndim == 2 else of_X.sum(axis=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_single_precision_differs_by_its_rounding(seed):
    _, one, theta, X, weights = case(seed)
    layer, X = qt.torch.Layer(one, theta.float()), X.float().requires_grad_()
    predictions = layer(X)
    predictions.backward(weights.float())
    assert predictions.dtype == layer.theta.grad.dtype == X.grad.dtype == torch.float32
    gradient, of_X = one.vjp(layer.theta.detach().numpy(), weights.numpy(), X.detach().numpy())
    expect(predictions, one.predict(layer.theta.detach().numpy(), X.detach().numpy()), 1e-5)
    expect(layer.theta.grad, gradient, 1e-5)
    expect(X.grad, of_X, 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_first_and_second_derivatives_are_difference_quotients(seed):
    function, _, theta, X, _ = case(seed, m=2)
    arguments = theta.requires_grad_(), X.requires_grad_()
    assert torch.autograd.gradcheck(function, arguments)
    assert torch.autograd.gradgradcheck(function, arguments)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_backward_pass_gives_hessian_products(seed):
    function, one, theta, X, weights = case(seed)
    direction = torch.linspace(-1, 1, len(theta), dtype=torch.float64)
    theta.requires_grad_()
    (gradient,) = torch.autograd.grad((weights * function(theta, X)).sum(), theta, create_graph=True)
    (product,) = torch.autograd.grad(gradient @ direction, theta)
    products = one.hessian_product(theta.detach().numpy(), direction.numpy(), X.numpy())
    expect(product, np.tensordot(weights.numpy(), products, weights.ndim), 1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_jacobians_and_hessians_by_torch_func(seed):
    function, one, theta, X, weights = case(seed)
    arrays = theta.numpy(), X.numpy()
    expect(jacrev(function)(theta, X), one.jacobian(*arrays))
    own = jacrev(function, 1)(theta, X)
    between = [own[j, ..., i, :] for i in range(len(X)) for j in range(len(X)) if i != j]
    assert not torch.stack(between).any()
    expect(torch.stack([own[j, ..., j, :] for j in range(len(X))]), one.jacobian(*arrays, wrt="X"))
    hessian = jacrev(grad(lambda theta: (weights * function(theta, X)).sum()))(theta)
    expect(hessian, np.tensordot(weights.numpy(), one.hessian(*arrays), weights.ndim), 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_each_sample_by_vmap(seed):
    function, one, theta, X, weights = case(seed)
    gradients = vmap(grad(lambda theta, x, weight: (weight * function(theta, x)).sum()), (None, 0, 0))
    of_each = [
        one.vjp(theta.numpy(), weights[j : j + 1].numpy(), X[j : j + 1].numpy())[0] for j in range(len(X))
    ]
    expect(gradients(theta, X, weights), of_each)


# Which of theta, X and the weights have an axis for vmap, and where.
AXES = [(0, None, None), (None, 1, None), (None, None, 0), (1, 0, 1), (0, 2, 0), (None, 0, 1)]


@pytest.mark.parametrize("axes", AXES, ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_vmap_over_any_axis_is_a_loop(seed, axes):
    function, _, *arguments = case(seed, m=3)
    scales = torch.linspace(0.5, 1.5, 4, dtype=torch.float64)
    stacks = [
        array if axis is None else torch.stack([scale * array for scale in scales], axis)
        for array, axis in zip(arguments, axes, strict=True)
    ]

    def derivatives(theta, X, weights):
        def weighted(theta, X):
            return (weights * function(theta, X)).sum()

        first = grad(weighted, (0, 1))
        second = grad(lambda theta, X: sum((part**2).sum() for part in first(theta, X)), (0, 1))
        return (function(theta, X), *first(theta, X), *second(theta, X))

    def row(k):
        return [a if axis is None else a.select(axis, k) for a, axis in zip(stacks, axes, strict=True)]

    expected = [torch.stack(parts) for parts in zip(*(derivatives(*row(k)) for k in range(4)), strict=True)]
    for found, wanted in zip(vmap(derivatives, axes)(*stacks), expected, strict=True):
        expect(found, wanted.numpy(), 1e-11)
    twice = vmap(vmap(derivatives, axes), (None, None, 0))(*stacks[:2], torch.stack([stacks[2], -stacks[2]]))
    for found, wanted in zip(twice, expected, strict=True):
        expect(found[0], wanted.numpy(), 1e-11)


@pytest.mark.parametrize("outputs", ["ZZ", ["ZZ", "XI"]], ids=["one", "two"])
def test_a_circuit_without_features(outputs):
    observables = qt.pauli(outputs) if isinstance(outputs, str) else [qt.pauli(one) for one in outputs]
    one = qt.Model(qt.ansatz.hardware_efficient(2, 2, topology="chain"), observables)
    theta = torch.linspace(0, 3, one.n_params, dtype=torch.float64, requires_grad=True)
    layer = qt.torch.Layer(one, theta)
    assert layer().shape == one.predict(theta.detach().numpy()).shape[1:]

    def function(theta):
        return functional_call(layer, {"theta": theta}, ())

    assert torch.autograd.gradcheck(function, (theta,))
    assert torch.autograd.gradgradcheck(function, (theta,))
    expect(vmap(function)(torch.stack([theta, 2 * theta]))[0], one.predict(theta.detach().numpy())[0])


def test_the_axes_of_samples_may_be_any():
    one, rng = model(1), np.random.default_rng(1)
    layer = qt.torch.Layer(one, inputs(one)[0])
    X = torch.from_numpy(rng.normal(size=(2, 3, 4, 2)))
    expected = one.predict(layer.theta.detach().numpy(), X.reshape(-1, 2).numpy())
    expect(layer(X).reshape(expected.shape), expected)
    expect(layer(X[0, 0, 0]), expected[0])
    assert layer(X[0, 0, 0]).shape == expected.shape[1:]
