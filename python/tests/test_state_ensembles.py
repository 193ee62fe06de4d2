"""Expressibility and entangling capability: closed forms, dense states, and Haar-random states themselves."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.capacity import entangling_capability, expressibility
from qtangent.capacity.ensemble import draws as drawing
from qtangent.capacity.ensemble.draws import Draws
from qtangent.capacity.ensemble.entangling import meyer_wallach
from reference import Reference


def model(circuit):
    return qt.Model(circuit, qt.pauli("Z" + "I" * (circuit.n_qubits - 1)))


def layers(circuit):
    """Two layers with a shared parameter on three qubits; the same on the dense reference."""
    for l in range(2):
        for q in range(3):
            circuit.rx(qt.param(3 * l + q), q).rz(qt.param(6 + q), q)
        circuit.cx(0, 1).cz(1, 2)
    return circuit


def test_fidelities_are_those_of_dense_states():
    one = model(layers(qt.Circuit(3)))
    found = expressibility(one, pairs=6, bins=4, seed=5)
    theta = Draws(one, 12, 5).all()
    states = [layers(Reference(3)).matrix(values)[:, 0] for values in theta]
    expected = [abs(np.vdot(states[2 * k], states[2 * k + 1])) ** 2 for k in range(6)]
    np.testing.assert_allclose(found.fidelities, expected, atol=1e-13)
    np.testing.assert_allclose(found.shares, np.histogram(expected, 4, (0, 1))[0] / 6)
    edges = np.linspace(0, 1, 5)
    np.testing.assert_allclose(found.haar_shares, (1 - edges[:-1]) ** 7 - (1 - edges[1:]) ** 7, atol=1e-14)
    pairs = zip(found.shares, found.haar_shares, strict=True)
    assert found.value == pytest.approx(sum(p * np.log(p / q) for p, q in pairs if p))


def test_one_state_alone():
    """All fidelities are 1: the last bin has Haar's share (1/bins)^(d-1)."""
    found = expressibility(model(qt.Circuit(2).rz(qt.param(0), 0)), pairs=100)
    assert found.value == pytest.approx(3 * np.log(75))
    wide = expressibility(model(qt.Circuit(12).rz(qt.param(0), 0)), pairs=10)
    assert wide.value == pytest.approx(4095 * np.log(75))


def test_a_circle_of_states():
    """H and RZ: the fidelity cos^2 of a uniform angle has the distribution (2/pi) arcsin sqrt(F)."""
    found = expressibility(model(qt.Circuit(1).h(0).rz(qt.param(0), 0)), pairs=200_000, seed=2)
    edges = np.linspace(0, 1, 76)
    shares = np.diff(2 / np.pi * np.arcsin(np.sqrt(edges)))
    exact = float(np.sum(shares * np.log(shares * 75)))
    error = np.sqrt((shares @ np.log(shares * 75) ** 2 - exact**2) / 200_000)
    assert abs(found.value - exact - 74 / 400_000) < 4 * error


@pytest.mark.parametrize(("n", "pairs"), [(1, 5000), (2, 400), (4, 5000)])
def test_the_bias_is_the_mean_for_haar_random_states(n, pairs):
    found = expressibility(model(qt.Circuit(n).ry(qt.param(0), 0)), pairs=pairs)
    random, d = np.random.default_rng(1), 2**n
    values = []
    for _ in range(300):
        # A Haar-random fidelity is Beta(1, d - 1).
        counts = np.histogram(random.beta(1, d - 1, pairs), 75, (0, 1))[0]
        kept = counts > 0
        values.append(np.sum(counts[kept] / pairs * np.log(counts[kept] / pairs / found.haar_shares[kept])))
    assert abs(np.mean(values) - found.bias) < 4 * np.std(values) / np.sqrt(300)
    low, high = found.haar_interval
    assert 0.9 < np.mean([low <= value <= high for value in values]) < 0.99
    if n == 1:
        assert found.bias == pytest.approx(74 / (2 * pairs), rel=0.05)


def test_a_deep_circuit_is_taken_for_haar_random():
    low, high = (
        found := expressibility(model(qt.ansatz.strongly_entangling(3, 8)), pairs=2000)
    ).haar_interval
    assert low <= found.value <= high
    shallow = expressibility(model(qt.ansatz.strongly_entangling(3, 1)), pairs=2000)
    assert shallow.value > 3 * high


