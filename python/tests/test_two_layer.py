"""Teacher-student nets against golden figures, quadrature, finite differences and the invariances of the loss."""

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent.classical import TwoLayerNetwork

GOLDEN = json.loads((Path(__file__).parents[2] / "Tests/Golden/classical.json").read_text())
GENERAL = GOLDEN["teacher_student"]["general"]


def random_net(activation, seed, r=3, m=6, d=4):
    rng = np.random.default_rng(seed)
    return TwoLayerNetwork(rng.standard_normal((r, d)), activation), rng.standard_normal((m, d))


def test_golden_loss_gradient_and_match():
    net, W = TwoLayerNetwork(GENERAL["teacher"]), np.array(GENERAL["student"])
    loss, gradient = net.loss_and_gradient(W)
    assert loss == pytest.approx(GENERAL["loss"], rel=1e-13)
    np.testing.assert_allclose(gradient, GENERAL["grad"], atol=1e-13)
    match, golden = net.match(W), GENERAL["match"]
    assert match.assignment.tolist() == golden["assign"]
    np.testing.assert_allclose(match.angles, golden["delta"], rtol=1e-12)
    np.testing.assert_allclose(match.nearest, np.min(golden["angles"], axis=0), rtol=1e-12)
    np.testing.assert_allclose(match.residual_norms, golden["avg_neuron_err"], rtol=1e-12)
    assert match.weighted_square_angle == pytest.approx(golden["weighted_angle_sq"], rel=1e-12)
    assert match.lambda_min == pytest.approx(GENERAL["lambda_min_M"], rel=1e-12)
    assert match.descent * loss == pytest.approx(GENERAL["descent_inner_product"], rel=1e-12)
    assert match.lojasiewicz["1"] == pytest.approx(GENERAL["grad_fro"] / GENERAL["loss"], rel=1e-12)


@pytest.mark.parametrize("name", [n for n in GOLDEN["teacher_student"] if n.startswith("single_phi")])
def test_one_neuron_beside_another(name):
    case = GOLDEN["teacher_student"][name]
    phi = case["phi"]
    student = [[np.cos(phi), np.sin(phi)]]
    loss, gradient = TwoLayerNetwork([[1.0, 0.0]]).loss_and_gradient(student)
    assert loss == pytest.approx(case["closed"], rel=1e-11, abs=1e-15)
    np.testing.assert_allclose(gradient, case["grad"], atol=1e-14)


@pytest.mark.parametrize("name", list(GOLDEN["teacher_student_gd"]))
def test_golden_descent(name):
    case = GOLDEN["teacher_student_gd"][name]
    net = TwoLayerNetwork(case["teacher"])
    steps = [point["t"] for point in case["path"]]
    run = net.train(case["student0"], case["eta"], case["steps"], record_every=steps)
    assert run.step.tolist() == [*steps, case["steps"]]
    np.testing.assert_allclose(run.time, case["eta"] * run.step)
    # Rounding leaves 1e-16 (sum A)^2 of the loss, and gradients their digits.
    scale = (np.sum(np.square(case["student0"])) + np.linalg.norm(case["teacher"], axis=1).sum()) ** 2
    golden = np.array([point["loss"] for point in case["path"]])
    assert (abs(run.loss[:-1] - golden) <= 1e-11 * golden + 1e-15 * scale).all()
    np.testing.assert_allclose(
        run.gradient_norm[:-1], [point["grad_fro"] for point in case["path"]], rtol=1e-8
    )
    np.testing.assert_allclose(run.W, case["final_student"], atol=1e-10)


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_loss_equals_quadrature_in_the_plane(activation):
    """Both nets are homogeneous, so that the mean over the plane is one over angles, times E |x|^2 / 2 = 1."""
    net, W = random_net(activation, 1, d=2)
    angle = 2 * np.pi * (np.arange(400_000) + 0.5) / 400_000
    x = np.stack([np.cos(angle), np.sin(angle)])
    phi = np.abs if activation == "abs" else lambda g: np.maximum(g, 0)
    error = np.linalg.norm(W, axis=1) @ phi(W @ x) - phi(net.teacher @ x).sum(axis=0)
    assert net.loss(W) == pytest.approx(np.mean(error**2), rel=1e-9)


