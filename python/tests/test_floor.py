"""Bounds on the loss from overlaps, against closed forms, general-purpose optimisers and random measurements."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import loss_floor
from scipy.optimize import minimize
from scipy.stats import unitary_group


def random_states(m: int, d: int, seed: int, real: bool = False) -> np.ndarray:
    random = np.random.default_rng(seed)
    states = random.normal(size=(m, d)) + (0 if real else 1j * random.normal(size=(m, d)))
    return states / np.linalg.norm(states, axis=1, keepdims=True)


def squared_loss(yhat: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum((yhat - y) ** 2) / (2 * len(y)))


@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_two_states_with_opposite_labels(overlap: float, scale: float) -> None:
    """|yhat_a - yhat_b| <= 2 scale T, so each residual is at least 1 - scale T."""
    states = np.array([[1, 0], [overlap, np.sqrt(1 - overlap**2)]])
    floor = loss_floor(states, [1, -1], [-scale, scale])
    distance = np.sqrt(1 - overlap**2)
    expected = max(1 - scale * distance, 0) ** 2 / 2
    # Of equal states the distance is known to the square root of the machine precision.
    assert floor.pairwise == pytest.approx(expected, abs=1e-9 if overlap < 1 else 1e-7)
    assert floor.collective == pytest.approx(expected, rel=1e-3, abs=1e-9)
    assert floor.closest_pair == (0, 1)
    assert floor.closest_overlap == pytest.approx(overlap**2)


@pytest.mark.parametrize("seed", range(4))
def test_pairwise_bound_solves_its_convex_programme(seed: int) -> None:
    states, y = random_states(4, 3, seed), np.array([1.0, -1, 1, -1])
    pairs = list(combinations(range(4), 2))
    width = {(a, b): 2 * np.sqrt(1 - abs(np.vdot(states[a], states[b])) ** 2) for a, b in pairs}
    constraints = [
        {"type": "ineq", "fun": lambda x, a=a, b=b, s=s: width[a, b] - s * (x[a] - x[b])}
        for a, b in pairs
        for s in (1, -1)
    ]
    primal = minimize(
        lambda x: squared_loss(x, y), np.zeros(4), bounds=[(-1, 1)] * 4, constraints=constraints,
        method="SLSQP", options={"ftol": 1e-14},
    )  # fmt: skip
    assert loss_floor(states, y).pairwise == pytest.approx(primal.fun, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_no_measurement_beats_the_collective_bound_and_the_best_one_reaches_it(seed: int) -> None:
    """Random reflections stay above; descent over all reflections of dimension 2r ends on the bound."""
    states, y, signs = random_states(3, 6, seed), np.array([1.0, -1, 1]), np.repeat([1.0, -1.0], 3)
    states[2] = states[1] + 0.6 * states[2]
    states[2] /= np.linalg.norm(states[2])
    floor = loss_floor(states, y, signs)
    assert floor.tight
    assert 0 < floor.pairwise <= floor.collective
    for unitary in unitary_group.rvs(6, size=200, random_state=seed):
        assert squared_loss(np.abs(states @ unitary) ** 2 @ signs, y) >= floor.collective
    assert least_loss_by_descent(states, y, signs, seed) == pytest.approx(floor.collective, rel=1e-3)


def least_loss_by_descent(states: np.ndarray, y: np.ndarray, signs: np.ndarray, seed: int) -> float:
    """Riemannian gradient descent over all unitaries: U <- exp(-step sum_j r_j [M, rho_j]) applied to M."""
    basis = unitary_group.rvs(len(signs), random_state=seed)
    step = 1.2 / (np.ptp(signs) ** 2 * max(1, abs(y).max()))
    for _ in range(4000):
        measured = (basis * signs) @ basis.conj().T
        residuals = np.einsum("mi,ij,mj->m", states.conj(), measured, states).real - y
        weighted = (states * residuals[:, None]).T @ states.conj()
        commutator = measured @ weighted - weighted @ measured
        phases, vectors = np.linalg.eigh(-1j * commutator)
        basis = (vectors * np.exp(1j * step * phases)) @ vectors.conj().T @ basis
    return squared_loss(residuals, np.zeros(len(y)))


def test_collective_bound_is_sharper_where_no_pair_is_close() -> None:
    """Four states in two dimensions cannot carry independent labels, though no pair coincides."""
    angles = np.pi * np.arange(4) / 4
    states = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    floor = loss_floor(states, [1, -1, 1, -1])
    assert floor.collective > 1.2 * floor.pairwise > 0


def test_mixed_states_agree_with_pure_ones() -> None:
    states, y = random_states(4, 4, 1), [1, -1, 1, -1]
    pure = loss_floor(states, y)
    mixed = loss_floor(np.einsum("mi,mj->mij", states, states.conj()), y)
    assert mixed.pairwise == pytest.approx(pure.pairwise, abs=1e-8)
    assert mixed.collective == pytest.approx(pure.collective, rel=1e-3)


@pytest.mark.parametrize("scale", [0.6, 1.0])
def test_the_best_measurement_found_is_that_good(scale: float) -> None:
    """Labels within the range or all out of it: what is found comes within a thousandth of the bound."""
    states, y = random_states(8, 4, 3), np.array([1.0, -1, 1, -1, 1, 1, -1, 1])
    floor = loss_floor(states, y, [-scale, scale])
    assert floor.collective <= squared_loss(floor.predictions, y) <= 1.001 * floor.collective
    assert np.abs(floor.predictions).max() <= scale + 1e-12


def test_a_training_is_told_the_same_floor() -> None:
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).ry(qt.feature(1), 1).cx(0, 1).rx(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("ZI"), scale=0.8)
    X, y = np.random.default_rng(0).normal(size=(9, 2)), np.array([1.0, -1, 1] * 3)
    with pytest.warns(qt.QTangentWarning):
        run = qt.train(model, y, X=X, steps=0)
    states = model.output_states(np.zeros(1), X=X)
    assert run.loss_floor == pytest.approx(loss_floor(states, y, [-0.8, -0.8, 0.8, 0.8]).value, rel=1e-9)


def test_maximally_mixed_states_carry_no_label() -> None:
    states = np.tile(np.eye(4) / 4, (2, 1, 1))
    assert loss_floor(states, [1, -1]).value == pytest.approx(0.5)


def test_labels_outside_the_range() -> None:
    floor = loss_floor(np.eye(2), [1, -1], [-0.5, 0.5])
    assert floor.value == pytest.approx(0.125)
    assert loss_floor(np.eye(2), [1, -1]).value == 0


def test_range_need_not_be_symmetric() -> None:
    """A projector's predictions lie in [0, 1], so the label -1 misses by at least 1."""
    assert loss_floor(np.eye(2), [1, -1], [0, 1]).value == pytest.approx(0.25)