def test_the_measure_is_that_of_reduced_density_matrices():
    for n in (1, 2, 4):
        states = qt.encoding.haar_states(n, 5, orthogonal=False, seed=n)
        for state, measure in zip(states, meyer_wallach(states), strict=True):
            tensor, purities = state.reshape([2] * n), []
            for q in range(n):
                rest = [k for k in range(n) if k != q]
                rho = np.tensordot(tensor, tensor.conj(), (rest, rest))
                purities.append(np.trace(rho @ rho).real)
            assert measure == pytest.approx(2 * (1 - np.mean(purities)), abs=1e-13)


def test_entangling_capability():
    """RY and CX make cos|00> + sin|11>, whose measure is sin^2 of the angle."""
    pair = model(qt.Circuit(2).ry(qt.param(0), 0).cx(0, 1))
    found = entangling_capability(pair, draws=4000, seed=1)
    assert found.measures.shape == (4000,)
    np.testing.assert_allclose(found.measures, np.sin(Draws(pair, 4000, 1).all()[:, 0]) ** 2, atol=1e-13)
    assert found.interval[0] < 0.5 < found.interval[1]
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * np.sqrt(1 / 8 / 4000), rel=0.05)
    product = entangling_capability(model(qt.Circuit(3).ry(qt.param(0), 0).rx(qt.param(1), 2)), draws=20)
    np.testing.assert_allclose(product.measures, 0, atol=1e-14)


def test_haar_random_states_have_the_measure_that_is_told():
    states = qt.encoding.haar_states(3, 4000, orthogonal=False, seed=0)
    measures = meyer_wallach(states)
    deep = entangling_capability(model(qt.ansatz.strongly_entangling(3, 8)), draws=4000)
    assert deep.haar == pytest.approx(6 / 9)
    for sample in (measures, deep.measures):
        assert abs(sample.mean() - deep.haar) < 4 * sample.std() / np.sqrt(4000)


def test_features_and_states_are_those_of_the_sample():
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).cx(0, 1).rz(qt.param(0), 1)
    found = entangling_capability(model(circuit), x=[0.7], draws=3)
    np.testing.assert_allclose(found.measures, np.sin(0.7) ** 2, atol=1e-13)
    circle = expressibility(model(qt.Circuit(1).rz(qt.param(0), 0)), state=[0.6, 0.8], pairs=50)
    assert circle.fidelities.min() < 0.9
    with pytest.raises(qt.InvalidArgumentError, match="density matrix"):
        expressibility(model(qt.Circuit(1).rz(qt.param(0), 0)), qt.Samples(states=[np.eye(2) / 2]))


def test_bits_depend_neither_on_threads_nor_on_calls(monkeypatch):
    one, before, found = model(layers(qt.Circuit(3))), qt.get_num_threads(), []
    for threads, size in ((1, 2**26), (2, 2**26), (2, 1000)):
        qt.set_num_threads(threads)
        monkeypatch.setattr(drawing, "_CALL", size)
        found.append(
            (expressibility(one, pairs=300).fidelities, entangling_capability(one, draws=300).measures)
        )
    qt.set_num_threads(before)
    for other in found[1:]:
        np.testing.assert_array_equal(other[0], found[0][0])
        np.testing.assert_array_equal(other[1], found[0][1])


@pytest.mark.parametrize("ask", [expressibility, entangling_capability])
def test_what_cannot_be_asked(ask):
    one = model(qt.Circuit(1).rx(qt.param(0), 0))
    with pytest.raises(qt.InvalidArgumentError, match="no parameters"):
        ask(model(qt.Circuit(1).h(0)))
    with pytest.raises(qt.InvalidArgumentError, match="at least 2"):
        ask(one, **{"pairs" if ask is expressibility else "draws": 1})
    with pytest.raises(qt.InvalidArgumentError, match="bins"):
        expressibility(one, bins=20_000)


@pytest.mark.parametrize(
    "measure",
    [
        qt.capacity.entangling_capability,
        qt.capacity.expressibility,
        qt.capacity.gradient_variance,
        lambda model, **options: qt.capacity.effective_dimension(model, data_size=20, **options),
    ],
)
def test_what_is_no_model_and_too_many_draws_are_named(measure):
    circuit = qt.ansatz.hardware_efficient(2, 1)
    for other in (circuit, None, 3):
        with pytest.raises(qt.InvalidArgumentError, match=r"a qt\.Model is expected"):
            measure(other)
    count = "pairs" if measure is qt.capacity.expressibility else "draws"
    with pytest.raises(qt.InvalidArgumentError, match="at most 10000000 are possible"):
        measure(qt.Model(circuit, qt.pauli("ZI")), **{count: 10**12})
