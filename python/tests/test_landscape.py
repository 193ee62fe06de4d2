"""Coefficients, hard data sets, minima and success rates against golden figures, the simulator, SciPy and theory."""

import pickle

import numpy as np
import pytest
import qtangent as qt
from landscape_cases import (
    GOLDEN,
    brick,
    coupled_loss,
    everything,
    golden_model,
    golden_states,
    polynomial_of,
    product_data,
    product_model,
)
from qtangent import landscape
from qtangent.landscape.critical import bounds, certificates, exclusion, separable, steps
from qtangent.landscape.operators import operators

PHASES = np.random.default_rng(0)


def haar(n):
    gaussian = PHASES.normal(size=(2**n, 2**n)) + 1j * PHASES.normal(size=(2**n, 2**n))
    q, r = np.linalg.qr(gaussian)
    return q * (np.diag(r) / np.abs(np.diag(r)))


# Coefficients.


def test_coefficients_predict_as_the_simulator_does():
    model, random = everything(), np.random.default_rng(1)
    X, theta = random.normal(size=(3, 1)), random.uniform(0, 20, (30, 3))
    found = landscape.trigonometric(model, X)
    assert found.coefficients.shape == (3, 2, *[2 * d + 1 for d in found.degrees])
    assert np.max(np.abs(found.predictions(theta) - model.predict(theta, X))) < 1e-12
    y = random.normal(size=(3, 2))
    assert np.max(np.abs(found.loss(theta, y) - model.loss(theta, y, X=X))) < 1e-12
    assert np.max(np.abs(found.gradient(theta, y) - model.loss_and_gradient(theta, y, X=X)[1])) < 1e-12
    assert np.max(np.abs(found.hessian(theta, y) - model.loss_hessian(theta, y, X))) < 1e-11
    # In a period everything repeats.
    assert np.max(np.abs(model.predict(theta + found.period, X) - model.predict(theta, X))) < 1e-12


@pytest.mark.parametrize("parameters", [None, [2, 0]])
def test_coefficients_for_density_matrices(parameters):
    random = np.random.default_rng(2)
    root = random.normal(size=(4, 8, 8)) + 1j * random.normal(size=(4, 8, 8))
    rho = root @ root.conj().transpose(0, 2, 1)
    rho /= np.trace(rho, axis1=1, axis2=2)[:, None, None]
    model = qt.Model(brick(3, 3), [qt.pauli("ZZZ"), qt.pauli("XIZ")], scale=1.5)
    fixed = np.array([0.3, 0.4, 0.5])
    found = landscape.trigonometric(model, states=rho, parameters=parameters, theta=fixed)
    theta = random.uniform(0, 6, (5, 3))
    chosen = [0, 1, 2] if parameters is None else parameters
    theta[:, [l for l in range(3) if l not in chosen]] = 0.4
    assert np.max(np.abs(found.predictions(theta[:, chosen]) - model.predict(theta, states=rho))) < 1e-12


def test_spectrum_has_no_modes_beyond_the_degrees():
    model = everything()
    found = landscape.trigonometric(model, [[0.4]])
    for l, degree in enumerate(found.degrees):
        theta = np.tile([0.3, 0.8, 1.7], (64, 1))
        theta[:, l] = found.period[l] * np.arange(64) / 64
        modes = np.abs(np.fft.fft(model.predict(theta, [[0.4]])[:, 0], axis=0)).max(axis=1) / 64
        assert np.max(modes[degree + 1 : 64 - degree]) < 1e-14
        assert np.max(modes[1 : degree + 1]) > 1e-3


@pytest.mark.parametrize(
    ("circuit", "words"),
    [
        (qt.Circuit(2).evolve(qt.param(0), np.diag([0, 1, 2**0.5, 3])), "evolve on qubits .0, 1."),
        (qt.Circuit(1).ry(qt.param(0), 0).ry(2**0.5 * qt.param(0), 0), "parameter p0"),
        (qt.Circuit(1).ry(qt.param(0) * qt.feature(0), 0), "depends on the data"),
        (qt.Circuit(1).h(0), "no parameters"),
    ],
)
def test_frequencies_without_a_base_are_named(circuit, words):
    X = [[0.3]] if circuit.n_features else None
    with pytest.raises(qt.InvalidArgumentError, match=words):
        landscape.trigonometric(qt.Model(circuit, qt.pauli("Z" * circuit.n_qubits)), X)


