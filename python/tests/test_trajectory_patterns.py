"""Pauli frames and Kraus jumps one by one: enumerations against density matrices, and what draws of them vary by."""

import itertools

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, golden, observable_of, unitary
from qtangent._native.inputs import Theta
from qtangent.samples import samples_for
from reference import embed
from trajectory_models import estimator, within

noise = qt.noise


def evaluated(model, theta, X, patterns, wants_jacobian, states=None):
    """Predictions or Jacobians (u, m, k, ...) of given patterns."""
    samples = samples_for(model, X, states)
    sets = Theta(theta, model.n_params)
    draws = model._sampler(states is not None)
    blocks = [values for _, values in draws.evaluate(sets, samples, patterns, wants_jacobian)]
    return np.concatenate(blocks)[:, 0]


def every_pattern(model):
    """All strings at all sites: what they flip (u, b), and their probabilities (u,)."""
    patterns = model._sampler(False).patterns
    places = {}
    for group in patterns.groups:
        mixture, k = group.mixture, group.mixture.n_qubits
        if mixture.strings is None:
            strings = np.array(list(itertools.product([False, True], repeat=2 * k)))
            shares = np.full(4**k, mixture.probability / (4**k - 1))
            shares[0] = 1 - mixture.probability
        else:
            strings = np.concatenate([np.zeros((1, 2 * k), dtype=bool), mixture.strings])
            shares = np.concatenate([[1 - mixture.probability], mixture.shares])
        for which, place in enumerate(group.places):
            packed = group.flipped(np.full(len(strings), which), strings)
            places[place] = np.unpackbits(packed, axis=1, count=patterns._n_bits), shares
    flips, chances = zip(*(places[place] for place in sorted(places)), strict=True)
    total = [np.bitwise_xor.reduce(one) for one in itertools.product(*flips)]
    return np.array(total, dtype=float), np.array([np.prod(one) for one in itertools.product(*chances)])


def golden_model():
    inputs, outputs, tolerance = golden("pauli_frame_trajectories")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    return estimator(circuit, observable_of(inputs["observable"])), inputs, outputs, tolerance


def test_all_golden_patterns_give_the_density_matrix():
    model, inputs, outputs, _ = golden_model()
    flips, chances = every_pattern(model)
    assert len(flips) == outputs["n_patterns"]
    assert model._sampler(False).patterns.weight == pytest.approx(outputs["no_error_probability"], abs=1e-15)
    predictions = evaluated(model, inputs["theta"], inputs["X"], flips, False)[..., 0]
    jacobians = evaluated(model, inputs["theta"], inputs["X"], flips, True)[:, :, 0]
    np.testing.assert_allclose(chances @ predictions, outputs["predictions"], atol=1e-12)
    np.testing.assert_allclose(np.tensordot(chances, jacobians, 1), outputs["jacobian"], atol=1e-12)
    rest = predictions - chances @ predictions
    variance = chances @ rest**2
    np.testing.assert_allclose(variance, outputs["prediction_variance_per_trajectory"], atol=1e-12)
    rest = jacobians - np.tensordot(chances, jacobians, 1)
    covariance = np.einsum("t,til,tjl->ij", chances, rest, rest)
    np.testing.assert_allclose(covariance, outputs["jacobian_covariance"], atol=1e-12)


def test_golden_patterns_one_by_one():
    _, inputs, outputs, tolerance = golden_model()
    theta, X = inputs["theta"], inputs["X"]
    for entry in outputs["patterns"]:
        letters, operations = iter(entry["pattern"]), []
        for one in inputs["circuit"]:
            if one["op"] == "channel":
                string = next(letters)
                chances = {string: 1.0} if set(string) != {"I"} else {"X" * len(string): 0.0}
                one = {**one, "name": "pauli", "args": [chances]}
            operations.append(one)
        model = estimator(circuit_of(2, operations), observable_of(inputs["observable"]))
        found = (
            model.estimate(theta, X, trajectories=2),
            model.estimate(theta, X, what="jacobian", trajectories=2),
        )
        np.testing.assert_allclose(found[0].mean, entry["predictions"], atol=tolerance)
        np.testing.assert_allclose(found[1].mean, entry["jacobian"], atol=tolerance)
        np.testing.assert_allclose(found[0].standard_error, 0, atol=1e-12)