def test_tightness_needs_room_for_a_reflection() -> None:
    states = random_states(3, 4, 0)
    assert not loss_floor(states, [1, -1, 1], [-1, -1, 1, 1]).tight
    assert loss_floor(states[:2], [1, -1], [-1, -1, 1, 1]).tight
    assert not loss_floor(states[:2], [1, -1], [-1, -1, 0, 1]).tight


@pytest.mark.parametrize("mixed", [False, True])
def test_a_projector_cannot_give_two_states_large_predictions(mixed: bool) -> None:
    """Its predictions of orthonormal states sum to at most 1: the nearest to (.7, .7) are (.5, .5)."""
    states, y, levels = np.eye(8)[:2], [0.7, 0.7], np.eye(8)[0]
    given = np.einsum("mi,mj->mij", states, states) if mixed else states
    floor = loss_floor(given, y, levels)
    assert floor.collective == pytest.approx(0.02, rel=1e-12)
    np.testing.assert_allclose(floor.predictions, [0.5, 0.5], atol=1e-12)
    assert floor.pairwise == loss_floor(given, y, [0, 1]).value == 0
    model = qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.projector("000"))
    with pytest.warns(qt.QTangentWarning, match="no measurement with these eigenvalues"):
        run = qt.train(model, y, states=given, steps=0)
    assert run.loss_floor == pytest.approx(0.02, rel=1e-12)
    mirrored = qt.Model(model.circuit, qt.projector("000"), scale=-1)
    with pytest.warns(qt.QTangentWarning):
        run = qt.train(mirrored, [-0.7, -0.7], states=given, steps=0)
    assert run.loss_floor == pytest.approx(0.02, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_no_unitary_beats_the_bound_of_all_eigenvalues(seed: int) -> None:
    """Two samples: their attainable predictions are convex, so that descent over all unitaries ends on the bound."""
    random = np.random.default_rng(seed)
    states, levels = random_states(2, 6, seed), random.normal(size=6)
    y = abs(levels).max() * random.uniform(1, 1.5, 2) * random.choice([-1, 1])
    floor = loss_floor(states, y, levels)
    assert floor.collective > 1.0001 * loss_floor(states, y, [levels.min(), levels.max()]).collective
    for unitary in unitary_group.rvs(6, size=200, random_state=seed):
        assert squared_loss(np.abs(states @ unitary) ** 2 @ levels, y) >= floor.collective
    assert least_loss_by_descent(states, y, levels, seed) == pytest.approx(floor.collective, rel=2e-3)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"spectrum has shape \(5,\), the states 2 dimensions"):
        loss_floor(np.eye(2), [1, -1], np.ones(5))
    with pytest.raises(ValueError, match=r"y has shape \(3,\), the data have 2 states"):
        loss_floor(np.eye(2), [1, -1, 1])
    with pytest.raises(ValueError, match=r"states have shape \(2,\)"):
        loss_floor([1, 0], [1])


