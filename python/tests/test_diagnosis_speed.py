"""The sections on speed, end and advice: the codes that they must give, and numbers against the functions they name."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.diagnosis import Code
from qtangent.diagnosis.advice import advice
from qtangent.diagnosis.case import Case
from qtangent.diagnosis.end import end
from qtangent.diagnosis.speed import speed
from qtangent.diagnosis.speed.scale import edge_scale

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

HARD = qt.landscape.hard_dataset(qt.ansatz.haar(3, 2, seed=0), qt.pauli("ZII"))


def case(model, y, X=None, states=None, theta=None, seed=0, budget="quick"):
    samples = (
        qt.Samples(X, states)
        if X is not None or states is not None
        else qt.Samples(states=np.eye(1, 2**model.circuit.n_qubits))
    )
    start = np.random.default_rng(seed).uniform(0, 2 * np.pi, model.n_params) if theta is None else theta
    return Case(model, np.asarray(y, dtype=float), samples, start, budget, seed)


def orthogonal(scale, seed=1, p=160, **settings):
    model, theta, y, states = qt.convergence.haar_setup(3, p, 4, scale, seed)
    return case(model, y, states=states, theta=theta, seed=seed, **settings)


@pytest.fixture(scope="module")
def by_scale():
    return {scale: speed(orthogonal(scale)) for scale in (0.6, 1.0, 2.0)}


def test_scale_1_is_sublinear_and_scale_2_exponential_on_orthogonal_states(by_scale):
    assert by_scale[1.0].verdict is Code.SUBLINEAR
    assert by_scale[2.0].verdict is Code.EXPONENTIAL
    assert by_scale[0.6].verdict in (Code.NEVER, Code.FROZEN)


def test_the_scale_that_makes_it_exponential_is_named(by_scale):
    for scale, verdict in ((0.6, Code.FROZEN), (1.0, Code.SUBLINEAR), (2.0, Code.EXPONENTIAL)):
        found = by_scale[scale].finding("exponential_scale")
        assert found.value == pytest.approx(1)
        assert found.verdict is verdict


def test_the_phase_of_data_and_of_the_short_training_is_told(by_scale):
    for scale, verdict in ((0.6, Code.FROZEN), (1.0, Code.SUBLINEAR), (2.0, Code.EXPONENTIAL)):
        margin = by_scale[scale].finding("phase_margin")
        # Four orthonormal states of eight, labels +-1: every sample by itself.
        assert margin.value == pytest.approx(scale - 1, abs=1e-9) or scale < 1
        assert margin.value < 0 or scale >= 1
        assert margin.verdict is verdict
        assert by_scale[scale].finding("phase_growth").verdict in (verdict, Code.UNDECIDED, Code.SUBLINEAR)


def test_edge_scale_agrees_with_the_phase():
    random = np.random.default_rng(5)
    levels = np.array([1.0, 1.0, -1.0, -1.0])
    for _ in range(5):
        states = random.normal(size=(2, 4)) + 1j * random.normal(size=(2, 4))
        states /= np.linalg.norm(states, axis=1, keepdims=True)
        y = random.uniform(-1, 1, 2)
        distance = np.sqrt(np.clip(1 - abs(states.conj() @ states.T) ** 2, 0, None))
        edge = edge_scale(y, levels, distance)
        assert qt.convergence.phase(1.001 * edge * levels, y, states).kind == "frozen kernel"
        assert qt.convergence.phase(0.999 * edge * levels, y, states).kind == "frozen error"


def test_equal_states_with_opposite_labels_have_no_such_scale():
    assert edge_scale(np.array([1.0, -1.0]), np.array([1.0, -1.0]), np.zeros((2, 2))) == np.inf


def test_the_numbers_are_those_of_the_functions(by_scale):
    given, section = orthogonal(2.0), by_scale[2.0]
    found = section.finding("steps_to_target")
    rate = qt.convergence.study(
        given.model, given.y, X=given.samples, theta=given.theta, max_steps=2
    ).settings["learning_rate"]
    forecast = qt.convergence.steps_to_target(
        given.model,
        given.y,
        found.threshold,
        X=given.samples,
        theta=given.theta,
        learning_rate=rate,
        evaluations=120,
    )
    assert found.value == forecast.steps
    assert found.interval == forecast.interval
    run = qt.train(
        given.model, given.y, X=given.samples, theta=given.theta, optimizer=qt.GradientDescent(rate),
        steps=int(2 * forecast.interval[1]),
    )  # fmt: skip
    first = int(np.argmax(run.loss <= found.threshold))
    assert found.interval[0] <= first <= found.interval[1]


def test_a_frozen_kernel_is_followed_to_its_target(by_scale):
    given, section = orthogonal(2.0), by_scale[2.0]
    found, rate = section.finding("frozen_kernel_steps"), None
    rate = qt.convergence.study(
        given.model, given.y, X=given.samples, theta=given.theta, max_steps=2
    ).settings["learning_rate"]
    kernel = given.model.tangent_kernel(given.theta, given.samples)
    residual = given.model.predict(given.theta, given.samples) - given.y
    at = qt.dynamics.kernel_regression(kernel, residual, [found.value], rate=rate / 4)[0]
    assert at @ at / 8 == pytest.approx(found.threshold, rel=0.03)


def test_a_circuit_without_z_sum_or_limit_says_what_vanishes():
    circuit = qt.Circuit(2)
    for layer in range(3):
        for qubit in range(2):
            circuit.ry(qt.param(2 * layer + qubit) * qt.feature(qubit), qubit)
        circuit.cx(0, 1)
    X = np.random.default_rng(0).uniform(-1, 1, (6, 2))
    section = speed(case(qt.Model(circuit, qt.pauli("ZI")), 0.5 * X[:, 0], X=X))
    assert section.finding("limit_steps").verdict is Code.NOT_COMPUTED
    assert "learning rate times steps" in section.finding("short_training_loss").sentence
    assert section.finding("steps_to_target").verdict is not Code.NOT_COMPUTED


def test_one_basin_and_several():
    one = qt.Circuit(1).ry(qt.param(0), 0)
    section = end(case(qt.Model(one, qt.pauli("Z")), [0.5]))
    assert section.verdict is Code.ONE_BASIN
    assert section.finding("share_of_best").value == 1
    several = end(case(HARD.model, HARD.labels, states=HARD.states))
    assert several.verdict is Code.MANY_BASINS
    minima = qt.landscape.find_minima(HARD.model, HARD.labels, states=HARD.states)
    assert several.finding("certified_minima").value == len(minima) == 4


def test_the_share_of_the_best_holds_for_other_starts():
    found = end(case(HARD.model, HARD.labels, states=HARD.states)).finding("share_of_best")
    other = end(case(HARD.model, HARD.labels, states=HARD.states, seed=77)).finding("share_of_best")
    assert found.interval[0] <= other.value <= found.interval[1]


@pytest.fixture(scope="module")
def advised():
    given = orthogonal(1.0, p=80, budget="full")
    sections = (speed(given), end(given))
    return given, sections, advice(given, sections)


def test_a_larger_scale_is_advised_at_the_edge_and_does_what_is_predicted(advised):
    given, sections, found = advised
    assert 1 <= len(found.findings) <= 5
    scale = found.finding("scale")
    target = sections[0].finding("steps_to_target").threshold
    wider = qt.Model(given.model.circuit, given.model.observable, 2.0)
    rate = qt.convergence.study(wider, given.y, X=given.samples, theta=given.theta, max_steps=2).settings[
        "learning_rate"
    ]
    run = qt.train(
        wider, given.y, X=given.samples, theta=given.theta, optimizer=qt.GradientDescent(rate),
        steps=int(2 * scale.interval[1]),
    )  # fmt: skip
    first = int(np.argmax(run.loss <= target))
    assert scale.interval[0] <= first <= scale.interval[1]
    assert f"tried out: {first} steps" in scale.sentence


def test_advice_without_the_section_on_speed():
    assert advice(orthogonal(1.0), ()).verdict is Code.NOT_COMPUTED


@pytest.fixture(scope="module")
def too_few():
    model, theta, y, states = qt.convergence.haar_setup(4, 6, 4, 1.5, 1)
    given = case(model, y, states=states, theta=theta)
    sections = (speed(given), end(given))
    return given, sections, advice(given, sections)


def test_too_few_parameters_never_get_there(too_few):
    given, (found, _), _ = too_few
    assert found.verdict is Code.NEVER
    ahead = found.finding("steps_to_target")
    assert (ahead.value, ahead.verdict) == (None, Code.NEVER)
    run = qt.train(given.model, given.y, X=given.samples, theta=given.theta, optimizer=qt.LBFGS(), steps=500)
    assert run.loss[-1] > ahead.threshold


def test_more_layers_are_advised_and_do_what_is_predicted(too_few):
    given, (found, _), advised = too_few
    depth = advised.finding("depth")
    layers = int(depth.sentence.split()[1])
    circuit = given.model.circuit + qt.ansatz.hardware_efficient(4, layers)
    fresh = np.random.default_rng([0, 6]).uniform(0, 2 * np.pi, circuit.n_params - 6)
    model, theta = qt.Model(circuit, given.model.observable, 1.5), np.concatenate([given.theta, fresh])
    rate = qt.convergence.study(model, given.y, X=given.samples, theta=theta, max_steps=2).settings[
        "learning_rate"
    ]
    run = qt.train(
        model,
        given.y,
        X=given.samples,
        theta=theta,
        optimizer=qt.GradientDescent(rate),
        steps=int(2 * depth.interval[1]),
    )
    first = int(np.argmax(run.loss <= found.finding("steps_to_target").threshold))
    assert depth.interval[0] <= first <= depth.interval[1]


def test_the_limit_of_the_circuits_own_algebra():
    """The open Ising chain: gates whose generators are known, so that the flow in their algebra needs nothing moved."""
    model, theta, y, states = qt.convergence.hamiltonian_variational_setup(3, 24, 2, 1.5, 0)
    given = case(model, y, states=states, theta=theta)
    found = speed(given).finding("algebra_limit_steps")
    bonds, field = qt.pauli("ZZI") + qt.pauli("IZZ"), qt.pauli("XII") + qt.pauli("IXI") + qt.pauli("IIX")
    unitary = model.circuit.matrix(theta)
    start = 1.5 * unitary.conj().T @ qt.pauli("ZII").matrix() @ unitary
    study = qt.convergence.study(model, y, states=states, theta=theta, max_steps=2)
    time = np.linspace(0, 1.5 * (found.value or 1000) * study.settings["dt"], 400)
    algebra = qt.capacity.lie_algebra([bonds, field])
    curve = qt.dynamics.asymptotic_in_algebra(algebra, [bonds, field], start, y, states, time)
    assert f"dimension {algebra.dimension}," in found.sentence
    if found.value is None:
        assert curve.loss[-1] > found.threshold
    else:
        first = time[int(np.argmax(curve.loss <= found.threshold))] / study.settings["dt"]
        assert found.value == pytest.approx(first, rel=0.05)


@pytest.mark.parametrize("scale", [1e-3, 1e-9])
def test_labels_far_out_of_range_take_no_time(scale):
    """The limit's flow is the stiffer, the farther the labels lie outside: at 1e-9 it would take hours."""
    section = speed(orthogonal(scale))
    for name in ("limit_steps", "algebra_limit_steps"):
        assert "times what is measured" in section.finding(name).sentence


def test_a_measurement_that_nothing_moves_has_no_limit():
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("II"))
    found = speed(case(model, [1.0, -1.0], states=np.eye(4)[:2])).finding("limit_steps")
    assert found.verdict is Code.NOT_COMPUTED
    assert "nothing moves" in found.sentence
