"""Starts, regimes, tangent kernels and studies of students, against definitions, quadrature and wide nets."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.classical import TwoLayerNetwork, match_path, study
from qtangent.classical.students import jacobian, mean_gram
from qtangent.classical.wide_limit import PopulationLimit, limit_kernel
from scipy.integrate import solve_ivp
from scipy.optimize import minimize


def network(activation="abs", r=3, d=5, seed=11):
    return TwoLayerNetwork(np.random.default_rng(seed).standard_normal((r, d)), activation)


def student(m=4, d=5, seed=12):
    return np.random.default_rng(seed).standard_normal((m, d))


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_the_tangent_kernel_is_that_of_differences_of_the_outputs(activation):
    net, W = network(activation), student()
    X, h = np.random.default_rng(1).standard_normal((6, 5)), 1e-6
    rows = []
    for place in np.ndindex(W.shape):
        shift = np.zeros_like(W)
        shift[place] = h
        rows.append((net.predict(W + shift, X) - net.predict(W - shift, X)) / (2 * h))
    J = np.array(rows).T
    np.testing.assert_allclose(jacobian(W, X, activation).reshape(6, -1), J, atol=1e-8)
    np.testing.assert_allclose(net.tangent_kernel(W, X), J @ J.T, atol=1e-7)
    np.testing.assert_allclose(net.tangent_kernel(W, X[:2], X[2:]), (J @ J.T)[:2, 2:], atol=1e-7)


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_the_mean_gram_matrix_equals_quadrature_in_the_plane(activation):
    """The Jacobian is homogeneous: the mean over the plane is one over angles times E |x|^2 = 2."""
    W = np.vstack([student(3, 2), [[0.0, 0.0]]])
    angle = 2 * np.pi * (np.arange(1_000_000) + 0.5) / 1_000_000
    J = jacobian(W, np.stack([np.cos(angle), np.sin(angle)], axis=1), activation).reshape(len(angle), -1)
    np.testing.assert_allclose(mean_gram(W, activation), 2 * J.T @ J / len(angle), atol=2e-5)


@pytest.mark.parametrize("activation", ["abs", "relu"])
@pytest.mark.parametrize("d", [1, 2, 3, 10])
def test_moments_of_equal_directions_keep_all_digits(activation, d):
    """E x x^T phi'^2 is 1, or 1/2 for relu: there is no angle, and none that rounding made."""
    share = 1.0 if activation == "abs" else 0.5
    W = np.random.default_rng(d).normal(size=(20, d))
    w, sizes = np.vstack([W, 2 * W]), np.linalg.norm(W, axis=1)
    blocks = mean_gram(w, activation).reshape(40, d, 40, d)
    for j in range(20):
        expected = share * (sizes[j] ** 2 * np.eye(d) + 3 * np.outer(W[j], W[j]))
        np.testing.assert_allclose(blocks[j, :, j], expected, rtol=0, atol=1e-13 * sizes[j] ** 2)
        np.testing.assert_allclose(blocks[j, :, 20 + j], 2 * expected, rtol=0, atol=2e-13 * sizes[j] ** 2)
    own = np.diag(limit_kernel(W, W, 2.0, activation))
    np.testing.assert_allclose(own, 2 * share * sizes**2 * (1 + 3 / d), rtol=1e-13)


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_best_sizes_minimise_the_loss(activation):
    net = network(activation, r=2, d=3)
    W = net.initialize(9, seed=4)
    sizes = np.linalg.norm(W, axis=1)
    used = sizes > 0
    assert 0 < used.sum() <= 9
    loss, gradient = net.loss_and_gradient(W)
    # Stationary in every mass that is positive: the gradient has no part along its neuron.
    along = np.einsum("jd,jd->j", gradient, W)[used]
    assert abs(along).max() < 1e-12 * np.sum(sizes**2)

    # The same minimum by another method, over z >= 0 in the drawn directions.
    u = np.random.default_rng([4, int.from_bytes(b"start", "big")]).standard_normal((9, 3))
    u /= np.linalg.norm(u, axis=1)[:, None]
    np.testing.assert_allclose(W[used] / sizes[used, None], u[used], atol=1e-14)
    found = minimize(
        lambda z: net.loss(np.sqrt(np.abs(z))[:, None] * u), np.full(9, 0.5), bounds=[(0, None)] * 9,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
    )  # fmt: skip
    assert loss <= found.fun + 1e-12
    assert loss == pytest.approx(found.fun, rel=1e-4)


