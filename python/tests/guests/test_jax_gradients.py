"""The derivatives of a model in JAX, against difference quotients and the model's own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import qtangent as qt
from jax.test_util import check_grads
from reuploading import inputs, model

SEEDS = range(10)


@pytest.fixture(autouse=True)
def _doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def case(seed, m=5):
    one = model(seed)
    return qt.jax.predict(one), one, *map(jnp.asarray, inputs(one, m))


def expect(found, expected, tolerance=1e-12):
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "jit"])
@pytest.mark.parametrize("seed", SEEDS)
def test_predictions_and_gradients_are_the_models(seed, compiled):
    function, one, theta, X, weights = case(seed)
    through = jax.jit if compiled else lambda function: function
    expect(through(function)(theta, X), one.predict(theta, X))
    total = through(jax.grad(lambda theta, X: (weights * function(theta, X)).sum(), (0, 1)))
    gradient, of_X = total(theta, X)
    rows = np.asarray(weights)[..., None]
    expect(gradient, (rows * one.jacobian(theta, X)).sum(axis=tuple(range(rows.ndim - 1))))
    own = rows * one.jacobian(theta, X, wrt="X")
    expect(of_X, own if rows.ndim == 2 else own.sum(axis=1))


@pytest.mark.parametrize("jacobian", [jax.jacrev, jax.jacfwd])
@pytest.mark.parametrize("seed", SEEDS)
def test_jacobians_of_both_modes(seed, jacobian):
    function, one, theta, X, _ = case(seed)
    expect(jax.jit(jacobian(function))(theta, X), one.jacobian(theta, X))
    own = jacobian(function, 1)(theta, X)
    expect(jnp.stack([own[j, ..., j, :] for j in range(len(X))]), one.jacobian(theta, X, wrt="X"))
    assert not any(own[j, ..., i, :].any() for i in range(len(X)) for j in range(len(X)) if i != j)


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_are_difference_quotients(seed):
    function, _, theta, X, _ = case(seed, m=2)
    check_grads(function, (theta, X), order=1, atol=1e-6, rtol=1e-6, eps=1e-6)
    gradient = jax.grad(lambda *given: jnp.sum(function(*given) ** 2), (0, 1))
    check_grads(gradient, (theta, X), order=1, atol=1e-6, rtol=1e-6, eps=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_hessians_and_their_products(seed):
    function, one, theta, X, weights = case(seed)

    def total(theta):
        return (weights * function(theta, X)).sum()

    expected = np.tensordot(weights, one.hessian(theta, X), weights.ndim)
    expect(jax.hessian(total)(theta), expected, 1e-9)
    expect(jax.jacrev(jax.jacrev(total))(theta), expected, 1e-9)
    direction = jnp.linspace(-1, 1, len(theta))
    products = np.tensordot(weights, one.hessian_product(theta, direction, X), weights.ndim)
    expect(jax.jvp(jax.grad(total), (theta,), (direction,))[1], products, 1e-9)
    expect(jax.jit(jax.grad(lambda theta: jax.grad(total)(theta) @ direction))(theta), products, 1e-9)


# Which of theta, X and the weights have an axis for vmap, and where.
AXES = [(0, None, None), (None, 1, None), (None, None, 0), (1, 0, 1), (0, 2, 0), (None, 0, 1)]


@pytest.mark.parametrize("axes", AXES, ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_vmap_over_any_axis_is_a_loop(seed, axes):
    function, _, *arguments = case(seed, m=3)
    scales = jnp.linspace(0.5, 1.5, 4)
    stacks = [
        array if axis is None else jnp.stack([scale * array for scale in scales], axis)
        for array, axis in zip(arguments, axes, strict=True)
    ]

    @jax.jit
    def derivatives(theta, X, weights):
        def weighted(theta, X):
            return (weights * function(theta, X)).sum()

        first = jax.grad(weighted, (0, 1))
        second = jax.grad(lambda theta, X: sum((part**2).sum() for part in first(theta, X)), (0, 1))
        along = jax.jvp(first, (theta, X), (jnp.sin(theta), jnp.cos(X)))[1]
        return (function(theta, X), *first(theta, X), *second(theta, X), *along)

    def row(k):
        return [a if axis is None else jnp.take(a, k, axis) for a, axis in zip(stacks, axes, strict=True)]

    expected = [jnp.stack(parts) for parts in zip(*(derivatives(*row(k)) for k in range(4)), strict=True)]
    for found, wanted in zip(jax.vmap(derivatives, axes)(*stacks), expected, strict=True):
        expect(found, wanted, 1e-11)
    twice = jax.vmap(jax.vmap(derivatives, axes), (None, None, 0))(
        *stacks[:2], jnp.stack([stacks[2], -stacks[2]])
    )
    for found, wanted in zip(twice, expected, strict=True):
        expect(found[0], wanted, 1e-11)


@pytest.mark.parametrize("seed", range(2))
def test_gradients_of_gradients_under_vmap(seed):
    """Derivatives of what vmap has put together: sets share theta, or do not."""
    function, one, theta, X, weights = case(seed)

    def norms(theta):
        of_each = jax.vmap(
            jax.grad(lambda theta, x, weight: (weight * function(theta, x)).sum()), (None, 0, 0)
        )
        return (of_each(theta, X, weights) ** 2).sum()

    rows = jnp.stack([theta, -theta])
    step = 1e-6 * jnp.eye(len(theta))[3]
    quotient = (norms(theta + step) - norms(theta - step)) / 2e-6
    expect(jax.grad(norms)(theta)[3], quotient, 1e-6)
    of_sets = jax.grad(lambda rows: (weights * jax.vmap(function, (0, None))(rows, X) ** 2).sum())(rows)
    predictions = one.predict(rows, X)
    expect(of_sets, one.vjp(rows, 2 * np.asarray(weights) * predictions, X)[0])


@pytest.mark.parametrize("outputs", ["ZZ", ["ZZ", "XI"]], ids=["one", "two"])
def test_a_circuit_without_features(outputs):
    observables = qt.pauli(outputs) if isinstance(outputs, str) else [qt.pauli(one) for one in outputs]
    one = qt.Model(qt.ansatz.hardware_efficient(2, 2, topology="chain"), observables)
    function, theta = qt.jax.predict(one), jnp.linspace(0, 3, one.n_params)
    expect(function(theta), one.predict(theta)[0])
    expect(jax.jacfwd(function)(theta), one.jacobian(theta)[0])
    expect(jax.hessian(function)(theta), one.hessian(theta)[0], 1e-9)
    expect(
        jax.vmap(jax.jacrev(function))(jnp.stack([theta, 2 * theta])), one.jacobian([theta, 2 * theta])[:, 0]
    )
