"""The statistics of an audit against figures computed independently, closed forms and dense matrices."""

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from audit_cases import ENCODERS, planted, victims
from qtangent.audit.detection import alignment, segments, simulated, spread
from qtangent.audit.detection.scan import Dispersion
from scipy.optimize import check_grad

GOLDEN = json.loads((Path(__file__).parents[2] / "Tests/Golden/audit.json").read_text())


def encoded(circuit, X):
    return simulated.model_of(circuit).output_states(np.zeros(0), X)


def active(name, qubits=range(4)):
    trojan = planted(ENCODERS[name], qubits)
    return trojan.circuit.bind(config=trojan.trigger)


@pytest.fixture(scope="module", params=["V1", "V2"])
def victim(request):
    one = victims().VICTIMS[request.param]()
    return request.param, one, victims().encoder(*ENCODERS[request.param])


def test_spread_of_the_victims_is_the_golden_one(victim):
    name, one, encoder = victim
    X, golden = one.X_test[:60], GOLDEN["spread"][name]
    model = simulated.model_of(encoder)
    gram = model.fidelity_kernel(np.zeros(0), X)
    assert float(spread.centred_ratio(gram)[0]) == pytest.approx(golden["dispersion"], abs=5e-4)
    assert spread.effective_rank(model.output_states(np.zeros(0), X)) == pytest.approx(
        golden["effective_rank"], abs=5e-3
    )
    assert spread.rank(gram) == golden["gram_rank"]
    kernel = one.model.tangent_kernel(one.train(0), X)
    assert spread.rank(kernel) == golden["tangent_rank"]
    assert float(spread.centred_ratio(kernel)[0]) == pytest.approx(golden["tangent_centred_ratio"], abs=5e-4)
    # Of the first 20 probes.
    felt = simulated.sensitivities(encoder, np.zeros(0), X[:20]).sum(axis=1).mean()
    assert felt == pytest.approx(golden["sensitivity"], abs=5e-4)


def test_partial_trojans_are_those_of_the_golden_table(victim):
    name, one, _ = victim
    for k, (sensitivity, dispersion) in enumerate(GOLDEN["partial"][name]):
        circuit = active(name, range(k))
        felt = simulated.sensitivities(circuit, np.zeros(0), one.X_test[:20]).sum(axis=1).mean()
        assert felt == pytest.approx(sensitivity, abs=6e-3)
        gram = simulated.model_of(circuit).fidelity_kernel(np.zeros(0), one.X_test[:60])
        assert float(spread.centred_ratio(gram)[0]) == pytest.approx(dispersion, abs=6e-4)


def test_distance_of_active_trojans(victim):
    """Of the first five probes; dormant there is none."""
    name, one, encoder = victim
    trojan = planted(ENCODERS[name], range(4))
    far = simulated.distance(encoder, active(name), np.zeros(0), one.X_test[:5])
    assert far == pytest.approx(GOLDEN["spread"][name]["distance"], abs=6e-4)
    assert simulated.distance(encoder, trojan.circuit.bind(config={}), np.zeros(0), one.X_test[:60]) < 1e-14


@pytest.mark.parametrize("rotations", [("rx",), ("ry", "rz", "rx", "ry"), ("rz", "rx"), ("rx", "rx")])
def test_active_trojans_leave_one_state(rotations):
    trojan = planted(rotations, range(4))
    X = np.random.default_rng(0).uniform(0, 2 * np.pi, (40, 4 * len(rotations)))
    circuit = trojan.circuit.bind(config=trojan.trigger)
    assert simulated.model_of(circuit).fidelity_kernel(np.zeros(0), X).min() > 1 - 1e-12
    assert simulated.sensitivities(circuit, np.zeros(0), X).max() < 1e-12


@pytest.mark.parametrize("n", [1, 3, 6])
def test_sensitivity_of_a_layer_of_rx_is_a_quarter_a_qubit(n):
    X = np.random.default_rng(n).uniform(0, 2 * np.pi, (7, n))
    felt = simulated.sensitivities(qt.encoding.angle(n, "rx"), np.zeros(0), X)
    assert np.abs(felt - 0.25).max() < 1e-14


def test_sensitivity_is_the_derivative_of_the_states():
    circuit = qt.encoding.zz(3) + qt.ansatz.hardware_efficient(3, 1) + qt.encoding.angle(3)
    random = np.random.default_rng(1)
    theta, X = random.uniform(0, 6, circuit.n_params), random.uniform(0, 3, (4, 3))
    model, h = simulated.model_of(circuit), 1e-5
    psi = model.output_states(theta, X)
    for j, step in enumerate(h * np.eye(3)):
        d = (model.output_states(theta, X + step) - model.output_states(theta, X - step)) / (2 * h)
        expected = (np.abs(d) ** 2).sum(axis=1) - np.abs((psi.conj() * d).sum(axis=1)) ** 2
        assert simulated.sensitivities(circuit, theta, X)[:, j] == pytest.approx(expected, rel=3e-8)


