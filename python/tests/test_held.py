"""Everything a user holds is copied and pickled with all its bits, or refused with a reason; in other processes too.
Whether two are equal is a yes or a no, never an array's."""

from __future__ import annotations

import copy
import functools
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from plain_bits import bits
from public_names import documented
from qtangent import audit, callbacks, capacity, classical, convergence, datasets, dynamics, landscape

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")
pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

X, Y = np.array([[0.1, 0.2], [0.5, 1.4], [2.0, 0.3], [1.0, 1.0]]), np.array([1.0, -1.0, 1.0, -1.0])
STATES = np.eye(4)[:2]


@functools.cache
def model():
    return qt.Model(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))


@functools.cache
def haar():
    return qt.Model(qt.ansatz.haar(2, 2, seed=1), qt.pauli("ZI"))


@functools.cache
def run():
    return qt.train(model(), Y, X=X, steps=4, record=("predictions", "kernel", "theta"))


@functools.cache
def study():
    return convergence.study(haar(), [1, -1], states=STATES, time=1.0, records=6)


@functools.cache
def diagnosis():
    return qt.diagnose(model(), Y, X=X)


@functools.cache
def minima():
    return landscape.find_minima(haar(), [0.5], starts=20)


@functools.cache
def rate():
    return landscape.success_rate(haar(), [0.5], optimizer=qt.Adam(0.1), starts=5, steps=9)


@functools.cache
def network():
    return classical.TwoLayerNetwork(np.eye(2))


@functools.cache
def descent():
    return network().train(network().initialize(3, seed=1), 0.01, steps=4, record_path=True)


@functools.cache
def report():
    return audit.inspect(model(), theta=np.arange(4.0), X=X, y=np.array([1, -1, 1, -1]))


def trends():
    return capacity.gradient_variance_trend(
        qt.ansatz.hardware_efficient, lambda n: qt.pauli("Z" * n), [2, 3, 4], [1, 2, 3], draws=9
    )


# Class -> what makes one.
CASES: dict[str, Callable[[], object]] = {
    **{
        name: lambda name=name: getattr(qt, name)(0.1)
        for name in ("GradientDescent", "Momentum", "NaturalGradient")
    },
    **{name: lambda name=name: getattr(qt, name)() for name in ("Adam", "RMSProp", "LBFGS")},
    "GradientFlow": lambda: qt.GradientFlow(1.0, 0.1),
    "CosineDecay": lambda: qt.CosineDecay(0.1, 9),
    "ExponentialDecay": lambda: qt.ExponentialDecay(0.1, 0.9, 5),
    "StepDecay": lambda: qt.StepDecay(0.1, 0.5, 3),
    "Angle": lambda: 2 * qt.param(0) * qt.feature(1) + qt.config("key") + 1,
    "Checkpoint": lambda: qt.Checkpoint("run.qtg"),
    "Circuit": lambda: model().circuit,
    "Instruction": lambda: next(iter(model().circuit)),
    "Model": model,
    "NoiseModel": lambda: qt.NoiseModel().add(qt.noise.depolarizing(0.1), "rx"),
    "Observable": lambda: qt.pauli("ZI") + qt.projector("01"),
    "Run": run,
    "Samples": lambda: qt.Samples(X),
    "Term": lambda: next(iter(qt.pauli("ZI").terms)),
    "Estimate": lambda: qt.Model(
        qt.ansatz.hardware_efficient(2, 1).channel(qt.noise.depolarizing(0.3), 0),
        qt.pauli("ZI"),
        method="trajectories",
    ).estimate(np.ones(4), trajectories=9),
    "callbacks.Callback": lambda: callbacks.Callback(),
    "callbacks.EarlyStopping": lambda: callbacks.EarlyStopping(3),
    "callbacks.TimeLimit": lambda: callbacks.TimeLimit(9.0),
    "capacity.AverageKernel": lambda: capacity.average_kernel(model(), X),
    "capacity.EffectiveDimension": lambda: capacity.effective_dimension(model(), X, data_size=99, draws=5),
    "capacity.EntanglingCapability": lambda: capacity.entangling_capability(model(), X[0], draws=5),
    "capacity.Expressibility": lambda: capacity.expressibility(model(), X[0], pairs=9),
    "capacity.GradientVariance": lambda: capacity.gradient_variance(model(), X, draws=5),
    "capacity.GradientVarianceTrend": trends,
    "capacity.LieAlgebra": lambda: capacity.lie_algebra([qt.pauli("XI"), qt.pauli("ZZ")]),
    "capacity.OrbitDimension": lambda: capacity.orbit_dimension(haar(), states=STATES),
    "dynamics.Asymptotic": lambda: dynamics.asymptotic(haar(), [1, 2], [1, -1], [0, 1, 2.0], states=STATES),
    "landscape.Minima": minima,
    "landscape.Basins": lambda: landscape.basins(rate(), minima()),
    "landscape.SuccessRate": rate,
    "landscape.Slice": lambda: landscape.slice(haar(), [0.5], parameters=(0, 1), points=5),
    "landscape.Trigonometric": lambda: landscape.trigonometric(haar()),
    "noise.Channel": lambda: qt.noise.amplitude_damping(0.2),
    "audit.Report": report,
    "classical.Descent": descent,
    "classical.Match": lambda: network().match(descent().W),
    "classical.StudentStudy": lambda: classical.study(network(), descent().W, time=1.0, records=5),
    "classical.TwoLayerNetwork": network,
    "convergence.Study": study,
    "convergence.Curve": lambda: study().actual,
    "convergence.LossFloor": lambda: convergence.loss_floor(STATES, [1, -1]),
    "convergence.Rates": lambda: study().rates,
    "datasets.Dataset": lambda: datasets.from_arrays(np.tile(X, (3, 1)), [0, 1] * 6, n_qubits=2),
    "diagnosis.Diagnosis": diagnosis,
    "diagnosis.Comparison": lambda: qt.diagnosis.Diagnosis.compare([diagnosis()]),
    "sklearn.QNNClassifier": lambda: qt.sklearn.QNNClassifier(layers=1, steps=2).fit(X, [0, 1, 0, 1]),
    "sklearn.QNNRegressor": lambda: qt.sklearn.QNNRegressor(layers=1, steps=2).fit(X, Y),
    "sklearn.TangentKernelClassifier": lambda: qt.sklearn.TangentKernelClassifier().fit(X, [0, 1, 0, 1]),
    "sklearn.TangentKernelRegressor": lambda: qt.sklearn.TangentKernelRegressor().fit(X, Y),
    **{
        f"sklearn.{name}": lambda name=name: getattr(qt.sklearn, name)(model(), np.ones(4))
        for name in ("FidelityKernel", "TangentKernel")
    },
    **{
        f"sklearn.{name}": lambda name=name: getattr(qt.sklearn, name)()
        for name in ("DenseKernel", "RecurrentKernel", "Encoder")
    },
    "sklearn.KernelSearchCV": lambda: qt.sklearn.KernelSearchCV(
        qt.sklearn.TangentKernelClassifier(), {"layers": [1]}
    ),
    "plots.Live": lambda: qt.plots.Live("loss.svg"),
    "diagnosis.Code": lambda: qt.diagnosis.Code("trains"),
    "Interrupted": lambda: qt.Interrupted("stopped", run()),
    "NotIndependentError": lambda: qt.NotIndependentError("no", 1, 2, [3], 4),
    "QasmError": lambda: qt.QasmError("no", 1, 2, "mine.qasm"),
}


