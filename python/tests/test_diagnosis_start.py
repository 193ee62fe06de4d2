"""Will it start? Families whose answer is known, the rule on synthetic laws, and the kernel against differences."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import pytest
import qtangent as qt
from diagnosis_cases import case, convolutional, difference_jacobian, ising_ring, pauli_on, random_states, z0
from qtangent.convergence.codes import Code
from qtangent.diagnosis.family import Family
from qtangent.diagnosis.start import start
from qtangent.diagnosis.start.rule import decide
from qtangent.diagnosis.work import gate_work

N = np.arange(4, 11)


def law(values, noise=0.02, seed=0):
    """Variances with errors of that relative size, and their intervals."""
    values = np.asarray(values) * np.exp(noise * np.random.default_rng(seed).normal(size=len(values)))
    return values, np.stack([values * np.exp(-1.96 * noise), values * np.exp(1.96 * noise)], axis=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (2.0**-N, Code.PLATEAU),
        (0.3 * 4.0**-N, Code.PLATEAU),
        (0 * N + 0.3, Code.NO_PLATEAU),
        (1.0 / N, Code.NO_PLATEAU),
        (1.0 / N**2, Code.NO_PLATEAU),
        # Falls fast here and yet is no exponential.
        (1.0 / N**5, Code.NO_PLATEAU),
        # Exponential, but slowly.
        (2.0 ** (-0.3 * N), Code.UNDECIDED),
    ],
)
def test_the_rule_on_known_laws(values, verdict, seed):
    assert decide(N, *law(values, seed=seed)).verdict is verdict


def test_few_sizes_or_much_noise_decide_nothing():
    assert decide(N[:3], *law(2.0 ** -N[:3])).verdict is Code.UNDECIDED
    verdicts = [decide(N, *law(2.0 ** (-0.5 * N), noise=0.6, seed=k)).verdict for k in range(5)]
    assert set(verdicts) == {Code.UNDECIDED}


def deep(n, layers):
    """10 n layers, for layers = 10."""
    return qt.ansatz.hardware_efficient(n, layers * n)


@pytest.mark.parametrize(
    ("family", "layers", "verdict"),
    [(deep, 10, Code.PLATEAU), (qt.ansatz.hardware_efficient, 2, Code.NO_PLATEAU)],
    ids=["depth 10 n", "depth 2"],
)
def test_a_deep_circuit_has_a_plateau_and_a_shallow_one_has_none(family, layers, verdict):
    section = start(case(qt.Model(family(10, layers), z0(10)), [0.5], family=family))
    found = section.finding("qubit_trend")
    assert found.verdict is verdict
    first, last = (int(word) for word in re.search(r"on (\d+) to (\d+) qubits", found.sentence).groups())
    assert first == 4
    assert last >= 10
    if verdict is Code.PLATEAU:
        assert section.verdict is verdict
        # Random circuits halve with each qubit.
        assert found.value == pytest.approx(-1, abs=0.15)
        assert section.finding("gradient_variance").verdict is Code.PLATEAU
    else:
        assert section.verdict is verdict
        assert section.finding("gradient_variance").verdict is Code.UNDECIDED


def test_a_convolutional_network_has_no_plateau():
    section = start(case(convolutional(8), [0.5], family=lambda n, layers: convolutional(n)))
    assert section.finding("qubit_trend").verdict is Code.NO_PLATEAU
    assert section.verdict is Code.NO_PLATEAU
    assert section.finding("gradient_variance").verdict is not Code.PLATEAU


def test_work_counts_the_strings_of_an_evolution():
    assert gate_work(ising_ring(6, 3)) == 3 * (6 + 6)
    assert gate_work(qt.ansatz.hardware_efficient(4, 2)) == 2 * (8 + 3)
    # Of many instructions 64 are looked at.
    assert gate_work(ising_ring(6, 100)) == 100 * (6 + 6)


def test_without_a_family_there_is_no_trend_and_it_says_so():
    section = start(case(qt.Model(qt.ansatz.hardware_efficient(4, 2), z0(4)), [0.5]))
    assert section.finding("qubit_trend").verdict is Code.NOT_COMPUTED
    assert "family" in section.finding("qubit_trend").sentence
    assert section.verdict in (Code.WELL_CONDITIONED, Code.ILL_CONDITIONED)


def test_a_family_that_does_not_hold_the_circuit_says_so():
    model = qt.Model(qt.ansatz.strongly_entangling(4, 2), z0(4))
    section = start(case(model, [0.5], family=qt.ansatz.hardware_efficient))
    assert "no number of layers" in section.finding("qubit_trend").sentence


def test_the_family_is_found_behind_an_encoding():
    circuit = qt.encoding.angle(4) + qt.ansatz.hardware_efficient(4, 3)
    asked = case(qt.Model(circuit, z0(4)), [0.5], X=np.ones((1, 4)), family=qt.ansatz.hardware_efficient)
    family = Family.of(asked)
    assert family.layers == 3
    assert family.own_size(3).circuit == circuit
    model, samples = family.member(6, 2)
    assert model.circuit == qt.ansatz.hardware_efficient(6, 2)
    assert model.observable == z0(6)
    # Product states: every qubit is pure.
    for state in samples.states:
        for q in range(6):
            halves = state.reshape(2**q, 2, -1).transpose(1, 0, 2).reshape(2, -1)
            assert np.linalg.svd(halves, compute_uv=False)[1] < 1e-12


@pytest.mark.parametrize(
    ("given", "at_six"),
    [
        ("ZIII", "ZIIIII"),
        ("ZZII", "ZZIIII"),
        ("IIIZ", "IIIIIZ"),
        ("XXXX", "XXXXXX"),
        ("ZZII + 0.5 XIII", "ZZIIII + 0.5 XIIIII"),
        ("ZZII + IIZZ", None),
    ],
)
def test_observables_of_other_sizes(given, at_six):
    asked = case(
        qt.Model(qt.ansatz.hardware_efficient(4, 2), qt.pauli(given)),
        [0.5],
        family=qt.ansatz.hardware_efficient,
    )
    made = Family.of(asked).member(6, 2)
    if at_six is None:
        assert "let the family return a qt.Model" in made
    else:
        assert made[0].observable == qt.pauli(at_six)


def test_haar_random_circuits_have_the_variance_that_the_threshold_names():
    """The threshold is twice the mean over Haar-random circuits: their own derivatives, sampled."""
    n, p = 3, 6
    squares = []
    for seed in range(60):
        circuit = qt.ansatz.haar(n, p, seed=seed)
        model = qt.Model(circuit, qt.pauli("ZII") + 0.5 * qt.pauli("XYI"), scale=1.5)
        theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, p)
        squares.append(difference_jacobian(model, theta) ** 2)
    found = start(case(model, [0.5])).finding("gradient_variance")
    error = np.std([one.mean() for one in squares]) / np.sqrt(len(squares))
    assert found.threshold / 2 == pytest.approx(np.mean(squares), abs=4 * error)


def test_gates_given_as_matrices_are_not_moved_at_any_price():
    found = start(case(qt.Model(qt.ansatz.haar(4, 64), qt.pauli("ZIII")), [0.5])).finding(
        "predicted_variance"
    )
    assert found.verdict is Code.NOT_COMPUTED
    assert "moving 64 generators through 65 gates" in found.sentence


def test_the_kernel_at_theta_against_differences():
    n, m = 3, 5
    states, y = random_states(m, n), np.array([1.0, -1, 1, 1, -1])
    model = qt.Model(qt.ansatz.hardware_efficient(n, 3), [z0(n), pauli_on("X", 1, n)])
    labels = np.stack([y, y[::-1]], axis=1)
    asked = case(model, labels, states=states)
    section = start(asked)
    jacobian = difference_jacobian(model, asked.theta, states=states)
    kernel = jacobian @ jacobian.T
    values = np.linalg.eigvalsh(kernel)
    assert section.finding("kernel_condition").value == pytest.approx(values[-1] / values[0], rel=1e-4)
    flat = labels.ravel()
    alignment = np.sum(kernel * np.outer(flat, flat)) / (np.linalg.norm(kernel) * flat @ flat)
    assert section.finding("kernel_target_alignment").value == pytest.approx(alignment, rel=1e-6)
    rate = section.finding("critical_learning_rate").value
    assert rate == pytest.approx(2 * m / values[-1], rel=1e-6)
    # A step at half that rate shrinks the slowest direction by 1 - rate/2 lambda/m.
    factor = 1 - rate / 2 * values[0] / m
    assert section.finding("decay_time").value == pytest.approx(-1 / np.log(factor), rel=1e-4)


def test_descent_grows_above_the_critical_rate_and_falls_below():
    """One parameter, near the minimum: plain gradient descent as the user calls it."""
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"), scale=1.0)
    theta = np.array([1.2])
    y = np.cos(theta + 0.001)
    rate = start(case(model, y, theta=theta)).finding("critical_learning_rate").value
    for factor, grows in ((0.9, False), (1.1, True)):
        warned = pytest.warns(qt.QTangentWarning, match="critical") if grows else contextlib.nullcontext()
        with warned:
            run = qt.train(model, y, theta=theta, optimizer=qt.GradientDescent(factor * rate), steps=20)
        assert (run.loss[-1] > run.loss[0]) is np.bool_(grows)


def test_an_ill_conditioned_kernel_is_told():
    """Two nearly equal states with different labels."""
    states = np.array([[1, 0], [np.cos(1e-3), np.sin(1e-3)]])
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0).rx(qt.param(1), 0), qt.pauli("Z"))
    section = start(case(model, [0.1, -0.1], states=states, theta=[0.4, 0.9]))
    found = section.finding("kernel_condition")
    assert found.verdict is Code.ILL_CONDITIONED
    assert found.value > 1e4


def test_a_kernel_of_zeros_is_told():
    model = qt.Model(qt.Circuit(2).ry(qt.param(0), 1), z0(2))
    section = start(case(model, [0.5]))
    assert section.finding("kernel_condition").verdict is Code.NOT_COMPUTED
    assert section.finding("gradient_variance").verdict is Code.PLATEAU


def test_angles_that_multiply_parameter_and_feature():
    circuit = qt.Circuit(2).ry(qt.param(0) * qt.feature(0), 0).cx(0, 1).ry(qt.param(1), 1).rx(qt.param(2), 0)
    model, X = qt.Model(circuit, qt.pauli("ZZ")), np.array([[0.3], [1.1]])
    asked = case(model, [0.5, -0.5], X=X)
    section = start(asked)
    assert section.finding("gradient_variance").value > 0
    assert "feature" in section.finding("gradient_variance").sentence
    assert section.finding("predicted_variance").verdict is Code.NOT_COMPUTED
    jacobian = difference_jacobian(model, asked.theta, X=X)
    largest = np.linalg.eigvalsh(jacobian @ jacobian.T)[-1]
    assert section.finding("critical_learning_rate").value == pytest.approx(4 / largest, rel=1e-6)


def test_the_prediction_of_a_deep_circuit_is_what_is_sampled():
    """The ring of 4 qubits with X and ZZ layers, whose observable lies in the algebra."""
    field = sum(pauli_on("X", k, 4) for k in range(4))
    section = start(case(qt.Model(ising_ring(4, 50), field), [0.5]))
    predicted, sampled = section.finding("predicted_variance"), section.finding("gradient_variance")
    low, high = sampled.interval
    assert low < predicted.value < high
    assert "dimension 11" in predicted.sentence


def test_where_there_is_no_prediction_it_says_why():
    found = start(case(qt.Model(ising_ring(4, 50), qt.pauli("ZZII")), [0.5])).finding("predicted_variance")
    assert found.verdict is Code.NOT_COMPUTED
    assert "neither the observable nor the traceless states lie in the Lie algebra" in found.sentence


def test_the_seed_decides_every_number():
    asked = case(
        qt.Model(qt.ansatz.hardware_efficient(3, 2), z0(3)), [0.5], family=qt.ansatz.hardware_efficient
    )
    assert start(asked) == start(asked)