@pytest.mark.parametrize("seed", range(24))
def test_one_floor_in_warnings_runs_studies_and_from_states(seed: int) -> None:
    """Random problems: pure, mixed or encoded samples, one or two outputs, labels in range or not. All four say the
    same number, and training from several starts stays above it."""
    random = np.random.default_rng(seed)
    n, k, m = int(random.integers(1, 4)), int(random.integers(1, 3)), int(random.integers(2, 8))
    circuit, inputs = qt.Circuit(n), {}
    if seed % 3 == 0:
        circuit, inputs = qt.encoding.angle(n), {"X": random.uniform(0, 0.7, (m, n))}
    elif seed % 3 == 1:
        inputs = {"states": random_states(m, 2**n, seed)}
    else:
        vectors = random_states(2 * m, 2**n, seed).reshape(m, 2, 2**n)
        inputs = {"states": np.einsum("mai,maj->mij", vectors, vectors.conj()) / 2}
    trained = qt.ansatz.hardware_efficient(n, 3)
    circuit = circuit + trained if seed % 3 == 0 else trained
    letters = ["Z", "X", "Y"]
    observables = [
        qt.pauli(letters[a] + "I" * (n - 1)) + 0.3 * qt.pauli("I" * (n - 1) + "Z") for a in range(k)
    ]
    scale = float(random.uniform(0.5, 1.2))
    model = qt.Model(circuit, observables, scale=scale)
    y = random.choice([-1.0, 1.0], (m, k))
    floor = sum(
        loss_floor(
            model.output_states(np.zeros(trained.n_params), **inputs), y[:, a],
            scale * np.linalg.eigvalsh(observables[a].matrix()),
        ).value
        for a in range(k)
    )  # fmt: skip
    theta = random.uniform(0, 6, (4, trained.n_params))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = qt.train(model, y, theta=theta, optimizer=qt.LBFGS(), steps=60, **inputs)
    assert run.loss_floor == pytest.approx(floor, rel=1e-9, abs=1e-12)
    assert run.loss.min() > floor * (1 - 1e-9) - 1e-12
    said = [str(one.message) for one in caught if "out of reach for these data" in str(one.message)]
    for text in said:
        assert float(text.split("fall below ")[1].split(",")[0]) == pytest.approx(floor, rel=5e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = qt.convergence.study(model, y, theta=theta[0], time=0.1, records=3, **inputs)
    assert study.floor == run.loss_floor
    assert (
        (floor > 1e-5) <= bool(said)
        or floor == pytest.approx(0, abs=1e-5)
        or "range" in str(caught[0].message)
    )


def test_no_floor_is_none_and_not_zero() -> None:
    """Features after parameters: only equal samples and the range are known to set a floor; in one order of the same
    gates or another."""
    X, y = np.array([[0.1], [0.4], [0.4]]), np.array([1.0, -1, 1])
    after = qt.Model(qt.Circuit(1).ry(qt.param(0), 0).ry(qt.feature(0), 0).rx(qt.param(1), 0), qt.pauli("Z"))
    with pytest.warns(qt.QTangentWarning, match="equal"):
        assert qt.train(after, y, X=X, steps=0).loss_floor == pytest.approx(2 / 6)
    assert qt.train(after, y[:2], X=X[:2], steps=0).loss_floor is None
    apart = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.feature(0), 1).cx(0, 1).rx(qt.param(1), 1)
    first = qt.Circuit(2).ry(qt.feature(0), 1).ry(qt.param(0), 0).cx(0, 1).rx(qt.param(1), 1)
    floors = []
    for circuit in (apart, first):
        with pytest.warns(qt.QTangentWarning, match="overlap"):
            floors.append(qt.train(qt.Model(circuit, qt.pauli("IZ")), y[:2], X=X[:2], steps=0).loss_floor)
    assert floors[0] == floors[1] == pytest.approx((1 - np.sin(0.15)) ** 2 / 2, rel=1e-9)
    classes = qt.Model(first, [qt.pauli("ZI"), qt.pauli("IZ")])
    assert qt.train(classes, [0, 1], X=X[:2], steps=0, loss="cross_entropy").loss_floor is None
    orthogonal = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    assert qt.train(orthogonal, [1, -1], states=np.eye(4)[:2], steps=0).loss_floor == 0.0


def test_hundreds_of_states_take_seconds_and_keep_the_same_bound() -> None:
    """Two states, each many times with both labels: the floor of the two, for all pairs at once."""
    states = np.repeat([[1, 0], [0.8, 0.6]], 150, axis=0)
    y = np.repeat([1.0, -1], 150)
    floor = loss_floor(states, y)
    assert floor.pairwise == pytest.approx((1 - 0.6) ** 2 / 2, rel=1e-6)
    assert floor.collective == pytest.approx((1 - 0.6) ** 2 / 2, rel=1e-3)


def test_no_states_are_named() -> None:
    with pytest.raises(qt.InvalidArgumentError, match="0 states"):
        loss_floor(np.zeros((0, 2)), [])