GATES = [
    *("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "phase", "u3"),
    *("cx", "cy", "cz", "swap", "iswap", "iswapdg", "crx", "cry", "crz", "cp", "rxx", "ryy", "rzz"),
]


def every_gate(rng, n, string):
    """Every gate in some order, with every kind of angle, and a Pauli string that acts for certain in the middle."""
    circuit, p = qt.Circuit(n), 0
    names = [*GATES, "rotation", "evolve", "unitary"]
    for place, name in enumerate(rng.permutation(names)):
        qubits = [int(q) for q in rng.permutation(n)]
        kinds = [
            qt.param(p) + 0.3,
            1.5 * qt.feature(0) - 0.2,
            qt.param(p) * qt.feature(1) + 0.5 * qt.param(p),
            qt.feature(0) * qt.feature(1) + qt.param(p),
        ]
        angle = kinds[rng.integers(4)]
        p += 1
        if name == "rotation":
            circuit.rotation(angle, "XYZ", qubits[:3])
        elif name == "evolve":
            circuit.evolve(angle, qt.pauli("XX + 0.4 ZZ - 0.3 YY"), qubits[:2])
        elif name == "unitary":
            turn = qt.Circuit(1).u3(0.4, 1.1, -0.7, 0).matrix()
            circuit.unitary(turn, qubits[0])
        elif name == "u3":
            circuit.u3(angle, qt.param(p), 0.4, qubits[0])
            p += 1
        elif name in ("rx", "ry", "rz", "phase"):
            getattr(circuit, name)(angle, qubits[0])
        elif name in ("crx", "cry", "crz", "cp", "rxx", "ryy", "rzz"):
            getattr(circuit, name)(angle, qubits[0], qubits[1])
        else:
            two = name in ("cx", "cy", "cz", "swap", "iswap", "iswapdg")
            getattr(circuit, name)(*qubits[: 2 if two else 1])
        if place == len(names) // 2:
            circuit.channel(noise.pauli({string: 1.0}), range(n))
    return circuit


@pytest.mark.parametrize("has_states", [False, True])
@pytest.mark.parametrize("string", ["XYZ", "ZIX", "IYI"])
def test_frames_of_every_gate(string, has_states):
    rng = np.random.default_rng(len(string) + has_states + ord(string[1]))
    matrix = rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8))
    observables = [qt.pauli("ZXY + 0.3 IZZ"), qt.hermitian(matrix + matrix.conj().T), qt.projector("010")]
    circuit = every_gate(rng, 3, string)
    theta, X = rng.uniform(0, 2 * np.pi, circuit.n_params), rng.normal(size=(3, 2))
    states = None
    if has_states:
        states = rng.normal(size=(3, 8)) + 1j * rng.normal(size=(3, 8))
        states /= np.linalg.norm(states, axis=1, keepdims=True)
    exact = qt.Model(circuit, observables, 0.7, method="density")
    model = estimator(circuit, observables, 0.7)
    found = model.predict(theta, X, states, trajectories=1)
    np.testing.assert_allclose(found, exact.predict(theta, X, states), atol=1e-11)
    found = model.jacobian(theta, X, states, trajectories=1)
    np.testing.assert_allclose(found, exact.jacobian(theta, X, states), atol=1e-11)
    assert model._sampler(has_states)._frames is not None


def test_golden_variance_of_frames_in_draws():
    model, inputs, outputs, _ = golden_model()
    theta, X, count = inputs["theta"], inputs["X"], 100_000
    found = model.estimate(theta, X, trajectories=count, seed=3)
    within(found, outputs["predictions"])
    assert found.exact_weight == pytest.approx(outputs["no_error_probability"])
    # Equal frames are computed once.
    assert found.distinct <= 191
    wanted = np.array(outputs["prediction_variance_stratified"])
    np.testing.assert_allclose(count * found.standard_error**2, wanted, rtol=0.05)
    within(model.estimate(theta, X, what="jacobian", trajectories=count, seed=4), outputs["jacobian"])
    within(model.estimate(theta, X, what="tangent_kernel", trajectories=4000, seed=5), outputs["kernel"])


def damped():
    rng = np.random.default_rng(5)
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).ry(0.7, 1)
    circuit.rx(qt.param(0), 0).ry(qt.param(1), 1).channel(noise.amplitude_damping(0.3), 0)
    circuit.cx(0, 1).channel(noise.amplitude_damping(0.4), 1).rz(qt.param(2) * qt.feature(0), 0).crx(
        qt.param(3), 1, 0
    )
    circuit.channel(noise.amplitude_damping(0.2), 0).ry(qt.param(0), 1).rxx(qt.param(1), 0, 1)
    return circuit, rng.uniform(0, 2 * np.pi, 4), np.array([[0.4], [-1.1]])