def public() -> dict[str, type]:
    return {name.removeprefix("qtangent."): kind for name, kind in documented() if isinstance(kind, type)}


def is_plain(kind: type) -> bool:
    """A record or an error, which Python itself takes apart and puts together."""
    own = [base for base in kind.__mro__ if base.__module__.startswith("qtangent")]
    if any(name in vars(base) for base in own for name in ("__setstate__", "__reduce__")):
        return False
    return is_dataclass(kind) or hasattr(kind, "_fields") or issubclass(kind, Exception)


def filled(kind: type) -> object:
    """A record with an array in every field."""
    if issubclass(kind, Exception):
        return kind("a reason")
    if hasattr(kind, "_fields"):
        return kind(*(np.arange(3.0) + k for k, _ in enumerate(kind._fields)))
    made = object.__new__(kind)
    for k, field in enumerate(fields(kind)):
        object.__setattr__(made, field.name, np.arange(3.0) + k)
    return made


# The annotation of a field that arrays can be in.
ARRAY = re.compile(r"\b(Real|NDArray|Complex)\b")
WAYS: dict[str, Callable[[object], object]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "oldest protocol": lambda value: pickle.loads(pickle.dumps(value, protocol=2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def state(value: object) -> object:
    """Errors by their words and attributes."""
    if isinstance(value, BaseException):
        return type(value).__name__, str(value), bits(vars(value))
    return bits(value)


def test_every_public_class_has_a_case():
    kinds = public()
    assert set(CASES) <= set(kinds)
    missing = [name for name, kind in kinds.items() if name not in CASES and not is_plain(kind)]
    assert missing == []


@pytest.mark.parametrize("name", CASES)
def test_copies_are_equal_to_the_last_bit(name):
    value = CASES[name]()
    assert type(value) is public()[name]
    for way, copied in WAYS.items():
        other = copied(value)
        assert type(other) is type(value), way
        assert state(other) == state(value), way
        assert isinstance(other == value, bool), way


def test_records_and_errors():
    """Also those that are made by long calls alone."""
    for name, kind in public().items():
        if name not in CASES:
            value = filled(kind)
            if isinstance(value, Exception):
                # As tblib, which dask installs, makes them.
                assert state(kind.__new__(kind, *value.args)) == state(value)
            for way, copied in WAYS.items():
                assert state(copied(value)) == state(value), (name, way)
            if is_dataclass(kind) and any(ARRAY.search(str(field.type)) for field in fields(kind)):
                assert isinstance(copy.deepcopy(value) == value, bool), name


OTHER = """
import pickle, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
from test_held import CASES, state
for name, value in pickle.load(sys.stdin.buffer).items():
    # Made anew here; what was sent has the same bits, and so has what goes back.
    assert state(value) == state(CASES[name]()), name
    if hasattr(value, "predict") and name == "Model":
        import numpy as np
        sys.stdout.write(str(float(value.predict(np.ones(4), [[0.1, 0.2]])[0])))
"""


def test_in_another_process():
    sent = {name: CASES[name]() for name in ("Model", "Circuit", "Observable", "Run", "Samples", "noise.Channel",
        "NoiseModel", "classical.Descent", "landscape.Trigonometric", "convergence.LossFloor", "Adam")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(Path(__file__).parent)],
        input=pickle.dumps(sent), capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert float(done.stdout) == model().predict(np.ones(4), [[0.1, 0.2]])[0]
