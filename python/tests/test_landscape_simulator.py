"""Minima beyond the coefficients' limit: the simulator's loss, the bound on its third derivatives, and the search."""

import numpy as np
import pytest
import qtangent as qt
from landscape_cases import brick, everything, product_data, product_model
from qtangent import landscape
from qtangent.landscape import chosen
from qtangent.landscape.chosen import Chosen
from qtangent.landscape.simulated import SimulatedLoss


@pytest.fixture
def little_memory(monkeypatch):
    """The coefficients of nothing fit."""
    monkeypatch.setattr(chosen, "fits", lambda needed: needed <= 100)


@pytest.mark.parametrize("parameters", [None, [2, 0]])
def test_the_simulator_is_the_polynomial(parameters):
    model, random = everything(), np.random.default_rng(0)
    X, y, rest = random.normal(size=(3, 1)), random.normal(size=(3, 2)), np.array([0.3, 0.5, 0.7])
    found = landscape.trigonometric(model, X, parameters=parameters, theta=rest)
    loss = SimulatedLoss(model, y, X, None, Chosen.of(model, parameters, rest))
    # More than one chunk.
    phi = random.uniform(0, 6, (70, len(found.degrees)))
    theta = phi / found.base
    values, gradients, hessians = loss.jets(phi)
    assert np.max(np.abs(values - found.loss(theta, y))) < 1e-12
    assert np.max(np.abs(loss.values(phi) - values)) < 1e-13
    difference = np.linalg.norm(gradients - found.gradient(theta, y) / found.base, axis=1)
    assert difference.max() < loss.rounding + found.loss_polynomial(y).rounding
    assert np.max(np.abs(hessians - found.hessian(theta, y) / np.outer(found.base, found.base))) < 1e-11
    with pytest.raises(qt.InvalidArgumentError, match=r"y has shape \(2,\)"):
        SimulatedLoss(model, [0.1, 0.2], X, None, Chosen.of(model, parameters, rest))


def third_derivative(loss, phi, direction, step=1e-3):
    """Along a direction, by differences of the Hessian."""
    ahead, behind = loss.hessians(np.array([phi + step * direction, phi - step * direction]))
    return direction @ (ahead - behind) @ direction / (2 * step)


def test_no_third_derivative_exceeds_its_bound():
    random = np.random.default_rng(1)
    observables = [
        [qt.pauli("ZIX"), qt.pauli("IYZ") + 0.5 * qt.pauli("XII")],
        [qt.pauli("III") + 0.3 * qt.projector("010"), qt.hermitian(np.diag(np.arange(8.0)))],
    ]
    for observable in observables:
        model = qt.Model(everything().circuit, observable, scale=0.7)
        for size in (0.0, 1.0, 10.0):
            X, y = random.normal(size=(2, 1)), size * random.normal(size=(2, 2))
            every = Chosen.of(model, None, None)
            loss = SimulatedLoss(model, y, X, None, every)
            values = loss.values(random.uniform(0, 6, (300, 3)))
            assert np.ptp(values) < 2 * loss.scale
            for _ in range(20):
                direction = random.normal(size=3)
                direction /= np.linalg.norm(direction)
                found = third_derivative(loss, random.uniform(0, 6, 3), direction)
                assert abs(found) < 1.001 * loss.lipschitz


@pytest.mark.parametrize(("label", "largest"), [(0.0, 2.0), (3.0, 4.1)])
def test_the_bound_is_nearly_reached(label, largest):
    """For cos phi, (cos phi - y)^2 / 2 has the third derivative 2 sin 2 phi - y sin phi."""
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    loss = SimulatedLoss(model, [label], None, None, Chosen.of(model, None, None))
    assert loss.lipschitz == 2 + label
    angles = np.linspace(0, 2 * np.pi, 1001)
    found = [abs(third_derivative(loss, np.array([angle]), np.ones(1))) for angle in angles]
    assert largest - 1e-2 < max(found) < loss.lipschitz + 1e-4