def jump_patterns(circuit, theta, x):
    """All choices of operators by a dense simulation: numbers that choose them (u, S), and probabilities (u,)."""
    n = circuit.n_qubits
    found = []

    def follow(instructions, state, numbers, chance):
        for k, one in enumerate(instructions):
            if one.channel is None:
                state = embed(unitary(one, theta, x), one.qubits, n) @ state
                continue
            start = 0.0
            for operator in one.channel.kraus:
                after = embed(operator, one.qubits, n) @ state
                share = np.linalg.norm(after) ** 2
                if share > 1e-14:
                    middle = start + share / 2
                    rest = instructions[k + 1 :]
                    follow(rest, after / np.sqrt(share), [*numbers, middle], chance * share)
                start += share
            return
        found.append((numbers, chance))

    follow(list(circuit), np.eye(2**n)[0].astype(complex), [], 1.0)
    return np.array([numbers for numbers, _ in found]), np.array([chance for _, chance in found])


@pytest.mark.parametrize(
    "change",
    [
        lambda circuit: circuit,
        lambda circuit: circuit.channel(noise.reset(0.3), 0).ry(qt.param(2), 0).h(0),
        lambda circuit: circuit.channel(noise.depolarizing(0.2), (1, 0)).rz(0.3, 1).ry(qt.param(3), 0),
        lambda circuit: circuit.x(0).channel(noise.amplitude_damping(1.0), 0).ry(qt.param(3), 0),
    ],
)
def test_all_jumps_give_the_density_matrix(change):
    circuit, theta, X = damped()
    circuit = change(circuit)
    observables = [qt.pauli("ZX + 0.3 XZ"), qt.pauli("ZZ")]
    exact, model = qt.Model(circuit, observables), estimator(circuit, observables)
    assert model._sampler(False)._frames is None
    for x in X:
        numbers, chances = jump_patterns(circuit, theta, x)
        assert chances.sum() == pytest.approx(1, abs=1e-12)
        found = evaluated(model, theta, x[None], numbers, False)
        np.testing.assert_allclose(np.tensordot(chances, found, 1), exact.predict(theta, x[None]), atol=1e-12)
        found = evaluated(model, theta, x[None], numbers, True)
        np.testing.assert_allclose(
            np.tensordot(chances, found, 1), exact.jacobian(theta, x[None]), atol=1e-12
        )


def test_the_derivative_of_a_normalised_trajectory_is_another():
    """Choices held, the normalised prediction is differentiated: its mean misses the derivative of the mean."""
    circuit, theta, X = damped()
    model, exact = estimator(circuit, qt.pauli("ZX")), qt.Model(circuit, qt.pauli("ZX"))
    numbers, chances = jump_patterns(circuit, theta, X[0])
    step = 1e-5
    columns = [
        evaluated(model, theta + move, X[:1], numbers, False)[:, 0, 0]
        - evaluated(model, theta - move, X[:1], numbers, False)[:, 0, 0]
        for move in step * np.eye(4)
    ]
    biased = chances @ np.array(columns).T / (2 * step)
    wanted = exact.jacobian(theta, X[:1])[0]
    assert np.abs(biased - wanted).max() > 0.05
    unbiased = chances @ evaluated(model, theta, X[:1], numbers, True)[:, 0, 0]
    np.testing.assert_allclose(unbiased, wanted, atol=1e-12)


def test_draws_of_jumps_have_their_statistics():
    circuit, theta, X = damped()
    model, exact, count = estimator(circuit, qt.pauli("ZX")), qt.Model(circuit, qt.pauli("ZX")), 100_000
    found = model.estimate(theta, X, trajectories=count, seed=1)
    assert found.exact_weight == 0
    within(found, exact.predict(theta, X))
    for j, x in enumerate(X):
        numbers, chances = jump_patterns(circuit, theta, x)
        values = evaluated(model, theta, x[None], numbers, False)[:, 0, 0]
        variance = chances @ (values - chances @ values) ** 2
        assert count * found.standard_error[j] ** 2 == pytest.approx(variance, rel=0.05)
    within(model.estimate(theta, X, what="jacobian", trajectories=count, seed=2), exact.jacobian(theta, X))
