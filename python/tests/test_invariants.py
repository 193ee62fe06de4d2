"""QTANGENT_CHECK=1: states that lose their norm are an error, on every way that states go."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import numpy as np, qtangent as qt
random = np.random.default_rng(1)
assert qt.build_info()["checks"]

def everything(model, X=None, states=None, exact=True):
    theta = random.normal(size=model.n_params)
    count = len(X) if X is not None else 1 if states is None else len(states)
    data = {"X": X, "states": states}
    calls = [lambda: model.predict(theta, **data), lambda: model.jacobian(theta, **data),
        lambda: model.tangent_kernel(theta, **data), lambda: model.loss_and_gradient(theta, np.ones(count), **data),
        lambda: qt.train(model, np.ones(count), steps=2, **data)]
    if exact:
        calls += [lambda: model.output_states(theta, **data), lambda: model.hessian_product(theta, theta, **data)]
    return calls

def refused(call):
    try:
        call()
    except qt.NumericalError as error:
        return "QTANGENT_CHECK: a state's norm" in str(error)
    return False

# Blocks, single states in tiles, split states, single precision, mixed states, density matrices.
for n in (1, 3, 9, 13, 15):
    for precision in ("double", "single"):
        model = qt.Model(qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, 2), qt.pauli("Z" * n), precision=precision)
        for call in everything(model, random.normal(size=(1 if n > 13 else 5, n)))[: 4 if n > 9 else None]:
            call()
for call in everything(qt.Model(qt.ansatz.haar(5, 9), qt.pauli("ZIIII"))):
    call()
states = qt.encoding.haar_states(3, 4, seed=1)
mixed = np.einsum("ma,mb->mab", states, states.conj())
mixed = 0.25 * mixed + 0.75 * np.roll(mixed, 1, axis=0)
for call in everything(qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZII")), states=mixed, exact=False):
    call()
noisy = qt.ansatz.hardware_efficient(3, 2).channel(qt.noise.amplitude_damping(0.2), 1)
for call in everything(qt.Model(noisy, qt.pauli("ZII")), states=mixed, exact=False):
    call()

# Each matrix is unitary within the tolerance, 20,000 of them are not.
for n, precision, size in ((2, "double", 4e-11), (14, "double", 4e-11)):
    circuit = qt.Circuit(n)
    for k in range(20_000):
        circuit.unitary(np.eye(2) * (1 + size), (0,)).ry(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("Z" + "I" * (n - 1)), precision=precision)
    for call in everything(model)[: 4 if n > 2 else None]:
        assert refused(call), n
# Nothing of that is left to a call that is right.
qt.Model(qt.ansatz.haar(2, 4), qt.pauli("ZI")).predict(np.ones(4))
print("done")
"""


def python(program: str, checks: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True, text=True, timeout=300, env={**os.environ, "QTANGENT_CHECK": checks},
    )  # fmt: skip


def test_every_way_is_checked():
    done = python(PROGRAM, "1")
    assert done.stdout == "done\n", done.stderr


def test_off_by_default_and_other_words_are_refused():
    show = "import qtangent as qt; print(qt.build_info()['checks'])"
    assert python(show, "").stdout == python(show, "0").stdout == "False\n"
    assert "QTANGENT_CHECK is 'yes'; 1 or 0 is expected" in python(show, "yes").stderr
