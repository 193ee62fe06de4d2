"""Second order in the over-parameterised limit, and one pure sample in closed form."""

import json
import pickle
from pathlib import Path
from time import process_time

import numpy as np
import pytest
import qtangent as qt
from golden_circuits import Case
from qtangent import dynamics

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/transitions.json"
CASES = {case["name"].split("_")[0]: case for case in json.loads(GOLDEN.read_text())["cases"]}
METHODS = ("reduced", "dense")
ODE = {"rtol": 0, "atol": 1e-9}
STATIC = {"rtol": 0, "atol": 1e-11}


@pytest.fixture(scope="module")
def three():
    return Case(CASES["tr03"])


@pytest.fixture(scope="module")
def one():
    return Case(CASES["tr01"])


def densities(states):
    return np.einsum("ji,jk->jik", states, states.conj())


def commutator(a, b):
    return a @ b - b @ a


def dense_dqntk(measured, rho):
    """-(1/2) tr(rho_a ([X_b, [X_c, M]] + [X_c, [X_b, M]])) as it is written."""
    currents = [1j * commutator(measured, one) for one in rho]
    inner = [commutator(current, measured) for current in currents]
    return np.array(
        [
            [
                [
                    -0.5 * np.trace(a @ (commutator(x, second) + commutator(y, first))).real
                    for y, second in zip(currents, inner, strict=True)
                ]
                for x, first in zip(currents, inner, strict=True)
            ]
            for a in rho
        ]
    )


@pytest.mark.parametrize("method", METHODS)
def test_golden_tensors_of_pure_and_mixed_samples(three, method):
    e = three.expected
    limit = dynamics.asymptotic(three.model, three.theta, three.y, [0.0], states=three.states, method=method)
    np.testing.assert_allclose(limit.dqntk[0], e["mu_limit_abc"], **STATIC)
    np.testing.assert_allclose(limit.kernel[0], e["K_limit"], **STATIC)
    residual = np.array(e["residuals"])
    moved = -np.einsum("c,abc->ab", residual, limit.dqntk[0])
    np.testing.assert_allclose(moved + moved.T, e["dK_dt_limit_normalised_time"], **STATIC)
    rho = densities(three.states)
    mixed = np.array([0.7 * rho[0] + 0.3 * rho[1], 0.25 * rho[1] + 0.75 * np.eye(8) / 8])
    limit = dynamics.asymptotic(three.model, three.theta, [0, 0], [0.0], states=mixed, method=method)
    np.testing.assert_allclose(limit.dqntk[0], e["mixed_mu_limit_abc"], **STATIC)
    np.testing.assert_allclose(limit.kernel[0], e["mixed_K_limit"], **STATIC)


@pytest.mark.parametrize("method", METHODS)
def test_the_kernel_changes_by_the_dqntk(three, method):
    h = 1e-3
    times = 0.7 + h * np.arange(-2, 3)
    limit = dynamics.asymptotic(
        three.model, three.theta, three.y, times, states=three.states, rate=0.8, method=method
    )
    measured = np.tensordot([1 / 12, -2 / 3, 0, 2 / 3, -1 / 12], limit.kernel, 1) / h
    moved = -0.8 * np.einsum("c,abc->ab", limit.residuals[2], limit.dqntk[2])
    np.testing.assert_allclose(moved + moved.T, measured, rtol=0, atol=1e-8 * abs(measured).max())


def test_parameter_sets_and_pickles(three):
    sets = np.stack([three.theta, three.theta[::-1]])
    both = dynamics.asymptotic(three.model, sets, three.y, [0.5, 1.0], states=three.states)
    assert both.dqntk.shape == (2, 2, 3, 3, 3)
    assert both.lam.shape == (2, 2, 3)
    for s, theta in enumerate(sets):
        single = dynamics.asymptotic(three.model, theta, three.y, [0.5, 1.0], states=three.states)
        np.testing.assert_array_equal(single.dqntk, both.dqntk[s])
    again = pickle.loads(pickle.dumps(both))
    np.testing.assert_array_equal(again.dqntk, both.dqntk)


def test_what_the_caller_changes_later_does_not_move_the_dqntk(three):
    theta, y = three.theta.copy(), three.y.copy()
    limit = dynamics.asymptotic(three.model, theta, y, [1.0], states=three.states)
    expected = dynamics.asymptotic(three.model, theta, y, [1.0], states=three.states).dqntk
    theta[:], y[:] = 0, 0
    np.testing.assert_array_equal(limit.dqntk, expected)