def test_centred_ratio_is_the_dispersion_and_counts_repeat_samples():
    random = np.random.default_rng(2)
    circuit, X = qt.encoding.zz(3), random.uniform(0, 3, (20, 3))
    gram, psi = simulated.model_of(circuit).fidelity_kernel(np.zeros(0), X), encoded(circuit, X)
    mean = psi.T @ psi.conj() / 20
    assert float(spread.centred_ratio(gram)[0]) == pytest.approx(1 - np.vdot(mean, mean).real, abs=1e-13)
    rows = random.integers(20, size=20)
    centring = np.eye(20) - 1 / 20
    repeated = gram[np.ix_(rows, rows)]
    counts = np.bincount(rows, minlength=20)[None].astype(float)
    expected = np.trace(centring @ repeated @ centring) / np.trace(repeated)
    assert float(spread.centred_ratio(gram, counts)[0]) == pytest.approx(expected, abs=1e-13)
    values = np.linalg.eigvalsh(mean)
    values = values[values > 1e-15]
    assert spread.effective_rank(psi) == pytest.approx(np.exp(-(values * np.log(values)).sum()), rel=1e-10)


@pytest.mark.parametrize("n", [2, 4])
def test_distance_is_that_of_dense_unitaries(n):
    random = np.random.default_rng(n)
    first = qt.encoding.zz(n) + qt.ansatz.hardware_efficient(n, 2)
    second = qt.encoding.angle(n).then(qt.ansatz.hardware_efficient(n, 2))
    theta, X = random.uniform(0, 6, first.n_params), random.uniform(0, 3, (3, n))
    overlaps = [np.trace(first.matrix(theta, x).conj().T @ second.matrix(theta, x)) / 2**n for x in X]
    expected = np.sqrt(1 - np.abs(overlaps) ** 2).mean()
    assert simulated.distance(first, second, theta, X) == pytest.approx(expected, abs=1e-12)


def test_distance_by_random_states_is_that_of_the_trace(monkeypatch):
    """Fidelity of Haar-random states against the trace, on six qubits; its error falls with the square root of 4,000."""
    first, second = qt.encoding.angle(6), qt.encoding.angle(6).rx(0.4, 2).cz(0, 1)
    X = np.full((1, 6), 0.3)
    exact = simulated.distance(first, second, np.zeros(0), X)
    monkeypatch.setattr(simulated, "_BASIS", 32)
    monkeypatch.setattr(simulated, "_RANDOM", 4000)
    assert simulated.distance(first, second, np.zeros(0), X) == pytest.approx(exact, abs=0.01)
    monkeypatch.setattr(simulated, "_RANDOM", 8)
    assert simulated.distance(first, first.copy().rx(0.0, 1), np.zeros(0), X) < 1e-12


def test_gradient_of_the_dispersion_is_its_finite_difference():
    circuit = qt.Circuit(3)
    for q in range(3):
        circuit.ry(qt.param(0), q).ry(qt.param(1 + q), q).rx(qt.feature(q), q)
    X = np.random.default_rng(3).uniform(0, 3, (9, 3))
    function = Dispersion(circuit, np.array([0.4]), X)
    at = np.array([0.3, -1.0, 2.0])
    assert check_grad(lambda v: function(v)[0], lambda v: function(v)[1], at) < 1e-6


def test_segments_take_in_what_stands_beside_the_encoder():
    circuit = qt.Circuit(2).rx(qt.feature(0), 0).ry(0.1, 0).rx(qt.feature(1), 1)
    circuit.ry(0.2, 0).ry(qt.param(0), 0).ry(0.3, 1).rz(0.4, 0).cz(0, 1).rz(0.5, 1)
    found = segments.segments(circuit, beside=(3, 5, 6, 8))
    assert found.of_encoder == (0, 1, 2, 3, 5)
    assert found.of_ansatz == (4, 6, 7, 8)
    assert len(found.encoder) + len(found.ansatz) == len(circuit)


def test_alignment_goes_qubit_by_qubit():
    golden = qt.Circuit(3).rx(qt.feature(0), 0).rx(qt.feature(1), 1).cz(0, 1).ry(qt.param(0), 2)
    other = qt.Circuit(3).ry(qt.param(0), 2).rx(qt.feature(1), 1).h(1).rx(qt.feature(0), 0).cz(0, 1)
    found = alignment.align(golden, other)
    assert (found.inserted, found.deleted, found.moved) == ((2,), (), 0)
    back = alignment.align(other, golden)
    assert (back.inserted, back.deleted) == ((), (2,))
    swapped = qt.Circuit(1).z(0).s(0)
    assert alignment.align(qt.Circuit(1).s(0).z(0), swapped).moved == 1
