"""Exact variances of deep circuits from Lie algebras, against Monte Carlo and the closed form of the whole group."""

import numpy as np
import pytest
import qtangent as qt
from lie_cases import ising, ising_sums, on, singles
from qtangent.capacity import gradient_variance, gradient_variance_prediction
from qtangent.capacity.ensemble import prediction
from qtangent.capacity.ensemble.second_moments import Turn
from qtangent.capacity.strings.binary import letters
from qtangent.capacity.strings.moved import moved_in_order
from scipy.linalg import expm


def deep(generators, layers, fixed=None):
    """Layers of exp(-i theta G), each followed by fixed gates."""
    circuit, index = qt.Circuit(generators[0].n_qubits), 0
    for _ in range(layers):
        for one in generators:
            circuit.evolve(qt.param(index), one)
            index += 1
        if fixed is not None:
            fixed(circuit)
    return circuit


def matchgates(n):
    """so(2n): bonds and fields of the open transverse-field Ising chain, one by one."""
    bonds, fields = ising(n)
    return [*bonds, *fields]


def mixed(n, seed):
    """A density matrix of full rank."""
    vectors = qt.encoding.haar_states(n, 2**n, seed=seed)
    weights = np.random.default_rng(seed).dirichlet(np.ones(2**n))
    return np.einsum("k,ki,kj->ij", weights, vectors, vectors.conj())[None]


def encoded():
    """All of su(8), with features before the parameters and two observables."""
    circuit = (
        qt.Circuit(3).ry(qt.feature(0), 0).rx(qt.feature(1), 2).then(qt.ansatz.hardware_efficient(3, 14))
    )
    observables = [qt.pauli("ZII"), qt.pauli("XYZ") - 0.3 * qt.pauli("IIX")]
    return circuit, observables, {"X": np.array([[0.3, 0.8], [1.0, -2.0]])}


def turned(circuit):
    """Fixed gates that are no Clifford gates."""
    circuit.h(0).t(0).h(1).cx(0, 1).ry(0.7, 1)


HAAR = qt.encoding.haar_states(3, 2, seed=1)
CASES = {
    # so(6): the observable is in the algebra, the states are not.
    "matchgates": lambda: (
        deep(matchgates(3), 14),
        on(3, "X", 1) + 0.5 * on(3, "ZZ", 0, 1),
        {"states": HAAR},
    ),
    # Two terms that are sums of strings: u(1) + su(3).
    "sums": lambda: (deep(ising_sums(3), 40), ising_sums(3)[0], {}),
    # su(2) + su(2), unequal parts in the two ideals.
    "two ideals": lambda: (
        deep(singles(2), 12),
        on(2, "Z", 0) + 3 * on(2, "X", 1),
        {"states": mixed(2, 3)},
    ),
    # The observable is outside; the state is 1/4 and a part in the algebra.
    "state inside": lambda: (
        deep(singles(2), 12),
        qt.pauli("XX") + qt.pauli("XI"),
        {"states": [np.diag([0.4, 0.4, 0.1, 0.1])]},
    ),
    "fixed gates": lambda: (deep([qt.pauli("ZI"), qt.pauli("IZ")], 30, turned), qt.pauli("XY"), {}),
    "encoded": encoded,
}


@pytest.mark.parametrize("name", CASES)
def test_monte_carlo(name):
    circuit, observable, data = CASES[name]()
    model = qt.Model(circuit, observable, scale=1.3)
    predicted = gradient_variance_prediction(model, **data)
    assert predicted.variance is not None, predicted.reason
    measured = gradient_variance(model, **data, draws=6000, seed=2)
    known = np.isfinite(predicted.variance)
    assert known.sum() >= 0.1 * known.size
    assert predicted.variance.shape == measured.variance.shape
    # The depth leaves 10 % at most, in the mean over samples.
    errors = 5 * measured.standard_error.mean(axis=0) + 0.1 * predicted.variance.mean(axis=0) + 1e-12
    off = np.abs((measured.variance - predicted.variance).mean(axis=0))
    assert np.all(off[known[0]] <= errors[known[0]])
    assert measured.variance[known].mean() / predicted.variance[known].mean() == pytest.approx(1, abs=0.03)


def test_all_of_the_group():
    """Z 2 tr(M^2) (d - 1)/(d^2 - 1) for a pure state (docs/maths.md, the kernel at the start, by one parameter)."""
    circuit = qt.ansatz.hardware_efficient(3, 20)
    model = qt.Model(circuit, qt.pauli("ZII") + 0.5 * qt.pauli("XXY"), scale=2.0)
    found = gradient_variance_prediction(model)
    z = model.z_sum / circuit.n_params
    expected = z * 2 * (4 * 8 * 1.25) * 7 / 63
    known = found.variance[np.isfinite(found.variance)]
    assert found.algebra_dimension == 63
    np.testing.assert_allclose(known, expected, rtol=1e-10)
    assert found.mean == pytest.approx(expected)


def test_a_shallow_side_has_no_prediction():
    model = qt.Model(qt.ansatz.hardware_efficient(3, 20), qt.pauli("ZII"))
    found = gradient_variance_prediction(model).variance[0]
    finite = np.flatnonzero(np.isfinite(found))
    assert finite[0] >= 6
    assert finite[-1] < len(found) - 6
    assert len(finite) > 20
    # The first layer turns a product state: its variance is far from the deep one.
    measured = gradient_variance(model, draws=3000).variance[0]
    assert abs(measured[1] / measured[finite].mean() - 1) > 0.3


