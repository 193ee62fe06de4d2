"""Trainings and what is told before and after them."""

from __future__ import annotations

import pickle

import numpy as np
import qtangent as qt
from qtangent.classical import TwoLayerNetwork

from .case import Case, features, problem, random_state


def training(optimizer: qt.training.Optimizer, n: int, layers: int, m: int, steps: int, **options: object):
    """A training on features."""

    def make():
        model, theta, X = features(n, layers, m, n)
        y = np.where(np.arange(m) % 2, 0.5, -0.5)

        def call():
            run = qt.train(model, y, X=X, theta=theta, optimizer=optimizer, steps=steps, **options)
            return run.loss, run.theta[-1]

        return call, (X, y, theta)

    return make


def floor():
    model, theta, samples, y = problem(9, 3, 400)
    empty = qt.train(model, y, X=samples, theta=theta, steps=0)
    held = pickle.dumps(empty)
    return lambda: pickle.loads(held).loss_floor, (theta, y)


def told():
    """What is told of the data before the first step."""
    model, theta, samples, y = problem(9, 3, 400)
    return lambda: qt.train(model, y, X=samples, theta=theta, steps=0).loss, (theta, y)


def students():
    random = random_state(1)
    network = TwoLayerNetwork(np.eye(20))
    starts = random.normal(size=(40, 100, 20)) / 10

    def call():
        return network.train(starts, 1e-3, steps=1000, record_every=100).loss

    return call, (starts,)


RECORD = ("loss", "theta")
CASES = [
    Case("qtg_run_advance", training(qt.Adam(0.01), 8, 6, 100, 1500, record=RECORD, record_every=10)),
    Case(
        "qtg_run_advance: few large steps", training(qt.GradientDescent(0.01), 8, 60, 2000, 2, record=RECORD)
    ),
    Case("qtg_run_advance: L-BFGS", training(qt.LBFGS(), 8, 6, 200, 300, record=RECORD)),
    Case("qtg_run_advance: flow", training(qt.GradientFlow(1.0, 0.05), 8, 6, 100, 90, record=RECORD)),
    Case(
        "qtg_run_advance: natural gradient", training(qt.NaturalGradient(0.01), 7, 5, 60, 150, record=RECORD)
    ),
    Case(
        "qtg_run_advance: kernels",
        training(qt.Adam(0.01), 8, 8, 300, 150, record=("loss", "theta", "kernel")),
    ),
    Case("qtg_run_advance: students", students),
    Case("qtg_run_loss_floor", floor),
    Case("qtg_run_warnings", told),
]