def test_overlaps_alone_give_the_same_tensor():
    rng = np.random.default_rng(4)
    signs = np.diag([1.0, 1, 1, -1, -1, -1, -1, 1])
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8)))
    observable = turn @ signs @ turn.conj().T
    states = rng.normal(size=(8, 3)) + 1j * rng.normal(size=(8, 3))
    states /= np.linalg.norm(states, axis=0)
    gram, measured = states.conj().T @ states, states.conj().T @ observable @ states
    limit = dynamics.asymptotic_from_gram(gram, measured, [1, -1, 0.5], [0.0, 0.8], scale=1.3)
    expected = dense_dqntk(1.3 * observable, densities(states.T))
    np.testing.assert_allclose(limit.dqntk[0], expected, rtol=0, atol=1e-12)
    moments = np.array([gram, 1.3 * measured, 1.69 * gram, 1.3**3 * measured])
    np.testing.assert_allclose(dynamics.limit_dqntk(moments), expected, rtol=0, atol=1e-12)


def test_a_restricted_algebra_has_its_own_tensor():
    generators = [qt.pauli("ZZI"), qt.pauli("IZZ"), qt.pauli("XII") + qt.pauli("IXI") + qt.pauli("IIX")]
    algebra = qt.capacity.lie_algebra(generators)
    rng = np.random.default_rng(5)
    states = rng.normal(size=(2, 8)) + 1j * rng.normal(size=(2, 8))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    measured = qt.pauli("ZII") + 0.5 * qt.pauli("ZZI")
    h, times = 1e-3, 0.4 + 1e-3 * np.arange(-2, 3)
    limit = dynamics.asymptotic_in_algebra(algebra, generators, measured, [1, -1], states, times)
    slope = np.tensordot([1 / 12, -2 / 3, 0, 2 / 3, -1 / 12], limit.kernel, 1) / h
    moved = -np.einsum("c,abc->ab", limit.residuals[2], limit.dqntk[2])
    np.testing.assert_allclose(moved + moved.T, slope, rtol=0, atol=1e-7 * abs(slope).max())


def test_the_tensor_of_many_parameters_tends_to_the_limit():
    theta_seeds, distances = range(6), []
    rng = np.random.default_rng(6)
    states = rng.normal(size=(2, 8)) + 1j * rng.normal(size=(2, 8))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    observable = qt.pauli("ZII") + 0.5 * qt.pauli("IZI") + 0.3 * qt.pauli("IIZ")
    for p in (40, 160):
        errors = []
        for seed in theta_seeds:
            model = qt.Model(qt.ansatz.haar(3, p, seed=seed), observable)
            theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, p)
            found = model.dqntk(theta, states=states) / model.z_sum**2
            limit = dynamics.asymptotic(model, theta, [0, 0], [0.0], states=states).dqntk[0]
            errors.append(np.linalg.norm(found - limit) / np.linalg.norm(limit))
        distances.append(np.sqrt(np.mean(np.square(errors))))
    # As p^(-1/2): 2 for a factor of 4.
    assert 1.4 < distances[0] / distances[1] < 2.9


def test_golden_runs_of_one_sample(one):
    levels, weights = dynamics.level_weights(one.model, one.theta, states=one.states)
    np.testing.assert_allclose(levels, one.expected["levels"], **STATIC)
    np.testing.assert_allclose(weights[0], one.expected["weights"], **STATIC)
    for run in one.expected["limit_runs"]:
        tilted = dynamics.tilted_limit(levels, weights[0], run["label"], run["times"])
        np.testing.assert_allclose(tilted.tau, run["tilt_tau"], **ODE)
        np.testing.assert_allclose(tilted.predictions, run["predictions"], **ODE)
        np.testing.assert_allclose(tilted.residuals, np.array(run["predictions"]) - run["label"], **ODE)
        np.testing.assert_allclose(tilted.kernel, run["K"], **ODE)
        np.testing.assert_allclose(tilted.mu, run["mu"], **ODE)
        np.testing.assert_allclose(tilted.lam, run["lam"], **ODE)


