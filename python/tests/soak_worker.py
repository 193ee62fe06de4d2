"""Mixed calls for so many seconds, in a process of its own: memory stays, and no handle is left.

soak_worker.py SECONDS
"""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import gc
import json
import os
import pickle
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import qtangent as qt
from audit_cases import planted
from landscape_cases import everything
from qasm_programs import random_program
from qtangent import classical, landscape
from qtangent._native import call
from qtangent.convergence import haar_setup, sweep
from random_circuits import reuploading

KINDS = 5
# Rounds until caches are full and the allocator has what it keeps, those of every kind among them.
WARM = 2 * KINDS + 1
# Of the seconds that are counted, at most 300.
WARM_SHARE = 0.4


class Late(Exception):
    """What a handler of signals raises."""


def late(*_):
    raise Late


def training(kind):
    model, theta, X = reuploading(kind)
    y = np.tile([0.5, -0.5], (len(X), 1))
    optimizer = [qt.Adam(0.01), qt.GradientDescent(0.01), qt.LBFGS(), qt.Momentum(0.01), qt.RMSProp(0.01)][
        kind
    ]
    path = Path("run.qtg")
    path.unlink(missing_ok=True)
    run = qt.train(
        model, y, X=X, theta=theta, steps=20, optimizer=optimizer, record=["loss", "theta"], checkpoint=path
    )
    again = qt.resume(path, 10)
    run.save("other")
    assert qt.Run.load("other").n_steps == 20
    assert pickle.loads(pickle.dumps(again)).n_steps == 30


def values(kind):
    model, theta, X = reuploading(kind)
    model.jacobian(theta, X, wrt="X")
    model.tangent_kernel(theta, X, full=True)
    model.fisher_information(theta, X[0])
    model.hessian(theta, X)
    model.predict(theta, X, shots=100, seed=kind)
    model.sample(theta, X, shots=10, seed=kind)
    model.circuit.draw("svg")


def channels(kind):
    model, theta, X = reuploading(kind)
    circuit = model.circuit.copy().channel(qt.noise.amplitude_damping(0.1), 0)
    noisy = qt.Model(circuit, model.observable)
    noisy.jacobian(theta, X)
    noisy.prediction_variance(theta, X, shots=10)


def points(kind):
    with tempfile.TemporaryDirectory(dir=".") as folder:
        sweep(
            haar_setup, p=[10], n=2, m=4, seeds=2, time=1.0, dt=0.02, records=5, path=f"{folder}/points"
        ).close()


def landscapes(kind):
    model = everything()
    X, y = np.array([[0.1 * kind]]), np.zeros((1, 2))
    landscape.slice(model, y, X, parameters=[0, 1], centre=np.zeros(3), points=5)
    landscape.find_minima(model, y, X, starts=2, seed=kind)
    landscape.trigonometric(model, X).loss(np.zeros((1, 3)), y)


def networks(kind):
    network = classical.TwoLayerNetwork(np.eye(3))
    run = network.train(network.initialize(8, seed=kind), 0.01, steps=20, record_path=True)
    assert pickle.loads(pickle.dumps(run)).n_steps == 20
    classical.recurrent_ntk([np.ones((3, 2)), np.zeros((4, 2))])
    classical.dense_ntk(np.eye(4), depth=2)


def audits(kind):
    trojan = planted(("rx",), (0, 2), body=qt.ansatz.hardware_efficient(4, 1))
    qt.audit.inspect(trojan.circuit, config=trojan.trigger, shots=20, seed=kind)


def programs(kind):
    circuit = qt.Circuit.from_qasm(random_program(kind).text)
    with contextlib.suppress(qt.QTangentError):
        circuit.to_qasm()
    with contextlib.suppress(qt.QasmError):
        qt.Circuit.from_qasm(random_program(kind).text + "rx(")
        raise AssertionError("a broken program was read")


def diagnoses(kind):
    model, theta, X = reuploading(0)
    qt.diagnose(model, np.tile([0.5, -0.5], (len(X), 1)), X=X, theta=theta + 0.1 * kind)


def interrupts(kind):
    """A training that a signal ends at some moment."""
    model = qt.Model(qt.ansatz.hardware_efficient(6, 3), qt.pauli("ZIIIII"))
    signal.signal(signal.SIGALRM, late)
    with contextlib.suppress(Late):
        signal.setitimer(signal.ITIMER_REAL, 0.003 * (kind + 1))
        try:
            qt.train(model, [1.0], steps=10**7, record_every=10**6)
            raise AssertionError("the signal did not come")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def refusals(kind):
    """What is wrong leaves nothing behind."""
    model, theta, X = reuploading(kind)
    for wrong in (
        lambda: model.predict(theta[1:], X),
        lambda: model.jacobian(theta * np.nan, X),
        lambda: qt.train(model, np.zeros(3), X=X, steps=1),
        lambda: qt.Run.load("no such file"),
        lambda: qt.Circuit(2).rx(0.1, 5),
    ):
        try:
            wrong()
        except qt.QTangentError:
            continue
        raise AssertionError("nothing was refused")


WORK = [
    training, values, channels, points, landscapes, networks, audits, programs, diagnoses, interrupts, refusals,
]  # fmt: skip


def resident():
    """Bytes, of everything in the process."""
    with open("/proc/self/status", encoding="ascii") as status:
        return 1024 * int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def handles():
    # A thread whose call has ended holds what it needed until it has ended too.
    while _thread._count():
        time.sleep(0.001)
    gc.collect()
    count = ctypes.c_int64()
    call("qtg_handle_count", ctypes.byref(count))
    return count.value


def main():
    warnings.simplefilter("ignore")
    seconds = float(sys.argv[1])  # of what is counted, after the rounds that warm up
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        began, warm, held, rounds = time.monotonic(), None, 0, 0
        while warm is None or time.monotonic() - began < seconds:
            for work in WORK:
                # They take as long as all others.
                if work is diagnoses and rounds % KINDS:
                    continue
                work(rounds // KINDS % KINDS if work is diagnoses else rounds % KINDS)
                done[work.__name__] += 1
            rounds += 1
            if rounds >= WARM and warm is None and time.monotonic() - began > WARM_SHARE * min(seconds, 300):
                # Among what is cached is an observable of the gates of OpenQASM.
                held, warm, began = handles(), resident(), time.monotonic()
        os.chdir("/")
    left = handles() - held
    now = resident()
    print(json.dumps({"calls": sum(done.values()), "warm": warm, "end": now, "handles": left}))


if __name__ == "__main__":
    main()