def test_sizes_from_samples_approach_those_of_the_population():
    net = network(r=2, d=3)
    X = np.random.default_rng(5).standard_normal((200_000, 3))
    exact, found = net.initialize(8, seed=1), net.initialize(8, seed=1, X=X)
    np.testing.assert_allclose(
        np.sum(found**2, axis=1), np.sum(exact**2, axis=1), atol=0.03 * np.sum(exact**2)
    )


def test_the_subspace_is_the_teacher_s():
    net = network(r=2, d=6)
    basis = np.linalg.qr(net.teacher.T)[0]
    W = net.initialize(40, "subspace", seed=2)
    np.testing.assert_allclose(W @ basis @ basis.T, W, atol=1e-13)
    assert net.loss(W) < 0.02 * net.loss(net.initialize(40, "random", seed=2))
    X = np.random.default_rng(3).standard_normal((100_000, 6))
    noisy = net.initialize(40, "subspace", seed=2, X=X)
    away = noisy - noisy @ basis @ basis.T
    assert np.linalg.norm(away) < 0.1 * np.linalg.norm(noisy)
    assert (net.initialize(40, "subspace", seed=2) == W).all()
    assert (net.initialize(40, "subspace", seed=3) != W).any()


def test_starts_of_the_regimes_are_what_they_say():
    net = network()
    W = net.near_teacher(8, angle=0.2, seed=1)
    match = net.match(W)
    np.testing.assert_allclose(match.angles, 0.2, rtol=1e-12)
    np.testing.assert_allclose(match.mass, np.linalg.norm(net.teacher, axis=1), rtol=1e-12)
    small = net.small(50, mass=0.3)
    np.testing.assert_allclose(np.sum(small**2, axis=1), 0.3 / 50, rtol=1e-12)
    # A teacher and a start by one seed share no neuron.
    twin = TwoLayerNetwork(np.random.default_rng(0).standard_normal((3, 5)))
    assert twin.match(twin.small(3, seed=0)).angles.min() > 1e-3


def test_lazy_training_is_that_of_the_scaled_difference():
    net, W0 = network(), student(6)
    alpha = 7.0
    lazy = net.lazy(W0, alpha)
    x = np.random.default_rng(2).standard_normal((300_000, 5))
    W = W0 + 0.1 * student(6, seed=13)
    g = alpha * (net.predict(W, x) - net.predict(W0, x))
    assert lazy.loss(W) == pytest.approx(np.mean((g - net.labels(x)) ** 2) / (2 * alpha**2), rel=0.01)
    assert lazy.loss(W0) == pytest.approx(net.loss(np.zeros((1, 5))) / alpha**2, rel=1e-12)


def test_frozen_curves_solve_their_equations():
    """By an integrator on the flow of the linearised student."""
    net, W0 = network(d=3), student(4, d=3)
    result = study(net, W0, time=2.0, learning_rate=1e-3, records=12, probes=40)
    G, b = mean_gram(W0, "abs"), net.gradient(W0).reshape(-1)
    solved = solve_ivp(
        lambda _, moved: -(b + G @ moved), (0, result.actual.time[-1]), np.zeros(12),
        t_eval=result.actual.time, rtol=1e-11, atol=1e-13, method="DOP853",
    )  # fmt: skip
    moved = solved.y.T
    losses = net.loss(W0) + moved @ b + np.einsum("ti,ij,tj->t", moved, G, moved) / 2
    np.testing.assert_allclose(result.kernel_regression.loss, losses, rtol=1e-9)
    # The first steps of training are those of its linearisation.
    np.testing.assert_allclose(result.actual.loss[:2], result.kernel_regression.loss[:2], rtol=2e-3)
    J = jacobian(W0, result.inputs, "abs").reshape(40, -1)
    change = result.kernel_regression.predictions - result.kernel_regression.predictions[0]
    np.testing.assert_allclose(change, moved @ J.T, atol=1e-9)


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_the_limit_is_that_of_wide_frozen_students(activation):
    net = network(activation, d=2)
    angle = 2 * np.pi * (np.arange(300) + 0.5) / 300
    W0 = 0.1 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X = np.random.default_rng(6).standard_normal((60, 2))
    limit = limit_kernel(X, X, 3.0, activation)
    fine = 2 * np.pi * (np.arange(100_000) + 0.5) / 100_000
    wide = np.sqrt(3.0 / 100_000) * np.stack([np.cos(fine), np.sin(fine)], axis=1)
    np.testing.assert_allclose(net.tangent_kernel(wide, X), limit, atol=1e-4 * abs(limit).max())
    result = study(net, W0, time=5.0, records=20, limit=True)
    frozen, promised = result.kernel_regression, result.asymptotic
    np.testing.assert_allclose(promised.loss, frozen.loss, rtol=0.01)
    assert promised.loss[-1] < 0.2 * promised.loss[0]
    np.testing.assert_allclose(promised.predictions, frozen.predictions, atol=0.02)
    on_samples = study(net, W0, X=X, time=1.0, records=5, limit=True)
    np.testing.assert_allclose(on_samples.asymptotic.loss, on_samples.kernel_regression.loss, rtol=0.02)