def test_too_many_parameters_are_counted():
    circuit = qt.ansatz.hardware_efficient(4, 6)
    with pytest.raises(qt.OutOfMemoryError, match=r"the first \d+ parameters fit"):
        landscape.trigonometric(qt.Model(circuit, qt.pauli("ZZZZ")))
    some = landscape.trigonometric(
        qt.Model(circuit, qt.pauli("ZZZZ")), parameters=range(2), theta=np.zeros(48)
    )
    assert some.coefficients.shape == (1, 3, 3)


# Minima.


def check_golden(case, found):
    expected = case["minima"]
    assert (len(found), found.complete) == (len(expected), True)
    loss = np.array([entry["loss"] for entry in expected]) / 2
    assert np.max(np.abs(found.loss - np.sort(loss))) < 1e-12
    theta = np.array([entry["theta"] for entry in expected])
    for place, point in enumerate(found.theta):
        turns = np.abs((theta - point + np.pi / 2) % np.pi - np.pi / 2).max(axis=1)
        near = expected[int(np.argmin(turns))]
        assert turns.min() < 1e-9
        assert found.spurious[place] == near["spurious"]
        assert found.certified[place]
        assert near["certified"]
        assert found.unique_radius_phi[place] == pytest.approx(near["unique_radius_phi"], rel=1e-8)
        # From (1/m) sum in phi to 1/(2m) sum in theta = phi/2.
        assert found.hessian_min_eigenvalue[place] == pytest.approx(2 * near["hess_min_eig_phi"], rel=1e-8)
    assert list(found.index_counts) == case["all_critical_points"]["by_index"]
    assert found.euler == 0
    assert found.index_counts.sum() <= min(found.upper_bounds)


@pytest.mark.parametrize("case", [case for case in GOLDEN if "states" in case], ids=lambda case: case["name"])
def test_minima_of_golden_data(case):
    model, states = golden_model(case), golden_states(case)
    check_golden(case, landscape.find_minima(model, case["labels"], states=states))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_bounds_of_golden_coefficients(case):
    p, m = case["n_params"], case["n_samples"]
    loss = polynomial_of(case["trig_coefficients"], p, m, case["labels"])
    assert 2 * bounds.hessian_lipschitz(loss) == pytest.approx(case["hessian_lipschitz_K_phi"], rel=1e-12)


@pytest.mark.parametrize(
    ("p", "label", "counts"),
    [
        (2, 0.3, [4, 8, 4]),
        (3, 0.3, [8, 24, 24, 8]),
        (4, 0.3, [15, 60, 93, 64, 16]),
        (4, 0.25, [16, 64, 96, 64, 16]),
    ],
)
def test_coupling_can_destroy_a_minimum(p, label, counts):
    loss = coupled_loss(p, label)
    assert not separable.is_separable(loss)
    starts = np.random.default_rng(0).uniform(0, 2 * np.pi, (200 * 2**p, p))
    points = steps.critical_points(loss, starts, bounds.scale(loss))
    points = points[np.linalg.norm(loss.gradients(points), axis=1) < 1e-11 * bounds.scale(loss)]
    points = points[steps.distinct(points, loss.values(points))]
    proofs = certificates.certify(loss, points, bounds.hessian_lipschitz(loss))
    left = exclusion.exclude(loss, points, proofs.unique_radius, 10**6, lambda _: None)
    assert proofs.certified.all()
    assert left.complete
    assert list(np.bincount(proofs.index)) == counts
    # Without one of them the rest of the torus cannot be excluded.
    for gone in (0, len(points) // 2):
        kept = np.delete(np.arange(len(points)), gone)
        left = exclusion.exclude(loss, points[kept], proofs.unique_radius[kept], 2 * 10**5, lambda _: None)
        assert not left.complete
        turns = (left.centres - points[gone] + np.pi) % (2 * np.pi) - np.pi
        assert np.max(np.abs(turns)) < 0.1


def test_flat_directions_are_named():
    redundant = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 0).ry(qt.param(2), 1)
    model = qt.Model(redundant, [qt.pauli("ZI"), qt.pauli("IZ")])
    found = landscape.find_minima(model, [[0.3, 0.2]])
    assert len(found) == 0
    assert not found.complete
    assert found.degenerate[0].dimension == 1
    assert abs(found.degenerate[0].loss) < 1e-12
    unused = qt.Circuit(2).ry(qt.param(0), 0).rz(qt.param(1), 1)
    found = landscape.find_minima(qt.Model(unused, qt.pauli("ZI")), [0.3])
    assert {valley.dimension for valley in found.degenerate} == {1}