@pytest.mark.parametrize("activation", ["abs", "relu"])
@pytest.mark.parametrize("m", [1, 3, 4, 9])
def test_gradient_equals_differences(activation, m):
    net, W = random_net(activation, m, m=m)
    gradient, h = net.gradient(W), 1e-4
    found = np.zeros_like(W)
    for place in np.ndindex(W.shape):
        shifts = np.array([-2.0, -1, 1, 2]) * h
        moved = np.repeat(W[None], 4, axis=0)
        moved[(slice(None), *place)] += shifts
        found[place] = np.array([1, -8, 8, -1]) @ net.loss(moved) / (12 * h)
    assert abs(found - gradient).max() < 1e-9 * np.linalg.norm(gradient)


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_invariances(activation):
    net, W = random_net(activation, 7)
    loss, gradient = net.loss_and_gradient(W)
    rotation = np.linalg.qr(np.random.default_rng(8).standard_normal((4, 4)))[0]
    turned = TwoLayerNetwork(net.teacher @ rotation, activation)
    assert turned.loss(W @ rotation) == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(turned.gradient(W @ rotation), gradient @ rotation, atol=1e-12)
    order = [3, 1, 5, 0, 2, 4]
    assert net.loss(W[order]) == pytest.approx(loss, rel=1e-13)
    if activation == "abs":
        signs = np.array([1, -1, 1, -1, -1, 1])[:, None]
        assert net.loss(W * signs) == pytest.approx(loss, rel=1e-13)


def test_exact_zeros_and_values():
    pair = TwoLayerNetwork(np.eye(2))
    assert pair.loss(np.zeros((2, 2))) == pytest.approx(1 + 2 / np.pi, rel=1e-14)
    assert (pair.gradient(np.zeros((3, 2))) == 0).all()
    # A teacher neuron split into two, of either sign, is learnt.
    net = TwoLayerNetwork([[1.0, 0, 0], [0, 2, 0]])
    W = np.array([[0.3**0.5, 0, 0], [-(0.7**0.5), 0, 0], [0, 2**0.5, 0]])
    loss, gradient = net.loss_and_gradient(W)
    assert abs(loss) < 1e-14
    assert abs(gradient).max() < 1e-14
    match = net.match(W)
    np.testing.assert_allclose(match.mass, [1, 2], rtol=1e-14)
    np.testing.assert_allclose(match.residual_norms, 0, atol=1e-14)


@pytest.mark.parametrize("delta", [0.5, 0.1, 0.02])
def test_two_students_of_one_teacher_neuron(delta):
    psi = lambda p: 2 / np.pi * (np.sin(p) - p * np.cos(p))  # noqa: E731
    size = (2 * np.cos(delta)) ** -0.5
    W = size * np.array([[np.cos(delta), np.sin(delta)], [np.cos(delta), -np.sin(delta)]])
    expected = (psi(2 * delta) / (2 * np.cos(delta) ** 2) - 2 * psi(delta) / np.cos(delta)) / 2
    assert TwoLayerNetwork([[1.0, 0.0]]).loss(W) == pytest.approx(expected, rel=1e-11, abs=1e-15)


def test_several_students_equal_single_ones():
    net, _ = random_net("abs", 3)
    W = np.random.default_rng(4).standard_normal((5, 7, 4))
    losses, gradients = net.loss_and_gradient(W)
    run = net.train(W, 0.01, 20, record_every=5, record_path=True)
    assert run.loss.shape == (5, 5)
    assert run.path.shape == (5, 5, 7, 4)
    for number in range(5):
        assert losses[number] == net.loss(W[number])
        assert (gradients[number] == net.gradient(W[number])).all()
        alone = net.train(W[number], 0.01, 20, record_every=5, record_path=True)
        assert (run.W[number] == alone.W).all()
        assert (alone.loss == run.loss[number]).all()
        assert (alone.path[-1] == alone.W).all()
    np.testing.assert_allclose(run.path[0, 0], W[0])
    assert (run.loss[:, 0] == losses).all()
    assert (run.loss[:, -1] < losses).all()


