"""The effective dimension against its definition, with probabilities, scores and determinants taken one by one."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.capacity import effective_dimension
from qtangent.capacity.ensemble import draws as drawing
from qtangent.capacity.ensemble.draws import Draws


def two_qubits(observable, scale=1.0):
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).rx(qt.feature(1), 1).cx(0, 1)
    circuit.ry(qt.param(0), 0).rx(qt.param(1), 1).crz(qt.param(2), 0, 1).rx(qt.param(0) + qt.param(3), 0)
    return qt.Model(circuit, observable, scale=scale)


def by_definition(model, X, theta, n, probabilities):
    """(2/ln z) ln mean sqrt det(1 + z Fhat), F the mean over x of sum_y (d p)(d p)^T / p; derivatives by differences."""
    p, step = model.n_params, 1e-5
    matrices = []
    for values in theta:
        fisher = np.zeros((p, p))
        for x in X:
            at = probabilities(model.predict(values, [x]))
            changes = [
                probabilities(model.predict(values + e, [x])) - probabilities(model.predict(values - e, [x]))
                for e in step * np.eye(p)
            ]
            slopes = np.array(changes) / (2 * step)
            fisher += np.einsum("ky,ly,y->kl", slopes, slopes, 1 / at) / len(X)
        matrices.append(fisher)
    trace = np.mean([np.trace(one) for one in matrices])
    z = n / (2 * np.pi * np.log(n))
    roots = [np.sqrt(np.linalg.det(np.eye(p) + z * p * one / trace)) for one in matrices]
    return 2 * np.log(np.mean(roots)) / np.log(z), trace


@pytest.mark.parametrize("n", [19, 100, 10**6])
@pytest.mark.parametrize("observable", ["ZI", "both"])
def test_two_outcomes(n, observable):
    """p = (1 +- yhat/g)/2 with g = 1.5; a list is measured one by one, which is a sum over outcomes of each."""
    given = (
        qt.pauli("ZI")
        if observable == "ZI"
        else [qt.pauli("ZI"), (qt.pauli("XX") + qt.pauli("IZ")) / np.sqrt(2)]
    )
    model, X = two_qubits(given, 1.5), np.random.default_rng(0).normal(size=(3, 2))
    theta = Draws(model, 7, 11).all()

    def probabilities(predictions):
        one = predictions.ravel() / 1.5
        return np.concatenate([1 + one, 1 - one]) / 2

    found = effective_dimension(model, X, data_size=n, draws=7, seed=11)
    value, trace = by_definition(model, X, theta, n, probabilities)
    assert found.value == pytest.approx(value, rel=1e-6)
    assert found.fisher_trace == pytest.approx(trace, rel=1e-6)
    assert found.normalised == pytest.approx(value / 4, rel=1e-6)
    assert set(found.outcomes) == {"two"}


def test_a_normal_variable():
    """A projector has the eigenvalues 0 and 1: y is normal about yhat, and F = J^T J."""
    model, X = two_qubits(qt.projector("01")), np.random.default_rng(1).normal(size=(3, 2))
    theta = Draws(model, 6, 0).all()
    found = effective_dimension(model, X, data_size=50, draws=6)
    jacobian = model.jacobian(theta, X)
    fisher = np.einsum("sjk,sjl->skl", jacobian, jacobian) / 3
    z = 50 / (2 * np.pi * np.log(50))
    scaled = 4 * fisher / np.trace(fisher, axis1=1, axis2=2).mean()
    value = 2 * np.log(np.mean(np.sqrt(np.linalg.det(np.eye(4) + z * scaled)))) / np.log(z)
    assert found.value == pytest.approx(value, rel=1e-10)
    assert found.outcomes == ("gaussian",)
    larger = effective_dimension(two_qubits(3.0 * qt.projector("01")), X, data_size=50, draws=6)
    assert larger.value == pytest.approx(value, rel=1e-10)


def test_one_rotation():
    """yhat = cos theta has F = 1 everywhere: ln(1 + z)/ln z, whatever the draws."""
    found = effective_dimension(qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z")), data_size=1000)
    z = 1000 / (2 * np.pi * np.log(1000))
    assert found.value == pytest.approx(np.log1p(z) / np.log(z), rel=1e-9)
    assert found.fisher_trace == pytest.approx(1, rel=1e-9)
    assert found.interval[1] - found.interval[0] < 1e-6


def test_the_rank_for_many_data():
    """Two of four parameters repeat the others: ln det grows with the rank."""
    circuit = qt.Circuit(2)
    for q in range(2):
        circuit.ry(qt.param(q), q).ry(qt.param(2 + q), q)
    model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("IZ")])
    assert effective_dimension(model, data_size=10**15).value == pytest.approx(2, rel=0.1)


def test_an_outcome_that_is_certain_has_no_score():
    """One sample's prediction is 1 at every theta, and 0/0 is left out."""
    model = qt.Model(qt.Circuit(2).cry(qt.param(0), 0, 1), qt.pauli("IZ"))
    states = np.eye(4)[[0, 2]]
    found = effective_dimension(model, states=states, data_size=100, draws=5)
    assert found.fisher_trace == pytest.approx(0.5)


def test_the_interval_narrows():
    model, X = two_qubits(qt.pauli("ZI")), np.random.default_rng(0).normal(size=(3, 2))
    few = effective_dimension(model, X, data_size=100, draws=30).interval
    many = effective_dimension(model, X, data_size=100, draws=1000)
    assert many.interval[1] - many.interval[0] < 0.4 * (few[1] - few[0])
    assert few[0] < many.value < few[1]


def test_bits_do_not_depend_on_threads_or_calls(monkeypatch):
    model, X = two_qubits(qt.pauli("ZI")), np.random.default_rng(0).normal(size=(3, 2))
    before, found = qt.get_num_threads(), []
    for threads, size in ((1, 2**26), (2, 2**26), (2, 1000)):
        qt.set_num_threads(threads)
        monkeypatch.setattr(drawing, "_CALL", size)
        found.append(effective_dimension(model, X, data_size=100, draws=40))
    qt.set_num_threads(before)
    assert found[0] == found[1]
    assert found[2].value == pytest.approx(found[0].value, rel=1e-12)


def test_what_cannot_be_asked():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    with pytest.raises(
        qt.InvalidArgumentError, match="data_size is 18; the effective dimension is defined from 19"
    ):
        effective_dimension(model, data_size=18)
    with pytest.raises(qt.InvalidArgumentError, match="no prediction depends on a parameter"):
        effective_dimension(qt.Model(qt.Circuit(1).rz(qt.param(0), 0), qt.pauli("Z")), data_size=100)
    with pytest.raises(qt.InvalidArgumentError, match="draws is 1"):
        effective_dimension(model, data_size=100, draws=1)