def test_tilting_is_the_limit_of_random_problems():
    rng = np.random.default_rng(7)
    times = np.array([0.0, 0.1, 0.5, 2.0, 10.0])
    for trial in range(200):
        n = rng.integers(1, 4)
        terms = [
            rng.normal() * qt.pauli("".join(rng.choice(list("IXYZ" if trial % 2 else "IZ"), n)))
            for _ in range(1 + trial % 4)
        ]
        model = qt.Model(qt.ansatz.haar(int(n), 3, seed=trial), sum(terms[1:], start=terms[0]))
        state = rng.normal(size=(1, 2**n)) + 1j * rng.normal(size=(1, 2**n))
        state /= np.linalg.norm(state)
        theta = rng.uniform(0, 2 * np.pi, 3)
        levels, weights = dynamics.level_weights(model, theta, states=state)
        label = rng.uniform(-1.5, 1.5) * abs(levels).max() if trial % 5 else levels[-1]
        tilted = dynamics.tilted_limit(levels, weights[0], label, times, rate=0.7)
        for method in METHODS:
            limit = dynamics.asymptotic(model, theta, [label], times, states=state, rate=0.7, method=method)
            unit = 1 + abs(levels).max() ** 3
            np.testing.assert_allclose(tilted.predictions, limit.predictions[:, 0], rtol=0, atol=1e-9 * unit)
            np.testing.assert_allclose(tilted.kernel, limit.kernel[:, 0, 0], rtol=0, atol=1e-9 * unit)
            np.testing.assert_allclose(tilted.mu, limit.dqntk[:, 0, 0, 0], rtol=0, atol=1e-9 * unit)


@pytest.mark.parametrize(("label", "late"), [(1.0, "critical"), (1.4, "outside")])
def test_late_laws_of_two_and_more_levels(label, late):
    levels, weights = [-1.0, 0.3, 1.0], [0.4, 0.25, 0.35]
    time = np.array([1e3, 1e4])
    end = dynamics.tilted_limit(levels, weights, label, time)
    gap = 0.7
    if late == "critical":
        np.testing.assert_allclose(end.kernel * time, [1, 1], atol=0.06)
        np.testing.assert_allclose(2 * gap * abs(end.residuals) * time, [1, 1], atol=0.1)
    else:
        np.testing.assert_allclose(end.residuals, -0.4, atol=1e-12)
        np.testing.assert_allclose(end.lam, -gap, atol=1e-9)
        assert (end.kernel >= 0).all()


@pytest.mark.parametrize(
    ("levels", "label", "gap"),
    [([-0.5, 0.1], 1.3, -0.6), ([-0.7, 0.1, 0.3], 5.3, -0.2), ([-0.3, 0.1], -3.7, 0.4)],
)
def test_kernels_far_below_rounding_keep_their_digits(levels, label, gap):
    # y + (l - y) is not l for these labels, so that the rounding of the mean could stand for the kernel.
    end = dynamics.tilted_limit(levels, np.ones(len(levels)), label, [20.0, 40.0, 60.0, 100.0])
    np.testing.assert_allclose(end.kernel, 2 * gap**2 * np.exp(-abs(gap * end.tau)), rtol=1e-9)
    np.testing.assert_allclose(end.lam, gap, rtol=1e-9)


@pytest.mark.parametrize("unit", [1e-8, 1e3, 1e8])
def test_the_unit_of_the_levels_does_not_matter(unit):
    levels, weights, times = np.array([-1.0, 0.2, 1.0]), [0.2, 0.3, 0.5], np.array([0.3, 2.0, 20.0])
    one = dynamics.tilted_limit(levels, weights, 0.7, times)
    other = dynamics.tilted_limit(unit * levels, weights, 0.7 * unit, times / unit**2)
    np.testing.assert_allclose(other.predictions, unit * one.predictions, rtol=1e-12)
    np.testing.assert_allclose(other.kernel, unit**2 * one.kernel, rtol=1e-12)
    np.testing.assert_allclose(other.lam, unit * one.lam, rtol=1e-11)
    np.testing.assert_allclose(other.tau, one.tau / unit, rtol=1e-11)


def test_one_level_and_untouched_levels():
    still = dynamics.tilted_limit([2.0, 5.0], [1.0, 0.0], 3.0, [0.0, 4.0])
    np.testing.assert_array_equal(still.predictions, [2, 2])
    np.testing.assert_array_equal(still.kernel, [0, 0])
    np.testing.assert_array_equal(still.lam, [0, 0])