def test_how_far_shallow_circuits_are_off_is_bounded(monkeypatch):
    """At every gate of a shallow circuit the measured variance lies within the bound, which is not idle."""
    bounds, original = [], prediction._errors

    def watched(*arguments):
        bounds.append(original(*arguments))
        return bounds[-1]

    monkeypatch.setattr(prediction, "_errors", watched)
    monkeypatch.setattr(prediction, "_MIXED", 1e9)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 8), qt.pauli("ZI"))
    found = gradient_variance_prediction(model).variance[0]
    measured = gradient_variance(model, draws=8000)
    off = np.abs(measured.variance[0] - found)
    assert np.all(off <= bounds[0][0] + 5 * measured.standard_error[0] + 1e-12)
    assert (off > 0.3 * found).sum() > 3
    assert (bounds[0][0] < 0.15 * found).sum() > 3


def refused(circuit, observable, message, **data):
    found = gradient_variance_prediction(qt.Model(circuit, observable), **data)
    assert found.variance is None
    assert found.mean is None
    assert message in found.reason
    assert message in repr(found)


def test_no_prediction_and_why():
    z, zero = qt.pauli("Z"), [[0.1]]
    refused(deep(matchgates(3), 14), qt.pauli("YII"), "neither the observable nor the traceless states")
    refused(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZII"), "no gate is deep on both sides")
    refused(qt.Circuit(1).rx(qt.param(0), 0).ry(qt.param(0), 0), z, "parameter p0 enters 2 gates")
    refused(qt.Circuit(1).rx(qt.param(0), 0).ry(qt.feature(0), 0), z, "features come after", X=zero)
    refused(qt.Circuit(1).rx(qt.param(0) * qt.feature(0), 0), z, "features come after", X=zero)
    refused(qt.ansatz.hardware_efficient(13, 1), qt.pauli("Z" * 13), "13 qubits are more than 12")
    refused(qt.ansatz.hardware_efficient(6, 6), qt.pauli("Z" * 6), "more than 300 dimensions")
    refused(qt.Circuit(1).h(0), z, "no parameter")
    refused(qt.Circuit(1).rx(qt.param(0), 0).channel(qt.noise.depolarizing(0.1), 0), z, "is a channel")
    refused(deep([qt.pauli("ZZ"), qt.pauli("ZI")], 20), qt.pauli("ZI"), "all generators commute")


def test_seven_qubits():
    """so(14) in strings, from |0...0>: of strings in so(2n), 4 (n - 1) anticommute with a given one. With norms d = tr P^2,
    ||H||^2 = 4 * 4 (n - 1), ||O||^2 = d, and rho has the n - 1 strings ZZ, each with the norm 1/d."""
    circuit, n = deep(matchgates(7), 60), 7
    model = qt.Model(circuit, on(n, "X", 3))
    found = gradient_variance_prediction(model)
    assert found.algebra_dimension == 91
    known = np.isfinite(found.variance)
    np.testing.assert_allclose(found.variance[known], (n - 1) * 16 * (n - 1) / 91**2, rtol=1e-9)
    measured = gradient_variance(model, draws=500)
    assert measured.variance[known].mean() == pytest.approx(found.mean, rel=0.1)


def test_one_of_two_observables():
    model = qt.Model(deep(matchgates(3), 20), [qt.pauli("YII"), qt.pauli("XII")])
    found = gradient_variance_prediction(model)
    assert np.isnan(found.variance[:, 0]).all()
    assert np.isfinite(found.variance[:, 1]).any()
    assert "observable 0 is not in the Lie algebra" in found.reason


def test_moved_generators_in_order_make_the_circuit():
    """U(theta) = W prod exp(-i theta_l G_l), with constants, u3, controls, shared registers and several qubits."""
    circuit = (
        qt.Circuit(3)
        .h(0)
        .u3(qt.param(2), qt.param(0), qt.param(1), 1)
        .cx(1, 2)
        .crz(0.5 * qt.param(3) + 0.3, 2, 0)
    )
    circuit.t(1).evolve(qt.param(4) - 1.0, qt.pauli("XZ") + 0.2 * qt.pauli("YI"), (2, 0)).iswap(0, 1)
    circuit.rotation(-qt.param(5), "ZYX", (1, 2, 0)).ry(0.4, 2).u3(0.1, qt.param(6), 0.2, 0)
    theta = np.random.default_rng(0).uniform(-3, 3, 7)
    product = np.eye(8)
    for parameter, terms in moved_in_order(circuit):
        generator = sum(value * qt.pauli(letters(string, 3)).matrix() for string, value in terms.items())
        product = expm(-1j * theta[parameter] * generator) @ product
    product = circuit.matrix(np.zeros(7)) @ product
    np.testing.assert_allclose(product, circuit.matrix(theta), atol=1e-12)


def test_a_twirl_is_the_mean_over_the_period():
    random = np.random.default_rng(0)
    basis = np.linalg.qr(random.normal(size=(6, 6)))[0]
    moment = random.normal(size=(6, 6))
    for speeds, axes in (
        ([1, 1, 0], basis),
        ([1, 2, 3], basis),
        ([2, 2, 2], np.eye(6)),
        ([3, 0, 3], np.eye(6)),
    ):
        turn = axes @ np.kron(np.diag(speeds), [[0, 1], [-1, 0]]) @ axes.T
        np.testing.assert_allclose(Turn(turn).conjugated(moment), turn @ moment @ turn.T, atol=1e-12)
        rotations = [expm(2 * np.pi * k / 64 * turn) for k in range(64)]
        expected = np.mean([one @ moment @ one.T for one in rotations], axis=0)
        np.testing.assert_allclose(Turn(turn).mean(moment), expected, atol=1e-12)