@pytest.mark.parametrize("label", [0.3, 1.0])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_rounding_has_no_minima(label, precision):
    # Commuting gates move nothing, and cos^2 + sin^2 is the same everywhere: what is left is rounding.
    still = qt.Circuit(2).rz(qt.param(0), 0).rzz(qt.param(1), 0, 1)
    turning = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), [qt.pauli("Z"), qt.pauli("X")], precision=precision)
    for model, y in [
        (qt.Model(still, qt.pauli("ZI"), precision=precision), [label]),
        (turning, [[0.0, 0.0]]),
    ]:
        with pytest.raises(qt.InvalidArgumentError, match="does not depend on the parameters"):
            landscape.find_minima(model, y)


def test_a_loss_is_never_negative():
    model = qt.Model(qt.Circuit(1).rx(qt.param(0), 0), qt.pauli("Z"))
    found, coefficients = landscape.find_minima(model, [0.5]), landscape.trigonometric(model)
    assert (found.loss >= 0).all()
    assert (coefficients.loss(found.theta, [0.5]) >= 0).all()


def test_search_alone_promises_nothing():
    model, random = qt.Model(brick(3, 3), qt.pauli("ZZZ")), np.random.default_rng(5)
    states = qt.encoding.haar_states(3, 8, orthogonal=False, seed=1)
    y = model.predict(random.uniform(0, np.pi, 3), states=states)
    some = landscape.find_minima(model, y, states=states, boxes=0, seed=1)
    everything = landscape.find_minima(model, y, states=states)
    assert not some.complete
    assert "at least" in repr(some)
    assert some.index_counts is None
    assert everything.complete
    assert everything.euler == 0
    assert everything.loss[0] < 1e-20
    assert np.max(np.abs(some.loss - everything.loss)) < 1e-13
    few = landscape.find_minima(model, y, states=states, boxes=300)
    assert not few.complete
    assert 0 < few.volume_left <= 1


# Hard data sets.


@pytest.mark.parametrize("variant", ["2p", "p+1"])
@pytest.mark.parametrize("p", [2, 3, 4, 5])
def test_hard_data_of_brick_circuits(p, variant):
    data = landscape.hard_dataset(brick(p, p), qt.pauli("Z" * p), variant)
    theta = np.random.default_rng(p).uniform(0, 7, (5, p))
    a, b = data.amplitudes.T
    cosines, sines = a * np.cos(2 * theta), b * np.sin(2 * theta)
    if variant == "2p":
        expected = np.stack([cosines, sines], axis=-1).reshape(5, -1)
    else:
        expected = np.concatenate([cosines, sines.sum(axis=1, keepdims=True)], axis=1)
    assert np.max(np.abs(data.model.predict(theta, states=data.states) - expected)) < 1e-10
    assert np.linalg.eigvalsh(data.states).min() > -1e-12
    if (p, variant) == (5, "p+1"):
        return  # the slow test proves this one
    found = landscape.find_minima(data.model, data.labels, states=data.states)
    assert found.complete
    assert found.certified.all()
    assert len(found) == 2**p
    assert np.max(np.abs(found.loss - data.minima_loss)) < 1e-13
    assert np.count_nonzero(found.spurious) == 2**p - 1


def test_ranks_of_generic_circuits():
    known = {(1, 1): 3, (2, 2): 9, (2, 3): 15, (3, 3): 27, (3, 4): 59, (4, 4): 81, (4, 5): 209}
    for (n, p), rank in known.items():
        circuit = qt.Circuit(n).unitary(haar(n))
        for l in range(p):
            circuit.rotation(2 * qt.param(l), "X", 0).unitary(haar(n))
        assert operators(circuit, qt.pauli("Z" + "I" * (n - 1))).rank == rank