def test_level_weights_of_mixed_samples_sets_and_many_qubits():
    model = qt.Model(qt.ansatz.hardware_efficient(3, 1), qt.pauli("ZIX") + 0.5 * qt.pauli("IYI"), scale=1.2)
    rng = np.random.default_rng(8)
    raw = rng.normal(size=(2, 8, 8)) + 1j * rng.normal(size=(2, 8, 8))
    rho = raw @ raw.conj().swapaxes(1, 2)
    rho /= np.trace(rho, axis1=1, axis2=2)[:, None, None]
    theta = rng.uniform(0, 2 * np.pi, (2, model.n_params))
    levels, weights = dynamics.level_weights(model, theta, states=rho)
    np.testing.assert_allclose(levels, [-1.8, -0.6, 0.6, 1.8], atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=2), 1, atol=1e-12)
    np.testing.assert_allclose(weights @ levels, model.predict(theta, states=rho), atol=1e-12)
    wide = qt.Model(qt.ansatz.hardware_efficient(12, 1), qt.pauli("Z" * 12))
    levels, weights = dynamics.level_weights(wide, np.full(wide.n_params, 0.3))
    prediction = wide.predict(np.full(wide.n_params, 0.3))[0]
    np.testing.assert_allclose(weights[0], [(1 - prediction) / 2, (1 + prediction) / 2], atol=1e-12)


