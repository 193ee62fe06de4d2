"""Steps to a target: closed forms against loops, jumps against real training, and the coverage of the intervals."""

import math

import numpy as np
import pytest
import qtangent as qt
from forecast_cases import LONGEST, questions
from qtangent.convergence.forecasts.curvature import Curvature, ramp_sum, steps_sum
from qtangent.convergence.forecasts.descent import Descent, Point
from qtangent.convergence.forecasts.jump import jump
from qtangent.convergence.forecasts.law import late_law

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


@pytest.mark.parametrize("n", [1, 2, 7, 40])
@pytest.mark.parametrize("x", [0.0, 1e-9, 1e-3, 0.3, 1.0, 1.7, -0.2])
def test_sums_of_powers(n, x):
    k = np.arange(n)
    assert steps_sum(np.array([x]), n)[0] == pytest.approx(np.sum((1 - x) ** k), rel=1e-9)
    expected = np.sum((1 - x) ** (n - 1 - k) * k / n)
    assert ramp_sum(np.array([x]), n)[0] == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("shape", [(3, 7), (7, 3)])
def test_functions_of_the_kernel_matrix(shape):
    random = np.random.default_rng(0)
    jacobian, vector = random.normal(size=shape), random.normal(size=shape[1])
    values, vectors = np.linalg.eigh(jacobian.T @ jacobian)
    expected = vectors @ (np.exp(-np.clip(values, 0, None)) * (vectors.T @ vector))
    np.testing.assert_allclose(
        Curvature.of_jacobian(jacobian).apply(lambda a: np.exp(-a), vector), expected, atol=1e-12
    )


class Linear(Descent):
    """A model that is linear in theta."""

    def __init__(self, jacobian, y, rate):
        self.jacobian, self.targets, self.learning_rate, self.evaluations = jacobian, y, rate, 0.0

    def at(self, step, theta):
        self.evaluations += 1
        return Point(step, theta, self.jacobian @ theta - self.targets, self.jacobian)


def test_a_jump_of_a_linear_model_is_descent():
    random = np.random.default_rng(1)
    jacobian, y, theta = random.normal(size=(4, 9)), random.normal(size=4), random.normal(size=9)
    descent = Linear(jacobian, y, 0.8 / np.linalg.norm(jacobian, 2) ** 2)
    start = descent.at(0, theta)
    for n in (1, 5, 60):
        moved = theta.copy()
        for _ in range(n):
            moved -= descent.learning_rate * jacobian.T @ (jacobian @ moved - y)
        made = jump(descent, start, Curvature.of_jacobian(jacobian), n, 0.3)
        assert made.misfit < 1e-6
        np.testing.assert_allclose(made.end.theta, moved, atol=1e-10)


def test_laws_of_closed_forms():
    step = np.geomspace(10, 1000, 30)
    assert late_law(step, np.full(30, 0.1)).name == "exponential"
    assert late_law(step, 2 / step).name == "power law"
    assert late_law(step, 2 / step).growth == pytest.approx(-1, abs=1e-9)
    assert late_law(step, 2 / step**3).name == "plateau"
    assert late_law(step[:2], np.ones(2)).name == "undecided"


KINDS = {
    "exponential": 9, "sublinear": 9, "hardware efficient": 8, "features between": 6, "too few": 4, "out of reach": 4,
}  # fmt: skip


def test_of_forty_trainings_34_intervals_hold_and_never_is_right():
    """From at most a tenth of the steps; circuits, states and starts are others than those that set the factors."""
    ratios, held, never = [], [], []
    for one in questions(KINDS, first_seed=500):
        case, arrives = one.case, math.isfinite(one.steps)
        allowed = int(one.steps / 10) if arrives else LONGEST // 10
        forecast = qt.convergence.steps_to_target(
            case.model,
            case.y,
            one.target,
            X=case.samples,
            theta=case.theta,
            learning_rate=case.rate,
            evaluations=allowed,
        )
        assert forecast.evaluations <= allowed
        low, high = forecast.interval
        if arrives:
            held.append(low <= one.steps <= high)
            ratios.append(high / low)
        else:
            held.append(forecast.never)
            never.append(forecast.never)
    assert len(held) == 40
    assert sum(held) >= 34
    assert np.median(ratios) <= 3
    assert sum(never) >= 5


def test_what_is_below_the_floor_is_never_reached():
    states = np.array([[1, 0], [1, 0]], dtype=complex)
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    forecast = qt.convergence.steps_to_target(model, [1.0, -1.0], 0.4, states=states, theta=[0.7])
    assert forecast.never
    assert forecast.basis == "floor"
    assert forecast.interval == (math.inf, math.inf)


def test_a_target_that_the_real_steps_reach_is_exact():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    forecast = qt.convergence.steps_to_target(model, [0.0], 1e-3, theta=[0.7], learning_rate=0.5)
    run = qt.train(model, [0.0], theta=[0.7], optimizer=qt.GradientDescent(0.5), steps=50)
    assert forecast.steps == np.argmax(run.loss <= 1e-3)
    assert forecast.interval == (forecast.steps, forecast.steps)
    assert forecast.basis == "trained"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 0.0}, "target is 0.0: give a positive loss"),
        ({"evaluations": 3}, "evaluations is 3; at least 12"),
        ({"most_steps": 0}, "most_steps is 0"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0; it must be positive"),
        ({"theta": np.zeros((2, 1))}, "one parameter set"),
        ({"y": [0.0, 1.0]}, r"y has shape \(2,\)"),
    ],
)
def test_bad_input_is_named(arguments, message):
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    given = {"y": [0.0], "target": 0.1, "theta": [0.7], **arguments}
    with pytest.raises(qt.InvalidArgumentError, match=message):
        qt.convergence.steps_to_target(model, **given)


def test_a_circuit_without_parameters_has_nothing_to_train():
    with pytest.raises(qt.InvalidArgumentError, match="nothing to train"):
        qt.convergence.steps_to_target(qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")), [0.0], 0.1)
