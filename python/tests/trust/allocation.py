"""Calls where the address space is limited: they end with their result or a MemoryError, never with a signal or a hang."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

from .parts import Part

# OpenBLAS, NumPy's and SciPy's each, ends the process where its own buffers or a job for its threads find no memory;
# it keeps its buffers once it has them, and makes no jobs for one thread.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}

# Runs one call again and again, with so many megabytes beyond what the process has; prints how often each end came.
PROGRAM = """
import faulthandler, gc, json, resource, sys, warnings
import numpy as np, scipy.linalg, qtangent as qt
for dtype in (float, complex):
    a = np.eye(500, dtype=dtype)
    a @ a.T, np.linalg.eigh(a), np.linalg.svd(a), scipy.linalg.blas.get_blas_funcs("gemm", (a,))(1, a, a), scipy.linalg.qr(a)
from qtangent.classical import TwoLayerNetwork, recurrent_ntk
from qtangent import landscape
faulthandler.enable()
warnings.simplefilter("ignore")
random = np.random.default_rng(0)
def model(n, layers, **options):
    return qt.Model(qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, layers), qt.pauli("Z" * n), **options)
m, large = model(8, 4), model(20, 2)
single = model(8, 4, precision="single")
noisy = qt.Model(qt.ansatz.hardware_efficient(5, 3).channel(qt.noise.depolarizing(0.1), 0), qt.pauli("ZIIII"))
X, T, y = random.normal(size=(300, 8)), random.normal(size=m.n_params), random.choice([-1.0, 1.0], 300)
theta, sets = random.normal(size=large.n_params), random.normal(size=(20, m.n_params))
network, S = TwoLayerNetwork(np.eye(20)), random.normal(size=(400, 20))
haar, states = qt.ansatz.haar(5, 40), qt.encoding.haar_states(5, 20, orthogonal=True, seed=1)
RECORD = ("loss", "predictions", "kernel", "theta")
CALLS = {
    "predict": lambda: m.predict(T, X),
    "predict sets": lambda: m.predict(sets, X),
    "predict single": lambda: single.predict(T, X),
    "predict large": lambda: large.predict(theta, X[:1].repeat(3, 1)[:, :20]),
    "predict noisy": lambda: noisy.predict(np.ones(noisy.n_params)),
    "jacobian": lambda: m.jacobian(T, X),
    "jacobian large": lambda: large.jacobian(theta, X[:1].repeat(3, 1)[:, :20]),
    "jacobian noisy": lambda: noisy.jacobian(np.ones(noisy.n_params)),
    "kernel": lambda: m.tangent_kernel(T, X),
    "kernel of many": lambda: m.tangent_kernel(T, random.normal(size=(3000, 8))),
    "train": lambda: qt.train(m, y, X=X, steps=20, record=RECORD),
    "train lbfgs": lambda: qt.train(m, y, X=X, steps=5, optimizer=qt.LBFGS()),
    "train natural": lambda: qt.train(m, y[:5], X=X[:5], steps=3, optimizer=qt.NaturalGradient(0.1)),
    "train flow": lambda: qt.train(m, y[:5], X=X[:5], steps=3, optimizer=qt.GradientFlow(1.0, 0.1)),
    "train students": lambda: network.train(network.initialize(200, seed=1), 0.01, steps=20, record_path=True),
    "students on samples": lambda: network.train(network.initialize(200, seed=1), 0.01, steps=5, X=S),
    "recurrent kernel": lambda: recurrent_ntk(list(random.normal(size=(60, 50, 2)))),
    "states": lambda: qt.encoding.haar_states(10, 500, orthogonal=True, seed=1),
    "output states": lambda: m.output_states(T, X),
    "dqntk": lambda: m.dqntk(T, X[:30]),
    "hessian": lambda: m.hessian(T, X[:9]),
    "hessian product": lambda: m.hessian_product(T, T, X),
    "fisher": lambda: m.fisher_information(T, X[0]),
    "fidelity": lambda: m.fidelity_kernel(T, X),
    "matrix": lambda: qt.ansatz.hardware_efficient(10, 1).matrix(np.ones(20)),
    "haar": lambda: qt.ansatz.haar(8, 20),
    "generator": lambda: qt.Model(qt.ansatz.haar(8, 9), qt.pauli("Z" * 8)).jacobian(np.ones(9)),
    "limit": lambda: qt.dynamics.asymptotic(qt.Model(haar, qt.pauli("ZIIII")), np.ones(40), y[:20], np.linspace(0, 3, 20),
        states=states),
    "circuits": lambda: [qt.Model(qt.ansatz.hardware_efficient(8, 200), qt.pauli("Z" * 8)) for _ in range(50)],
    "serialize": lambda: qt.Circuit(9).unitary(np.eye(512)).__getstate__(),
    "floor": lambda: qt.convergence.loss_floor(states, y[:20]),
    "average kernel": lambda: qt.capacity.average_kernel(m, X[:20]),
    "lie algebra": lambda: qt.capacity.lie_algebra([qt.pauli(a) for a in ("XIII", "ZZII", "IXXI", "IIZZ", "IIIX")]),
    "polynomial": lambda: landscape.find_minima(qt.Model(qt.ansatz.haar(3, 3), qt.pauli("ZII")), [0.5]),
}
def taken():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
if len(sys.argv) == 1:
    print(json.dumps(list(CALLS)))
    sys.exit()
call, found = CALLS[sys.argv[1]], {"results": 0, "memory errors": 0}
for megabytes in map(float, sys.argv[2:]):
    gc.collect()
    print(megabytes, "MB", file=sys.stderr, flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (taken() + int(megabytes * 1e6), -1))
    try:
        result = call()
        found["results"] += 1
    except MemoryError:
        found["memory errors"] += 1
    finally:
        result = None
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
call()
print(json.dumps(found))
"""


def limited(*arguments: str) -> object:
    """What the program says."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        env=ENVIRONMENT,
    )
    # The call under way stands at the beginning, before what the process had loaded.
    assert done.returncode == 0, (arguments, done.returncode, done.stderr[:4000])
    return json.loads(done.stdout)


def round(number: int, calls: int | None = None) -> dict[str, float]:
    """Some or all calls, each with limits around what calls need."""
    chance = random.Random(number)
    names = limited()
    counts = {"results": 0.0, "memory errors": 0.0}
    for name in chance.sample(names, calls) if calls else names:
        limits = [0.0, *(2 ** chance.uniform(-3, 9) for _ in range(13))]
        for key, value in limited(name, *map(str, limits)).items():
            counts[key] += value
    return counts


PARTS = [
    Part(
        "memory",
        "with a limit on the address space every call ends with its result or a MemoryError",
        2,
        20,
        lambda number: round(number, 4 if number < 2 else None),
    )
]