def test_lotka_volterra_is_the_golden_closed_form():
    for row in CASES["tr12"]["outputs"]["rows"]:
        found = dynamics.lotka_volterra(row["eps0"], row["K0"], row["lam"], row["times"])
        np.testing.assert_allclose(found.residuals, row["eps"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.kernel, row["K"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("r0", "k0", "lam"), [(0.5, 1.2, 0.4), (-0.5, 1.0, -1.0), (0.3, 0.2, 2.0), (0.0, 1.0, 1.0)]
)
def test_lotka_volterra_solves_its_equations(r0, k0, lam):
    import scipy.integrate

    times = np.array([0.1, 1.0, 4.0])
    solution = scipy.integrate.solve_ivp(
        lambda _, s: [-0.7 * s[0] * s[1], -1.4 * lam * s[0] * s[1]],
        (0, 4), [r0, k0], t_eval=times, rtol=1e-12, atol=1e-13,
    )  # fmt: skip
    found = dynamics.lotka_volterra(r0, k0, lam, times, rate=0.7)
    np.testing.assert_allclose(found.residuals, solution.y[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.kernel, solution.y[1], rtol=0, atol=1e-10)
    late = dynamics.lotka_volterra(r0, k0, lam, [1e4], rate=0.7)
    assert np.isfinite(late.residuals).all()
    assert (late.kernel >= 0).all()


def test_a_lazy_gaussian_process_is_the_mean_of_linear_networks():
    rng = np.random.default_rng(9)
    m, tests, features = 3, 2, 400
    phi = rng.normal(size=(m + tests, 6))
    drawn = rng.normal(size=(features, 6)) @ phi.T  # untrained predictions, covariance phi phi^T
    sigma, kernel = phi @ phi.T, phi @ np.diag(rng.uniform(0.5, 1.5, 6)) @ phi.T
    y, time = np.array([1.0, -0.5, 0.2]), [0.0, 0.3, np.inf]
    prior = rng.normal(size=m + tests)
    found = dynamics.gaussian_process_prediction(
        kernel[:m, :m], kernel[m:, :m], sigma[:m, :m], sigma[m:, :m], sigma[m:, m:], y, time, 0.9,
        (prior[:m], prior[m:]),
    )  # fmt: skip
    sample_covariance = drawn.T @ drawn / features
    exact = dynamics.gaussian_process_prediction(
        kernel[:m, :m], kernel[m:, :m], sample_covariance[:m, :m], sample_covariance[m:, :m],
        sample_covariance[m:, m:], y, time, 0.9, (prior[:m], prior[m:]),
    )  # fmt: skip
    trained = np.stack(
        [
            dynamics.linearised_prediction(
                kernel[:m, :m], kernel[m:, :m], prior[:m] + f[:m] - y, prior[m:] + f[m:], time, 0.9
            )
            for f in drawn
        ]
    )
    spread = trained - found.mean
    covariance = np.einsum("sti,stj->tij", spread, spread) / features
    np.testing.assert_allclose(covariance, exact.covariance, rtol=0, atol=1e-10)
    np.testing.assert_allclose(
        found.mean,
        dynamics.linearised_prediction(kernel[:m, :m], kernel[m:, :m], prior[:m] - y, prior[m:], time, 0.9),
        atol=1e-12,
    )
    posterior = sigma[m:, m:] - sigma[m:, :m] @ np.linalg.solve(sigma[:m, :m], sigma[:m, m:])
    same = dynamics.gaussian_process_prediction(
        sigma[:m, :m], sigma[m:, :m], sigma[:m, :m], sigma[m:, :m], sigma[m:, m:], y, [np.inf]
    )
    np.testing.assert_allclose(same.covariance[0], posterior, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dynamics.tilted_limit([0, 1], [1], 0, [1]), r"weights has shape \(1,\)"),
        (lambda: dynamics.tilted_limit([0, 1], [1, -1], 0, [1]), "weight 1 is -1"),
        (lambda: dynamics.tilted_limit([0, 1], [0, 0], 0, [1]), "all weights are 0"),
        (lambda: dynamics.tilted_limit([0, np.nan], [1, 1], 0, [1]), r"levels\[1\] is nan"),
        (lambda: dynamics.tilted_limit([0, 1], [1, 1], 0, [1, 1]), "increase"),
        (lambda: dynamics.tilted_limit([0, 1], [1, 1], 0, [1], rate=0), "rate"),
        (lambda: dynamics.limit_dqntk(np.zeros((3, 2, 2))), r"\(4, m, m\)"),
        (lambda: dynamics.lotka_volterra(1, -1, 1, [1]), "kernel is -1"),
        (lambda: dynamics.lotka_volterra(1, 1, 1, [1], rate=-1), "rate is -1"),
        (
            lambda: dynamics.level_weights(
                qt.Model(qt.Circuit(1).rx(qt.param(0), 0), [qt.pauli("Z"), qt.pauli("X")]), [0.0]
            ),
            "one observable",
        ),
        (
            lambda: dynamics.gaussian_process_prediction(
                np.eye(2), np.eye(3), np.eye(2), np.eye(2), np.eye(2), [0, 0], [1]
            ),
            r"kernel_test has shape \(3, 3\)",
        ),
        (lambda: lazy(covariance=[[1, 0.5], [0, 1]]), "covariance is not symmetric"),
        (lambda: lazy(covariance_test=[[1, 0.5], [0, 1]]), "covariance_test is not symmetric"),
        (lambda: lazy(mean=0.0), "mean is no pair"),
        (lambda: lazy(mean=([0, 0], [0, 0], [0, 0])), "mean is no pair"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        call()


def lazy(**changed):
    """Two samples, two test samples, with some arguments changed."""
    names = ("kernel", "kernel_test", "covariance", "covariance_cross", "covariance_test")
    given = dict.fromkeys(names, np.eye(2)) | {"y": [0, 0], "time": [1]} | changed
    return dynamics.gaussian_process_prediction(**given)


@pytest.mark.parametrize("label", [0.2, 1.0, 1.4])
def test_long_times_take_no_more_work_than_short_ones(label):
    """Inside, an explicit integrator at rest must not follow rounding; outside, the gap is asked for at every time."""
    levels, weights = np.linspace(-1, 1, 64), np.arange(1.0, 65.0)

    def seconds(time):
        begun = process_time()
        dynamics.tilted_limit(levels, weights, label, time)
        return process_time() - begun

    # Before the residual was taken for 0 the longer one took 10,000 times as many steps.
    long, short = np.linspace(0, 1e8, 1000), np.linspace(0, 1e2, 1000)
    assert min(seconds(long) for _ in range(3)) < 20 * min(seconds(short) for _ in range(3))
    end = dynamics.tilted_limit(levels, weights, label, [1e8])
    np.testing.assert_allclose(end.predictions, min(label, 1.0), rtol=0, atol=1e-6)
    if label > 1:
        np.testing.assert_allclose(end.lam, levels[-2] - levels[-1], rtol=1e-12)