def test_the_limit_in_space_is_that_of_many_directions():
    net = network(d=6)
    X = np.random.default_rng(6).standard_normal((20, 6))
    limit = limit_kernel(X, X, 3.0, "abs")
    wide = net.small(400_000, mass=3.0)
    assert np.linalg.norm(net.tangent_kernel(wide, X) - limit) < 0.01 * np.linalg.norm(limit)


@pytest.mark.parametrize("activation", ["abs", "relu"])
@pytest.mark.parametrize("d", [2, 3, 9])
def test_the_limit_of_the_population_is_that_of_its_kernel_on_many_inputs(activation, d):
    net = network(activation, r=2, d=d)
    X = np.random.default_rng(7).standard_normal((1000, d))
    time = np.array([0.0, 0.3, 1.0])
    exact = PopulationLimit(net.teacher, 2.0, activation)
    values, vectors = np.linalg.eigh(limit_kernel(X, X, 2.0, activation) / len(X))
    first = exact.predictions(np.zeros(1), X, False)[0] - net.labels(X)
    parts = (vectors.T @ first) ** 2
    sampled = np.exp(-2 * np.outer(time, np.maximum(values, 0))) @ parts / (2 * len(X))
    np.testing.assert_allclose(exact.loss(time, False), sampled, rtol=0.15)
    assert exact.loss(np.zeros(1), True)[0] == pytest.approx(net.loss(np.zeros((1, d))), rel=1e-12)
    late = exact.predictions(np.array([1e6]), X, True)[0]
    # What degrees beyond the last hold is not learnt, and counted.
    rest = np.mean((late - net.labels(X)) ** 2) / 2
    assert rest == pytest.approx(exact.loss(np.array([1e6]), True)[0], rel=0.3, abs=1e-6)
    assert rest < 2e-3 * net.loss(np.zeros((1, d)))


def test_verdicts_of_the_regimes():
    net = network()
    local = study(net, net.near_teacher(9, angle=0.4), time=200.0)
    assert local.verdict.startswith("feature learning")
    assert local.kernel_change[-1] > 0.1
    assert local.asymptotic is None
    assert "limit=True" in local.asymptotic_reason
    assert local.actual.loss[-1] < 0.01 * local.kernel_regression.loss[-1]
    lazy = study(net, net.small(60, mass=6.0), time=5.0, alpha=300.0, learning_rate=5e-4)
    assert lazy.verdict.startswith("NTK regime")
    np.testing.assert_allclose(lazy.actual.loss, lazy.kernel_regression.loss, rtol=0.05)
    assert lazy.actual.loss[0] == pytest.approx(net.loss(np.zeros((1, 5))), rel=1e-9)
    assert lazy.kernel_change[-1] < 0.05
    claims = lazy.claims
    assert [claim.holds for claim in claims] == [True, True]
    assert [claim.holds for claim in local.claims] == [False, False]


