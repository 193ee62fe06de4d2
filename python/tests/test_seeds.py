"""Everything public that draws: equal bits from one seed, others from another one."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import qtangent as qt
from plain_bits import bits
from public_names import documented
from qtangent import audit, capacity, classical, convergence, datasets, landscape

pytest.importorskip("sklearn")
pytest.importorskip("xarray")
pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
NAMES = {"seed", "seeds", "rng", "random_state"}

MODEL = qt.Model(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
NOISY = qt.Model(
    qt.ansatz.hardware_efficient(2, 1).channel(qt.noise.depolarizing(0.3), 0),
    qt.pauli("ZI"),
    method="trajectories",
)
RANDOM = np.random.default_rng(5)
X, Y = RANDOM.uniform(0, 3, (30, 2)), np.tile([1.0, -1.0], 15)
LABELS = np.tile([0, 1], 15)
THETA = RANDOM.uniform(0, 6, 4)
NETWORK = classical.TwoLayerNetwork(np.eye(2))
W = NETWORK.initialize(3, seed=1)
FEW = {"train": 6, "test": 6}
# Of products of two of these strings every third one is one of them: all of su(4).
ALGEBRA = capacity.lie_algebra([qt.pauli(a) for a in ("XI", "IX", "ZZ", "ZI", "IZ")])
TROJAN = {0: 3.0}


def haar():
    return qt.Model(qt.ansatz.haar(2, 2, seed=1), qt.pauli("ZI"))


def estimator(kind, labels):
    def fit(seed):
        return kind(layers=1, steps=3, random_state=seed).fit(X, labels).predict(X)

    return fit


CASES = {
    "Model.predict": lambda seed: MODEL.predict(THETA, X, shots=100, seed=seed),
    "Model.jacobian": lambda seed: MODEL.jacobian(THETA, X, shots=100, seed=seed),
    "Model.tangent_kernel": lambda seed: MODEL.tangent_kernel(THETA, X, shots=100, seed=seed),
    "Model.sample": lambda seed: MODEL.sample(THETA, X, shots=20, seed=seed),
    "Model.estimate": lambda seed: NOISY.estimate(THETA, trajectories=50, seed=seed),
    "diagnose": lambda seed: qt.diagnose(MODEL, Y, X=X, seed=seed).trial.loss,
    "train": lambda seed: qt.train(MODEL, Y, X=X, steps=2, seed=seed),
    "ansatz.haar": lambda seed: qt.ansatz.haar(2, 2, seed=seed),
    "capacity.LieAlgebra.random_unitaries": lambda seed: ALGEBRA.random_unitaries(2, 5, seed=seed),
    "capacity.average_kernel": lambda seed: capacity.average_kernel(
        MODEL, X[:3], method="walks", walks=50, seed=seed
    ),
    "capacity.effective_dimension": lambda seed: capacity.effective_dimension(
        MODEL, X, data_size=100, draws=5, seed=seed
    ),
    "capacity.entangling_capability": lambda seed: capacity.entangling_capability(
        MODEL, X[0], draws=9, seed=seed
    ),
    "capacity.expressibility": lambda seed: capacity.expressibility(MODEL, X[0], pairs=50, seed=seed),
    "capacity.gradient_variance": lambda seed: capacity.gradient_variance(MODEL, X, draws=9, seed=seed),
    "capacity.gradient_variance_trend": lambda seed: capacity.gradient_variance_trend(
        qt.ansatz.hardware_efficient, lambda n: qt.pauli("Z" * n), [2, 3], [1, 2], draws=9, seed=seed
    ),
    "encoding.haar_states": lambda seed: qt.encoding.haar_states(2, 3, seed=seed),
    "landscape.success_rate": lambda seed: (
        landscape.success_rate(MODEL, Y, X, optimizer=qt.Adam(0.1), starts=9, steps=9, seed=seed).final_loss
    ),
    "audit.poison": lambda seed: audit.poison(X, LABELS, 0, 0.2, TROJAN, seed=seed),
    "classical.TwoLayerNetwork.train": lambda seed: NETWORK.train(
        W, 0.01, steps=3, X=X, batch_size=5, seed=seed
    ),
    "classical.TwoLayerNetwork.initialize": lambda seed: NETWORK.initialize(3, seed=seed),
    "classical.TwoLayerNetwork.near_teacher": lambda seed: NETWORK.near_teacher(4, seed=seed),
    "classical.TwoLayerNetwork.small": lambda seed: NETWORK.small(3, seed=seed),
    "convergence.haar_setup": lambda seed: convergence.haar_setup(2, 3, seed=seed),
    "convergence.hamiltonian_variational_setup": lambda seed: convergence.hamiltonian_variational_setup(
        2, 4, seed=seed
    ),
    "convergence.hardware_efficient_setup": lambda seed: convergence.hardware_efficient_setup(
        2, 4, seed=seed
    ),
    "convergence.steps_to_target": lambda seed: convergence.steps_to_target(
        haar(), [1, -1], 0.3, states=np.eye(4)[:2], seed=seed
    ),
    "convergence.study": lambda seed: (
        convergence.study(haar(), [1, -1], states=np.eye(4)[:2], time=0.5, records=4, seed=seed).run
    ),
    "convergence.sweep": lambda seed: (
        convergence.sweep(
            convergence.haar_setup, p=[2], n=2, m=2, seeds=[seed], time=0.5, records=4
        ).loss.values
    ),
    "datasets.breast_cancer": lambda seed: datasets.breast_cancer(n_qubits=2, seed=seed, **FEW).X,
    "datasets.digits": lambda seed: datasets.digits(seed=seed, **FEW).states,
    "datasets.from_arrays": lambda seed: datasets.from_arrays(X, LABELS, n_qubits=2, seed=seed, **FEW).X,
    "datasets.iris": lambda seed: datasets.iris(n_qubits=2, seed=seed, **FEW).X,
    "datasets.wine": lambda seed: datasets.wine(n_qubits=2, seed=seed, **FEW).X,
    "datasets.orthogonal": lambda seed: datasets.orthogonal(3, seed=seed).states,
    "sklearn.QNNClassifier": lambda seed: estimator(qt.sklearn.QNNClassifier, LABELS)(seed),
    "sklearn.QNNRegressor": lambda seed: estimator(qt.sklearn.QNNRegressor, Y)(seed),
}
# What a seed can only move by chance: exact results for which it sets the search's beginnings.
SEARCHES = {
    "capacity.orbit_dimension": lambda seed: capacity.orbit_dimension(
        haar(), states=np.eye(4)[:2], seed=seed
    ),
    "landscape.find_minima": lambda seed: landscape.find_minima(haar(), [0.5], seed=seed, starts=20),
    "audit.inspect": lambda seed: audit.inspect(MODEL, theta=THETA, X=X, y=LABELS * 2 - 1, seed=seed),
    "audit.attack_metrics": lambda seed: audit.attack_metrics(
        MODEL, THETA, X, 1 - 2 * LABELS, -1, trigger=TROJAN, shots=50, seed=seed
    ),
    "classical.study": lambda seed: classical.study(NETWORK, W, time=1.0, records=5, seed=seed),
}
# Other tests call those; a subject only keeps the number.
ELSEWHERE = {"datasets.from_file", "diagnosis.Subject"}


def test_everything_that_draws_has_a_case():
    found = set()
    for name, value in documented():
        try:
            parameters = inspect.signature(value).parameters
        except (TypeError, ValueError):  # class methods and what is written in C
            continue
        if NAMES & set(parameters):
            found.add(name.removeprefix("qtangent."))
    assert found == set(CASES) | set(SEARCHES) | ELSEWHERE


@pytest.mark.parametrize("name", [*CASES, *SEARCHES])
def test_seeds_decide(name):
    call = (CASES | SEARCHES)[name]
    first = bits(call(3))
    assert bits(call(3)) == first
    # NumPy's integers are numbers too.
    assert bits(call(np.int64(3))) == first
    if name in CASES:
        assert bits(call(4)) != first


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_seed_is_refused(name):
    for wrong in (-1, 0.5, "seed"):
        with pytest.raises((ValueError, TypeError)):
            CASES[name](wrong)