def test_dependent_operators_are_named():
    with pytest.raises(qt.NotIndependentError, match=r"parameter 1.*rank 3.*needs 9") as caught:
        landscape.hard_dataset(brick(2, 2), qt.pauli("ZI"))
    assert (caught.value.rank, caught.value.needed, caught.value.parameters) == (3, 9, [1])


def test_parameters_that_move_nothing_are_named():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).rz(qt.param(2), 0)
    with pytest.raises(qt.NotIndependentError, match=r"gates that move nothing \(parameters 1, 2\)"):
        landscape.hard_dataset(circuit, qt.pauli("ZI"))


@pytest.mark.parametrize(
    ("circuit", "observable", "words"),
    [
        (qt.Circuit(2).crx(qt.param(0), 0, 1), qt.pauli("ZZ"), "degree 2"),
        (qt.Circuit(1).ry(qt.param(0), 0).ry(qt.param(0), 0), qt.pauli("Z"), "occur once"),
        (qt.Circuit(1).ry(qt.param(0), 0).rz(qt.feature(0), 0), qt.pauli("Z"), "features"),
        (qt.Circuit(1).ry(qt.param(0), 0), 2.0 * qt.pauli("I"), "proportional to the identity"),
        (qt.Circuit(1).h(0), qt.pauli("Z"), "no parameters"),
        (qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("ZZ"), "2 qubits"),
    ],
)
def test_circuits_without_hard_data_are_refused(circuit, observable, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        landscape.hard_dataset(circuit, observable)


def test_purified_and_boosted_data():
    data = landscape.hard_dataset(brick(2, 2), qt.pauli("ZZ"))
    pure = landscape.hard_dataset(brick(2, 2), qt.pauli("ZZ"), purified=True)
    assert pure.states.shape == (4, 16)
    assert pure.model.circuit.n_qubits == 4
    theta = np.array([0.3, 0.8])
    difference = pure.model.predict(theta, states=pure.states) - data.model.predict(theta, states=data.states)
    assert np.max(np.abs(difference)) < 1e-12
    plain = landscape.hard_dataset(brick(3, 3), qt.pauli("ZZZ"))
    boosted = landscape.hard_dataset(brick(3, 3), qt.pauli("ZZZ"), boost=True)
    assert np.all(boosted.amplitudes[:, 0] > plain.amplitudes[:, 0])
    prediction = boosted.model.predict(np.array([0.3, 0.8, 0.1]), states=boosted.states)[::2]
    assert prediction == pytest.approx(boosted.amplitudes[:, 0] * np.cos([0.6, 1.6, 0.2]), abs=1e-10)


def test_bad_labels_are_refused():
    model = qt.Model(brick(2, 2), qt.pauli("ZZ"))
    states = qt.encoding.haar_states(2, 3, seed=0)
    for call in (landscape.find_minima, lambda *a, **k: landscape.success_rate(*a, optimizer=qt.Adam(), **k)):
        with pytest.raises(qt.InvalidArgumentError, match=r"y has shape \(2,\)"):
            call(model, [0.1, 0.2], states=states)


def test_coefficients_survive_pickling():
    model, states = product_model(2), product_data(2)[0]
    found, y = landscape.trigonometric(model, states=states), [0.0, 0.5, 0.0, 0.5]
    theta = np.array([0.3, 0.4])
    loss = found.loss(theta, y)
    assert pickle.loads(pickle.dumps(found)).loss(theta, y) == loss


def test_an_observable_of_no_effect_is_refused():
    model = qt.Model(brick(2, 2), 2.0 * qt.pauli("II"))
    many = qt.Model(qt.ansatz.hardware_efficient(4, 6), 2.0 * qt.pauli("IIII"))
    with pytest.raises(qt.InvalidArgumentError, match="does not depend on the parameters"):
        landscape.success_rate(model, [0.1], optimizer=qt.Adam(), starts=2, steps=2)
    for one in (model, many):
        with pytest.raises(qt.InvalidArgumentError, match="does not depend on the parameters"):
            landscape.find_minima(one, [0.1])
