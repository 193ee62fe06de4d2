"""JAX's function on models with channels and misread qubits."""

import jax
import numpy as np
import pytest
import qtangent as qt
from jax.test_util import check_grads
from random_circuits import noisy

TIGHT = {"rtol": 0, "atol": 1e-12}


@pytest.fixture(autouse=True)
def double():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("compiled", [False, True])
def test_values_and_gradients(compiled):
    """Those of the model, and those of finite differences."""
    model, theta, X = noisy(1)
    f = qt.jax.predict(model)
    f = jax.jit(f) if compiled else f
    np.testing.assert_allclose(f(theta, X), model.predict(theta, X), **TIGHT)
    weights = np.random.default_rng(0).normal(size=(len(X), model.n_outputs))
    found = jax.grad(lambda t, x: (f(t, x) * weights).sum(), argnums=(0, 1))(theta, X)
    for one, other in zip(found, model.vjp(theta, weights, X), strict=True):
        np.testing.assert_allclose(one, other, **TIGHT)
    check_grads(f, (theta, X), order=1, modes=["rev"], atol=1e-6, rtol=1e-6)


def test_many_parameter_sets():
    model, theta, X = noisy(2)
    sets = np.stack([theta, theta + 0.1, -theta])
    f = qt.jax.predict(model)
    found = jax.jit(jax.vmap(f, in_axes=(0, None)))(sets, X)
    np.testing.assert_allclose(found, model.predict(sets, X), **TIGHT)
    jacobian = jax.jit(jax.jacrev(f))(theta, X)
    np.testing.assert_allclose(jacobian, model.jacobian(theta, X), **TIGHT)


def test_second_derivatives_name_the_channel():
    model, theta, X = noisy(1)
    f = qt.jax.predict(model)
    with pytest.raises(Exception, match=r"amplitude_damping.* is a channel"):
        jax.hessian(lambda t: f(t, X).sum())(theta)
