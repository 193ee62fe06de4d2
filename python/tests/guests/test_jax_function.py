"""A model as a function of JAX: shapes, types, threads, and what it refuses."""

from __future__ import annotations

import gc
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import qtangent as qt
from reuploading import inputs, model


@pytest.fixture(autouse=True)
def _doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def case(seed=1):
    one = model(seed)
    return qt.jax.predict(one), one, *map(jnp.asarray, inputs(one))


def test_the_axes_of_samples_may_be_any():
    function, one, theta, _, _ = case()
    X = np.random.default_rng(1).normal(size=(2, 3, 4, 2))
    expected = one.predict(theta, X.reshape(-1, 2))
    np.testing.assert_allclose(function(theta, X).reshape(expected.shape), expected, atol=1e-12)
    assert function(theta, X[0, 0, 0]).shape == expected.shape[1:]


def test_results_of_single_precision_alone_are_single():
    function, one, theta, X, _ = case()
    single = jnp.float32
    assert function(theta.astype(single), X.astype(single)).dtype == single
    assert function(theta.astype(single), X).dtype == jnp.float64
    gradient = jax.grad(lambda theta: function(theta, X).sum())(theta.astype(single))
    assert gradient.dtype == single
    np.testing.assert_allclose(gradient, one.jacobian(theta, X).sum(axis=(0, 1)), atol=1e-5)


def test_without_doubles_the_switch_is_named():
    function, _, theta, X, _ = case()
    with (
        jax.enable_x64(False),
        pytest.raises(RuntimeError, match=r'jax.config.update\("jax_enable_x64", True\)'),
    ):
        function(np.asarray(theta), np.asarray(X))


REFUSED = {
    "integers": (
        lambda theta, X: (theta, X.astype(int)),
        r"X is int64; float32 or float64 .*: X.astype\(float\)",
    ),
    "complex numbers": (
        lambda theta, X: (theta * 1j, X),
        "theta is complex128; float32 or float64 is expected",
    ),
    "another number of features": (
        lambda theta, X: (theta, X[:, :1]),
        r"X has shape \(5, 1\), the circuit has 2 features: \(..., 2\) is expected",
    ),
    "parameters": (
        lambda theta, X: (theta[:3], X),
        r"theta has shape \(3,\), the circuit has \d+ parameters",
    ),
    "sets": (lambda theta, X: (theta[None], X), "use jax.vmap for several sets"),
    "no samples": (lambda theta, X: (theta, X[:0]), r"X has shape \(0, 2\); at least one sample is needed"),
    "nothing": (lambda theta, X: (theta,), r"the circuit has 2 features; pass X of shape \(..., 2\)"),
    "NaN": (lambda theta, X: (theta, X.at[3, 1].set(jnp.nan)), r"X\[3, 1\] is nan|X .*finite"),
}


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "jit"])
@pytest.mark.parametrize("kind", REFUSED)
def test_input_that_is_refused(kind, compiled):
    function, _, theta, X, _ = case()
    change, message = REFUSED[kind]
    # What JAX finds while it runs is an error of its own.
    with pytest.raises((ValueError, jax.errors.JaxRuntimeError), match=message):
        jax.block_until_ready((jax.jit(function) if compiled else function)(*change(theta, X)))


def test_models_that_are_refused():
    with pytest.raises(ValueError, match=r"a qt\.Model is expected"):
        qt.jax.predict(model(1).circuit)
    function = qt.jax.predict(qt.Model(qt.Circuit(1).rx(qt.param(0), 0), qt.pauli("Z")))
    with pytest.raises(ValueError, match="circuit has no features; leave X out"):
        function(jnp.zeros(1), jnp.zeros((2, 1)))


def test_derivatives_that_there_are_not():
    function, _, theta, X, _ = case()

    def total(theta):
        return function(theta, X).sum()

    for nested in (jax.jacfwd(jax.jacfwd(total)), jax.jacrev(jax.jacfwd(total))):
        with pytest.raises(NotImplementedError, match=r"forward mode, .* outside: jax.jacfwd\(jax.jacrev"):
            nested(theta)
    for nested in (jax.grad(lambda theta: jax.grad(lambda t: jax.grad(total)(t).sum())(theta).sum()),
                   jax.jacfwd(jax.hessian(total))):  # fmt: skip
        with pytest.raises(NotImplementedError, match="a third was asked for"):
            nested(theta)


def test_a_compiled_function_keeps_its_model():
    function, one, theta, X, _ = case()
    expected, compiled = one.predict(theta, X), jax.jit(function)
    del function, one
    gc.collect()
    np.testing.assert_allclose(compiled(theta, X), expected, atol=1e-12)