@pytest.mark.parametrize(("m", "slope", "exponent"), [(9, -3, 2 / 3), (3, None, 1 / 2)])
def test_the_laws_of_exact_and_of_superfluous_neurons(m, slope, exponent):
    """Three students a teacher neuron: t^-3 and |grad| ~ L^(2/3), over t from 1e3 to 1e4; one: exponential, L^(1/2)."""
    net = network(d=4)
    teacher = net.teacher
    if slope is None:
        run = net.train(net.near_teacher(m, 0.2), 0.1, 400, record_path=True)
        path = match_path(net, run)
        assert path.rate.law == "exponential"
    else:
        steps = np.unique(np.geomspace(1, 100_000, 120).astype(int))
        run = net.train(net.near_teacher(m, 0.2), 0.1, 100_000, record_every=steps, record_path=True)
        path = match_path(net, run)
        late = (path.time >= 1e3) & (path.time <= 1e4)
        fitted = np.polyfit(np.log(path.time[late]), np.log(path.loss[late]), 1)[0]
        assert fitted == pytest.approx(slope, rel=0.03)
        by_gradient = np.polyfit(np.log(path.loss[late]), np.log(path.gradient_norm[late]), 1)[0]
        assert by_gradient == pytest.approx(exponent, rel=0.03)
        assert path.rate.law == "power law"
        assert (path.descent >= 1).all()
    assert path.exponent == pytest.approx(exponent, rel=0.03)
    np.testing.assert_allclose(path.mass[-1], np.linalg.norm(teacher, axis=1), rtol=1e-3)
    np.testing.assert_allclose(path.loss, run.loss, rtol=1e-12)
    one = net.match(run.path[5])
    assert (path.angles[5] == one.angles).all()
    assert path.matched_residual[5] == one.matched_residual
    assert path.lojasiewicz["2/3"][5] == one.lojasiewicz["2/3"]


def test_reports_stand_beside_those_of_circuits(tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    net = network()
    local = study(net, net.near_teacher(6), time=20.0, records=20, probes=30)
    states = qt.encoding.haar_states(2, 2, seed=0)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    circuit = qt.convergence.study(model, [1, -1], states=states, time=2.0, records=10)
    local.report(tmp_path / "sub" / "page.html", "local", {"circuit": circuit})
    page = (tmp_path / "sub" / "page.html").read_text()
    assert page.count("<svg") == 3
    assert local.verdict.split(";")[0] in page
    assert "circuit" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert local.plot().axes[0].get_xlabel() == "time η t"
    assert circuit.plot().axes[0].get_xlabel() == "normalised time t"


def test_a_student_that_begins_at_the_teacher_has_a_sheet_too():
    pytest.importorskip("matplotlib")
    net = network()
    done = study(net, net.teacher, time=1.0, records=5, probes=30)
    assert done.matches().rate.law == "too short"
    assert done.plot().axes[0].get_xlabel() == "time η t"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda net: net.initialize(0), "m is 0"),
        (lambda net: net.initialize(3, "best"), "method is 'best'"),
        (lambda net: net.initialize(3, y=np.ones(3)), "y was given without X"),
        (lambda net: net.near_teacher(2), "m is 2; the teacher's 3 neurons"),
        (lambda net: net.near_teacher(3, 2.0), "angle is 2.0"),
        (lambda net: net.small(3, mass=0), "mass is 0"),
        (lambda net: net.lazy(student(), -1), "alpha is -1"),
        (lambda net: net.lazy(np.vstack([student(1), student(1)]), 2), "parallel"),
        (lambda net: net.tangent_kernel(student()[None], np.ones((2, 5))), r"W has shape \(1, 4, 5\)"),
        (lambda net: study(net, student()[None]), r"W0 has shape \(1, 4, 5\)"),
        (lambda net: study(net, student(), time=-1), "time is -1"),
        (lambda net: study(net, student(), probes=0), "probes is 0"),
        (lambda net: study(net, student(), alpha=2, X=np.ones((2, 5))), "alpha was given with X"),
        (lambda net: study(net, np.full((2, 5), np.nan)), r"W0\[0, 0\] is nan"),
        (lambda net: match_path(net, net.train(student(), 0.01, 2)), "no path"),
        (lambda net: match_path(net, net.train(student()[None], 0.01, 2, 1, True)), "has 1 starts"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        call(network())