def test_residuals_split():
    net, W = TwoLayerNetwork(GENERAL["teacher"]), np.array(GENERAL["student"])
    match = net.match(W)
    x = np.random.default_rng(5).standard_normal((400_000, 3))
    residual = np.abs(x @ W.T) @ np.linalg.norm(W, axis=1) - np.abs(x @ net.teacher.T).sum(axis=1)
    sizes = np.linalg.norm(W, axis=1)
    matched = np.zeros(len(x))
    for i, neuron in enumerate(net.teacher):
        mine = match.assignment == i
        signs = np.sign(W[mine] @ neuron)
        v = (sizes[mine] * signs) @ W[mine] - neuron
        assert np.linalg.norm(v) == pytest.approx(match.residual_norms[i], rel=1e-12)
        matched += x @ v * np.sign(x @ neuron)
    assert np.sqrt(np.mean(matched**2)) == pytest.approx(match.matched_residual, rel=0.01)
    assert np.sqrt(np.mean((residual - matched) ** 2)) == pytest.approx(match.rest_residual, rel=0.01)


@pytest.mark.parametrize(
    ("teacher", "words"),
    [
        ([[1.0, 0.0], [0.0, 0.0]], "neuron 1 of the teacher is zero"),
        (
            [[1.0, 2.0], [0.3, 0.1], [-2.0, -4.0]],
            "0 and 2 of the teacher are parallel; give one that is as long",
        ),
        ([1.0, 2.0], r"teacher has shape \(2,\)"),
        ([[1.0, np.nan]], r"teacher\[0, 1\] is nan"),
    ],
)
def test_bad_teachers_are_named(teacher, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        TwoLayerNetwork(teacher)


def test_opposite_teachers_are_two_for_relu():
    W = np.array([[0.3, -0.4, 0.2], [-1.0, 0.1, 0.5]])
    a = np.array([1.0, 2.0, -0.5])
    both, absolute = TwoLayerNetwork([a, -a], activation="relu"), TwoLayerNetwork([a])
    x = np.random.default_rng(8).normal(size=(20, 3))
    np.testing.assert_allclose(both.labels(x), absolute.labels(x), rtol=1e-14)  # relu(t) + relu(-t) = |t|
    opposite = np.stack([a, -a]) / np.sqrt(np.linalg.norm(a))
    assert both.loss(opposite) == pytest.approx(0, abs=1e-14)
    np.testing.assert_allclose(both.gradient(opposite), 0, atol=1e-14)
    h, shift = 1e-5, np.zeros_like(W)
    shift[1, 2] = h
    slope = (both.loss(W + shift) - both.loss(W - shift)) / (2 * h)
    assert both.gradient(W)[1, 2] == pytest.approx(slope, rel=1e-8)
    with pytest.raises(qt.InvalidArgumentError, match="parallel"):
        TwoLayerNetwork([a, 2 * a], activation="relu")


def test_bad_students_and_settings_are_named():
    net, W = random_net("abs", 1)
    with pytest.raises(qt.InvalidArgumentError, match=r"W has shape \(6, 3\); \(m, 4\)"):
        net.loss(W[:, :3])
    with pytest.raises(qt.InvalidArgumentError, match=r"learning rate is 0\.0"):
        net.train(W, 0, 3)
    with pytest.raises(qt.InvalidArgumentError, match="steps is -1"):
        net.train(W, 0.1, -1)
    with pytest.raises(qt.InvalidArgumentError, match=r"steps outside 0, \.\.\., 3"):
        net.train(W, 0.1, 3, record_every=[1, 4])
    with pytest.raises(qt.InvalidArgumentError, match="activation is 'tanh'"):
        TwoLayerNetwork(np.eye(2), activation="tanh")
    with pytest.raises(qt.InvalidArgumentError, match='activation "abs" alone'):
        TwoLayerNetwork(np.eye(2), activation="relu").match(np.eye(2))
    with pytest.raises(
        qt.NumericalError, match=r"the loss is inf at step \d+; the run stands at step \d+: lower the rate"
    ):
        net.train(W, 1e3, 200)