def test_within_control_flow():
    function, one, theta, X, _ = case()

    @jax.jit
    def descend(theta):
        def step(theta, _):
            return theta - 0.1 * jax.grad(lambda theta: jnp.mean(function(theta, X) ** 2))(theta), None

        return jax.lax.scan(step, theta, length=5)[0]

    expected = np.array(theta)
    for _ in range(5):
        predictions = one.predict(expected, X)
        expected = expected - 0.1 * one.vjp(expected, 2 * predictions / predictions.size, X)[0]
    np.testing.assert_allclose(descend(theta), expected, atol=1e-12)


WITHOUT_INTERFACE = """
import jax

def register(*arguments, **options):
    raise RuntimeError("another version of the interface")

jax.ffi.register_ffi_target = register
"""
THREADS = """
import threading
import jax, jax.numpy as jnp, numpy as np
import qtangent as qt

jax.config.update("jax_enable_x64", True)
circuit = qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2, topology="chain")
models = [qt.Model(circuit, qt.pauli(one)) for one in ("ZII", "IZX")]
theta, X = np.linspace(0, 3, models[0].n_params), np.random.default_rng(0).normal(size=(40_000, 3))
steps = [jax.jit(jax.value_and_grad(lambda theta, X, f=qt.jax.predict(m): jnp.mean(f(theta, X) ** 2))) for m in models]
expected = [step(theta, X)[0] for step in steps]
failed = []

def work(k):
    for repeat in range(10):
        rows = X if repeat % 2 else X[:3]
        values = [step(theta, rows)[0] for step in steps]
        if repeat % 2 and not np.allclose(values, expected, rtol=0, atol=1e-12):
            failed.append((k, values))

threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("done", failed)
"""


@pytest.mark.parametrize("before", ["", WITHOUT_INTERFACE], ids=["interface", "callback"])
def test_nothing_hangs_in_threads(before):
    """Arrays are large enough that JAX would bring them to a callback by another thread."""
    ran = subprocess.run(
        [sys.executable, "-c", before + THREADS], capture_output=True, text=True, timeout=120
    )
    assert ran.stdout == "done []\n", ran.stderr


DERIVATIVES = """
import jax, numpy as np
import qtangent as qt

jax.config.update("jax_enable_x64", True)
circuit = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1, topology="chain")
model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("XZ")])
theta, X = np.linspace(0, 3, model.n_params), np.random.default_rng(0).normal(size=(3, 2))
f = qt.jax.predict(model)
assert "callback" in jax.jit(f).lower(theta, X).as_text()
np.testing.assert_allclose(f(theta, X), model.predict(theta, X), atol=1e-12)
np.testing.assert_allclose(jax.jacfwd(f)(theta, X), model.jacobian(theta, X), atol=1e-12)
np.testing.assert_allclose(jax.jacrev(f)(theta, X), model.jacobian(theta, X), atol=1e-12)
np.testing.assert_allclose(jax.jacfwd(jax.jacrev(f))(theta, X), model.hessian(theta, X), atol=1e-9)
try:
    f(theta * np.nan, X).block_until_ready()
except (ValueError, RuntimeError) as error:
    assert "theta[0] is nan; it must be finite" in str(error)
    print("done")
"""


def test_a_callback_where_the_interface_has_another_version():
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_INTERFACE + DERIVATIVES], capture_output=True, text=True, timeout=120
    )
    assert ran.stdout == "done\n", ran.stderr


def test_the_call_interface_is_taken_and_checks_lengths():
    function, one, theta, X, _ = case()
    assert "@qtangent_call" in jax.jit(function).lower(theta, X).as_text()

    def call(*arrays, task, shape, model=one._handle):
        result = jax.ShapeDtypeStruct(shape, jnp.float64)
        attributes = {"model": np.int64(model), "task": np.int64(task)}
        return jax.ffi.ffi_call("qtangent_call", result)(*arrays, **attributes)

    shape = (len(X), one.n_outputs)
    np.testing.assert_allclose(call(theta, X, task=0, shape=shape), one.predict(theta, X), atol=1e-12)
    for changes, message in (
        ({"shape": (1,)}, "a result has another length than is expected"),
        ({"task": 9}, "the task is unknown"),
        ({"task": 2, "model": 5}, "the model of this computation is gone"),
        ({"task": 3}, "another number of arguments or results"),
    ):
        with pytest.raises((ValueError, jax.errors.JaxRuntimeError), match=message):
            jax.block_until_ready(call(theta, X, **{"task": 0, "shape": shape, **changes}))
    with pytest.raises((ValueError, jax.errors.JaxRuntimeError), match="parameters"):
        jax.block_until_ready(call(theta[:3], X, task=0, shape=shape))
    with pytest.raises((ValueError, jax.errors.JaxRuntimeError), match="an argument is not float64"):
        jax.block_until_ready(call(theta, X.astype(jnp.float32), task=0, shape=shape))