@pytest.mark.parametrize("parameters", [None, [2, 0]])
def test_the_simulator_finds_the_minima_of_the_polynomial(parameters, request):
    model, random = qt.Model(brick(3, 3), qt.pauli("ZZZ")), np.random.default_rng(5)
    states = qt.encoding.haar_states(3, 8, orthogonal=False, seed=1)
    y, rest = random.uniform(-0.5, 0.5, 8), np.array([0.3, 0.5, 0.7])
    arguments = {"states": states, "parameters": parameters, "theta": rest}
    expected = landscape.find_minima(model, y, **arguments)
    assert expected.complete
    request.getfixturevalue("little_memory")
    found = landscape.find_minima(model, y, critical_points=True, **arguments)
    assert found.method == "simulator"
    assert not found.complete
    assert np.isnan(found.volume_left)
    assert "too many coefficients" in repr(found)
    assert found.parameters == expected.parameters
    assert found.upper_bounds == expected.upper_bounds
    turns = found.theta - expected.theta
    assert np.max(np.abs((turns + found.period / 2) % found.period - found.period / 2)) < 1e-9
    assert np.max(np.abs(found.loss - expected.loss)) < 1e-13
    assert list(found.spurious) == list(expected.spurious)
    assert found.hessian_min_eigenvalue == pytest.approx(expected.hessian_min_eigenvalue, rel=1e-8)
    assert list(found.index_counts) == list(expected.index_counts)
    # A bound for all circuits allows less than one from the coefficients.
    assert found.certified.all()
    assert np.all(found.unique_radius_phi > 0)


def test_many_parameters_are_studied_on_the_simulator():
    circuit = qt.ansatz.hardware_efficient(3, 4, ("rz", "ry"))
    assert circuit.n_params == 24
    model = qt.Model(circuit, [qt.pauli("ZII"), qt.pauli("IZI"), qt.pauli("IIZ")])
    states = qt.encoding.haar_states(3, 30, orthogonal=False, seed=1)
    y = np.random.default_rng(0).uniform(-1, 1, (30, 3))
    found = landscape.find_minima(model, y, states=states, starts=12)
    assert found.method == "simulator"
    assert not found.complete
    assert len(found) >= 10
    assert found.certified.all()
    gradients = model.loss_and_gradient(found.theta, y, states=states)[1]
    assert np.max(np.abs(gradients)) < 1e-12
    eigenvalues = np.linalg.eigvalsh(model.loss_hessian(found.theta, y, states=states))[:, 0]
    assert found.hessian_min_eigenvalue == pytest.approx(eigenvalues, rel=1e-6)
    # No other minimum within the radius of any.
    for place, theta in enumerate(found.theta):
        turns = (found.theta - theta + found.period / 2) % found.period - found.period / 2
        # The circuit's rotations have base 1.
        distances = np.delete(np.linalg.norm(turns, axis=1), place)
        assert distances.min() > found.unique_radius_phi[place]


def test_redundant_parameters_are_flat_on_the_simulator(little_memory):
    redundant = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 0).ry(qt.param(2), 1)
    model = qt.Model(redundant, [qt.pauli("ZI"), qt.pauli("IZ")])
    found = landscape.find_minima(model, [[0.3, 0.2]], starts=20)
    assert len(found) == 0
    assert found.degenerate[0].dimension == 1
    assert abs(found.degenerate[0].loss) < 1e-12


def test_the_simulator_searches_where_coefficients_would_take_long():
    """Eight parameters of dense unitaries: all of 5^8 coefficients, for which descent takes half an hour; for eight that
    separate, a few coefficients give all minima."""
    data = qt.datasets.orthogonal(4, 4, 0)
    model = qt.Model(qt.ansatz.haar(4, 8, seed=0), qt.pauli("ZIII"))
    found = landscape.find_minima(model, data.y, states=data.states, starts=8)
    assert found.method == "simulator"
    gradients = model.loss_and_gradient(found.theta, data.y, states=data.states)[1]
    assert np.max(np.abs(gradients)) < 1e-10
    five = landscape.find_minima(
        model, data.y, states=data.states, starts=8, boxes=0, parameters=range(5), theta=np.ones(8)
    )
    assert five.method == "search"
    states, y = product_data(8)
    assert landscape.find_minima(product_model(8), y, states=states).method == "separable"
