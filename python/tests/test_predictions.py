"""Second-order prediction, critical rate, decay times and the limit from overlaps, against golden figures and training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import critical_learning_rate, decay_times

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/convergence.json"
CASES = {case["name"]: case for case in json.loads(GOLDEN.read_text())["cases"] if "theta0" in case["inputs"]}
SECOND_ORDER = [name for name, case in CASES.items() if "dQNTK_mu_abc" in case["outputs"]]


@pytest.mark.parametrize("name", SECOND_ORDER)
def test_golden_second_order_step(name):
    e = CASES[name]["outputs"]
    found = qt.dynamics.second_order_prediction(
        e["K"], e["dQNTK_mu_abc"], e["residuals"], CASES[name]["inputs"]["eta"]
    )
    np.testing.assert_allclose(
        found, [e["residuals"], e["second_order_predicted_residuals_step1"]], atol=1e-11
    )


@pytest.mark.parametrize("name", CASES)
def test_golden_critical_rate_and_decay_times(name):
    inputs, e = CASES[name]["inputs"], CASES[name]["outputs"]
    m, eta = len(inputs["labels"]), inputs["eta"]
    critical = critical_learning_rate(e["K"], m)
    np.testing.assert_allclose(critical, e["critical_eta_2m_over_lmax"], rtol=1e-11)
    # The golden time is continuous: that of a tiny step, in units of the step.
    times = decay_times(e["K"], 1e-13 * eta, m)
    slowest = times[np.isfinite(times)].max()
    np.testing.assert_allclose(1e-13 * slowest, e["decay_time_continuous_m_over_eta_lmin_nonzero"], rtol=1e-9)


def problem(m=4, p=30, seed=3):
    return qt.convergence.haar_setup(3, p, m, 1.0, seed)


def dqntk(model, theta, states, step=1e-5):
    """mu_abc by central differences of the Jacobian along the directions of its own rows."""
    jacobian = model.jacobian(theta, states=states)
    change = [
        (
            model.jacobian(theta + step * row, states=states)
            - model.jacobian(theta - step * row, states=states)
        )
        / (2 * step)
        for row in jacobian
    ]
    # (d_k d_l yhat_a) J_bk = change[b][a, l]
    return np.einsum("bal,cl->abc", change, jacobian)


@pytest.mark.parametrize("steps", [1, 5])
def test_exact_to_third_order(steps):
    """Halving the rate divides the error by 8, and that of the frozen kernel by 4."""
    model, theta, y, states = problem()
    kernel, mu = model.tangent_kernel(theta, states=states), dqntk(model, theta, states)
    r0 = model.predict(theta, states=states) - y
    errors = []
    for eta in (0.02, 0.01):
        run = qt.train(
            model, y, states=states, theta=theta, optimizer=qt.GradientDescent(eta), steps=steps,
            record="predictions",
        )  # fmt: skip
        predicted = [
            qt.dynamics.second_order_prediction(kernel, tensor, r0, eta, steps) for tensor in (mu, 0 * mu)
        ]
        errors.append([np.abs(run.predictions - y - one).max() for one in predicted])
    ratios = np.array(errors[0]) / errors[1]
    assert 7 < ratios[0] < 9
    assert 3.6 < ratios[1] < 4.4


def test_normalisations_are_the_same_step():
    kernel, mu, r0 = np.eye(3), np.ones((3, 3, 3)), np.ones(3)
    steps = [
        qt.dynamics.second_order_prediction(kernel, mu, r0, eta, 3, normalisation)
        for eta, normalisation in [(0.3, "1/2m"), (0.15, "1/m"), (0.1, "1/2")]
    ]
    np.testing.assert_allclose(steps[1], steps[0])
    np.testing.assert_allclose(steps[2], steps[0])


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_descent_diverges_just_above_the_critical_rate():
    """A network that is linear near its start: tiny residuals grow above the rate and fall below it."""
    model, theta, _, states = problem(m=2)
    z0 = model.predict(theta, states=states)
    _, vectors = np.linalg.eigh(model.tangent_kernel(theta, states=states))
    y = z0 + 1e-6 * vectors[:, -1]
    critical = critical_learning_rate(model.tangent_kernel(theta, states=states), 2)
    for share, grows in [(0.98, False), (1.02, True)]:
        run = qt.train(
            model, y, states=states, theta=theta, optimizer=qt.GradientDescent(share * critical), steps=20
        )
        assert (run.loss[-1] > run.loss[0]) == grows


def test_decay_times():
    kernel = np.diag([0.0, 1.0, 4.0])
    np.testing.assert_allclose(
        decay_times(kernel, 0.3, 3), [np.inf, -1 / np.log(0.9), -1 / np.log(0.6)], rtol=1e-12
    )
    np.testing.assert_allclose(
        decay_times(kernel, 0.3, 3, "1/2"), [np.inf, -1 / np.log(0.7), -1 / np.log(0.2)]
    )
    # 1 - rate * lambda would have lost all of a rate of 1e-17, and four digits of 1e-12.
    for rate in (1e-12, 1e-17):
        np.testing.assert_allclose(
            decay_times(kernel, rate, 3, "1/2"), [np.inf, 1 / rate, 1 / (4 * rate)], rtol=5e-12
        )
    assert decay_times(np.eye(1), 2.0, 1, "1/2")[0] == np.inf  # the residual changes its sign at each step
    assert decay_times(kernel, 0.6, 3, "1/2")[-1] < 0  # beyond critical_learning_rate = 0.5
    assert critical_learning_rate(kernel, 3) == pytest.approx(1.5)
    assert critical_learning_rate(kernel, 3, "1/m") == pytest.approx(0.75)
    assert critical_learning_rate(kernel, 3, "1/2") == pytest.approx(0.5)
    assert critical_learning_rate(np.zeros((2, 2)), 2) == np.inf


@pytest.mark.parametrize(("m", "scale"), [(1, 1.0), (4, 1.0), (4, 1.6), (8, 1.0), (8, 0.7), (12, 1.0)])
def test_limit_from_overlaps(m, scale):
    """Fewer states than half the dimension, as many as the dimension, and more."""
    model = qt.Model(qt.ansatz.haar(3, 6, seed=m), qt.pauli("XYI"), scale=scale)
    theta = np.random.default_rng(m).uniform(0, 6, 6)
    states, y = qt.encoding.haar_states(3, m, orthogonal=m < 8, seed=m), np.resize([1.0, -1.0], m)
    unitary = model.circuit.matrix(theta)
    measured = unitary.conj().T @ qt.pauli("XYI").matrix() @ unitary
    V, times = states.T, [0.0, 0.3, 2.0, 20.0]
    found = qt.dynamics.asymptotic_from_gram(
        V.conj().T @ V, V.conj().T @ measured @ V, y, times, scale=scale, rate=0.8
    )
    expected = qt.dynamics.asymptotic(model, theta, y, times, states=states, rate=0.8, method="reduced")
    for name in ("predictions", "residuals", "loss", "kernel"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-9)


def test_limit_from_overlaps_does_not_know_the_phases_of_the_states():
    states, y = qt.encoding.haar_states(2, 3, orthogonal=False, seed=1), [1, -1, 1]
    V = states.T
    gram, measured = V.conj().T @ V, V.conj().T @ qt.pauli("ZX").matrix() @ V
    first = qt.dynamics.asymptotic_from_gram(gram, measured, y, [1.0])
    turn = np.exp(1j * np.array([0.3, 2.0, -1.0]))
    other = np.outer(turn.conj(), turn)
    second = qt.dynamics.asymptotic_from_gram(gram * other, measured * other, y, [1.0])
    np.testing.assert_allclose(second.kernel, first.kernel, atol=1e-12)
    # Squared moduli are not enough.
    third = qt.dynamics.asymptotic_from_gram(np.abs(gram) ** 2, np.real(measured) * np.abs(gram), y, [1.0])
    assert np.abs(third.predictions - first.predictions).max() > 1e-2


def product_overlaps(angles):
    """Gram matrices of the states prod_q ry(angles[q])|0> with and without Z on qubit 0, as products over the qubits."""
    difference = angles[:, :, None] - angles[:, None, :]
    gram = np.cos(difference / 2).prod(axis=0)
    # <0|ry(a)^+ Z ry(b)|0> = cos((a + b)/2)
    return gram, gram / np.cos(difference[0] / 2) * np.cos((angles[0][:, None] + angles[0]) / 2)


def test_thirty_qubits():
    """Product states of 30 qubits: no vector of 2^30 entries is made. Three qubits agree with the circuit."""
    angles, y, times = (
        np.random.default_rng(0).normal(size=(30, 6)) * 0.3,
        np.resize([1.0, -1.0], 6),
        np.linspace(0, 9, 20),
    )
    large = qt.dynamics.asymptotic_from_gram(*product_overlaps(angles), y, times)
    assert (np.diff(large.loss) < 0).all()
    small = qt.dynamics.asymptotic_from_gram(*product_overlaps(angles[:3]), y, times)
    circuit = qt.encoding.angle(3).evolve(qt.param(0), qt.pauli("ZII"))
    expected = qt.dynamics.asymptotic(qt.Model(circuit, qt.pauli("ZII")), [0.0], y, times, X=angles[:3].T)
    np.testing.assert_allclose(small.predictions, expected.predictions, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: qt.dynamics.asymptotic_from_gram(np.eye(2), 1.1 * np.eye(2), [1, 1], [0]),
            "eigenvalue.*scale",
        ),
        (lambda: qt.dynamics.asymptotic_from_gram(2 * np.eye(2), np.eye(2), [1, 1], [0]), "diagonal"),
        (lambda: qt.dynamics.asymptotic_from_gram([[1, 0.5], [0, 1]], np.eye(2), [1, 1], [0]), "adjoint"),
        (lambda: qt.dynamics.asymptotic_from_gram(np.eye(2), np.eye(3), [1, 1], [0]), r"\(3, 3\)"),
        (lambda: qt.dynamics.asymptotic_from_gram(np.eye(2), np.eye(2), [1, 1, 1], [0]), r"\(3,\)"),
        (lambda: qt.dynamics.asymptotic_from_gram(np.eye(1), np.eye(1), [1], [0], scale=0), "scale"),
        (lambda: qt.dynamics.second_order_prediction(np.eye(2), np.zeros((2, 2)), [1, 1], 1), "dqntk"),
        (lambda: qt.dynamics.second_order_prediction(np.eye(1), [[[0]]], [1], 1, -1), "steps is -1"),
        (lambda: qt.dynamics.second_order_prediction(np.eye(1), [[[0]]], [1], 1, 1, "mse"), "'mse'.*1/2m"),
        (lambda: critical_learning_rate(np.eye(2), 2, "1/m^2"), "normalisation"),
        (lambda: critical_learning_rate(np.eye(2), 0), "m is 0"),
        (lambda: decay_times(np.eye(2), 0, 2), "positive"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
