"""Calls that go from one native call to the next in Python, between which a signal may come too."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import qtangent as qt
from qtangent import audit, capacity, classical, convergence, landscape
from qtangent.report import write_report

from .case import Case, features, problem, random_state
from .landscapes import small

BONDS = [qt.pauli("I" * q + "ZZ" + "I" * (5 - q)) for q in range(6)]
FIELDS = [qt.pauli("I" * q + "X" + "I" * (6 - q)) for q in range(7)]


def sweep():
    """The points."""

    def call():
        found = convergence.sweep(
            convergence.haar_setup, p=[10, 20], n=2, m=4, seeds=6, time=4.0, dt=0.02, records=10
        )
        return found["loss"].values

    return call, ()


def study():
    """A training and its theory."""
    model, theta, samples, y = problem(8, 12, 64)

    def call():
        found = convergence.study(model, y, X=samples, theta=theta, time=40.0, records=200)
        return found.actual.loss, found.kernel_regression.loss

    return call, (theta, y)


def saved():
    """The figures and the page of a study."""
    model, theta, samples, y = problem(3, 4, 6)
    with tempfile.TemporaryDirectory() as name:
        convergence.study(model, y, X=samples, theta=theta, time=2.0, records=30).save(name)
        files = {
            path.relative_to(name): path.read_bytes() for path in Path(name).rglob("*") if path.is_file()
        }

    def call():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "mine"
            for path, content in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            return len(write_report([folder], [("mine", "yes")])) > 1000

    return call, ()


def diagnosed():
    """A training, and all sections."""
    model, theta, X = features(5, 4, 24, 5)
    y = np.where(np.arange(24) % 2, 0.5, -0.5)

    def call():
        found = qt.diagnosis.diagnose(model, y, X=X, theta=theta)
        return found.verdict, found.sentence

    return call, (theta, X, y)


def inspected():
    """The seven tests."""
    circuit = qt.encoding.angle(6) + qt.ansatz.hardware_efficient(6, 6)
    model = qt.Model(circuit, qt.pauli("ZIIIII"))
    theta, X = random_state(1).uniform(0, 6, model.n_params), random_state(2).uniform(0, np.pi, (2000, 6))
    y = np.sign(model.predict(theta, X))
    return lambda: audit.inspect(model, model, theta, X, y).verdict, (theta, X, y)


def minima():
    """Search and certificates."""
    model, X, y = small(5)
    return lambda: landscape.find_minima(model, y, X, starts=400, boxes=0).loss, (X, y)


def sliced():
    """A plane of points."""
    model, X, y = small(8)
    return lambda: landscape.slice(model, y, X, parameters=(0, 1), centre=np.ones(8), points=301).loss, (X, y)


def coefficients():
    """The grid of the coefficients."""
    model, X, _ = small(11, 4)
    return lambda: landscape.trigonometric(model, X).coefficients, (X,)


def hard():
    """Duals, boosted."""
    circuit = qt.ansatz.haar(3, 3, seed=1)
    observable = qt.pauli("ZII")
    return lambda: landscape.hard_dataset(circuit, observable, boost=True).labels, ()


def drawn(name: str, **options: object):
    """A mean over random parameters."""

    def make():
        model, _, X = features(5, 4, 20, 5)

        def call():
            found = getattr(capacity, name)(model, X, **options)
            return found.value if hasattr(found, "value") else found.variance

        return call, (X,)

    return make


def algebra():
    """Commutators until nothing is new."""
    generators = [sum(one.matrix() for one in BONDS), sum(one.matrix() for one in FIELDS), FIELDS[0].matrix()]
    return lambda: capacity.lie_algebra(generators).dimension, tuple(generators)


def students():
    """A descent and its kernels."""
    network = classical.TwoLayerNetwork(np.eye(8))
    start = network.initialize(60, seed=1)
    return lambda: classical.study(network, start, time=300.0, records=200).run.loss, (start,)


def fitted(name: str, **options: object):
    """An estimator."""

    def make():
        import qtangent.sklearn as estimators

        random = random_state(1)
        X, y = random.uniform(-1, 1, (400, 4)), random.uniform(-1, 1, 400)
        return lambda: getattr(estimators, name)(**options).fit(X, y).predict(X), (X, y)

    return make


def trajectories(channel: qt.Channel, count: int):
    """Noisy states, drawn."""

    def make():
        circuit = qt.ansatz.hardware_efficient(6, 3)
        for q in range(6):
            circuit.channel(channel, q)
        circuit += qt.ansatz.hardware_efficient(6, 3)
        model = qt.Model(circuit, qt.pauli("Z" * 6), method="trajectories")
        theta = random_state(1).uniform(0, 6, model.n_params)
        return lambda: model.predict(theta, trajectories=count, seed=1), (theta,)

    return make


CASES = [
    Case("trajectories: frames", trajectories(qt.noise.depolarizing(0.1), 2_000_000), loops=True),
    Case("trajectories: jumps", trajectories(qt.noise.amplitude_damping(0.1), 1_500_000), loops=True),
    Case("a sweep", sweep, loops=True),
    Case("a study", study, loops=True),
    Case("a report", saved, loops=True),
    Case("a diagnosis", diagnosed, loops=True),
    Case("an audit", inspected, loops=True),
    Case("minima", minima, loops=True),
    Case("a slice", sliced, loops=True),
    Case("coefficients", coefficients, loops=True),
    Case("a hard data set", hard, loops=True),
    Case("effective dimension", drawn("effective_dimension", data_size=1000, draws=1500), loops=True),
    Case("gradient variance", drawn("gradient_variance", draws=40_000), loops=True),
    Case("a Lie algebra", algebra, loops=True),
    Case("students", students, loops=True),
    Case("a fitted network", fitted("QNNRegressor", random_state=0, steps=4000), loops=True),
    Case("a fitted kernel", fitted("TangentKernelRegressor"), loops=True),
]
