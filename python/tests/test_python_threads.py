"""Eight Python threads, programs that end in the middle of a call, and Python without its global lock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
RANDOM = np.random.default_rng(2)
X, Y = RANDOM.uniform(0, 3, (40, 4)), np.tile([1.0, -1.0], 20)
THETA = RANDOM.uniform(0, 6, (8, 16))


def made(seed=0):
    return qt.Model(
        qt.encoding.angle(4) + qt.ansatz.hardware_efficient(4, 2), qt.pauli("ZIII"), scale=1 + seed
    )


def everything(model, theta):
    """Calls of several kinds, each with the results of which bits must not change."""
    run = qt.train(model, Y, X=X, theta=theta, steps=15, optimizer=qt.Adam(0.05), record=("loss", "kernel"))
    loss, gradient = model.loss_and_gradient(theta, Y, X=X)
    states = model.output_states(theta, X[:3])
    found = [model.predict(theta, X), model.jacobian(theta, X), model.tangent_kernel(theta, X), states]
    found += [run.theta, run.loss, run.kernel, np.asarray(loss), gradient, model.hessian(theta, X[:3])]
    # What makes and frees handles beside all that.
    again = qt.Circuit.from_instructions(4, list(model.circuit))
    found.append(qt.Model(again, model.observable).predict(theta, X))
    return [one.tobytes() for one in found]


@pytest.mark.parametrize("which", ["one model", "many models"])
def test_eight_threads_get_the_bits_of_one(which):
    models = [made()] * 8 if which == "one model" else [made(k) for k in range(8)]
    expected = [everything(model, theta) for model, theta in zip(models, THETA, strict=True)]
    with ThreadPoolExecutor(8) as executor:
        for _ in range(3):
            assert list(executor.map(everything, models, THETA)) == expected


def test_errors_belong_to_their_threads():
    """The text of a failure is that of the caller's own."""
    model = made()

    def wrong(k):
        for _ in range(50):
            with pytest.raises(qt.InvalidArgumentError, match=rf"theta has shape \({k + 1},\)"):
                model.predict(np.ones(k + 1), X)
        return k

    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(wrong, range(8))) == list(range(8))


SETUP = """
import sys, threading, time, numpy as np, qtangent as qt
model = qt.Model(qt.encoding.angle(6) + qt.ansatz.hardware_efficient(6, 6), qt.pauli("ZIIIII"))
X, y = np.random.default_rng(0).normal(size=(64, 6)), np.tile([1.0, -1.0], 32)
def train():
    qt.train(model, y, X=X, steps=10**7, callback=callback)
callback = None
"""
ENDINGS = {
    "a daemon trains": "threading.Thread(target=train, daemon=True).start(); time.sleep(0.3)",
    "a daemon is called back": """
callback = lambda *a: False
threading.Thread(target=train, daemon=True).start()
time.sleep(0.3)""",
    "eight daemons predict": """
def predict():
    while True:
        model.jacobian(np.ones(model.n_params), X)
for _ in range(8):
    threading.Thread(target=predict, daemon=True).start()
time.sleep(0.3)""",
    "exit in a callback": """
def callback(step, loss, theta):
    if step > 5:
        sys.exit(0)
    return False
train()""",
    "a daemon frees": """
def churn():
    while True:
        qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZII")).predict(np.ones(12))
for _ in range(4):
    threading.Thread(target=churn, daemon=True).start()
time.sleep(0.3)""",
    "at exit": """
import atexit
atexit.register(lambda: qt.train(model, y, X=X, steps=200))""",
    "in a finaliser": """
class Last:
    def __del__(self, model=model, X=X):
        model.predict(np.ones(model.n_params), X)
keep = Last()""",
}


@pytest.mark.parametrize("how", ENDINGS)
def test_programs_end(how):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SETUP + ENDINGS[how]],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert "Fatal" not in done.stderr


def test_python_without_its_global_lock(tmp_path):
    """With a build of that kind on the path and NumPy for it; the same eight threads."""
    found = [name for name in ("python3.14t", "python3.13t") if shutil.which(name)]
    if not found:
        pytest.skip("no free-threaded CPython (python3.14t, python3.13t) is installed")
    if subprocess.run([found[0], "-c", "import numpy, pytest"], capture_output=True).returncode:
        pytest.skip(f"{found[0]} has no NumPy or pytest")
    package = Path(qt.__file__).parents[1]
    done = subprocess.run(
        [found[0], "-X", "gil=0", "-m", "pytest", "-q", "-k", "eight_threads or errors", __file__],
        capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONPATH": str(package)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
