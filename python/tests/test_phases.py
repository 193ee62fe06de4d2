"""Phases from data and from runs, against golden figures, linear programmes and trainings of known phase."""

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from golden_circuits import Case
from qtangent import convergence
from qtangent.convergence.phases.of_run import explained
from qtangent.convergence.phases.reach import Reach

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/transitions.json"
CASES = {case["name"].split("_")[0]: case for case in json.loads(GOLDEN.read_text())["cases"]}
E = CASES["tr10"]["outputs"]
BASIS = np.eye(8, dtype=complex)
RANDOM_LABELS = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


@pytest.mark.parametrize("item", E["orthonormal"], ids=lambda item: f"{item['observable']} {item['labels']}")
def test_golden_phases_of_orthonormal_samples(item):
    found = convergence.phase(item["spectrum"], item["labels"], BASIS[:2])
    np.testing.assert_allclose(found.margin, item["signed_margin_min_over_facets"], rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.distance, item["distance"], rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.loss_floor, item["loss_floor"], rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.nearest, item["final_predictions"], rtol=0, atol=1e-10)
    if isinstance(item["phase"], list):
        by_sample = ["frozen kernel"] * 2
        for mode in found.modes:
            if mode.direction is not None:
                by_sample[int(np.argmax(abs(mode.direction)))] = mode.kind
        assert by_sample == item["phase"]
    else:
        counted = {mode.kind: mode.count for mode in found.modes}
        for part in item["phase"].removeprefix("modes: ").split(", "):
            count, _, kind = part.removesuffix(" (1,1)/sqrt2").partition(" ")
            assert counted[kind] == int(count)
        for mode in found.modes:
            if mode.direction is not None:
                np.testing.assert_allclose(abs(mode.direction), np.sqrt(0.5))


@pytest.mark.parametrize("item", E["margins"], ids=lambda item: str(item["labels"]))
def test_golden_margins_of_overlapping_samples(item):
    states = Case(CASES["tr03"]).states[:2]
    terms = [
        weight * qt.pauli(letters) for letters, weight in CASES["tr10"]["inputs"]["observable_of_margins"]
    ]
    levels = np.linalg.eigvalsh(sum(terms[1:], start=terms[0]).matrix())
    for given in (states, np.einsum("ji,jk->jik", states, states.conj())):
        found = convergence.phase(levels, item["labels"], given)
        np.testing.assert_allclose(found.margin, item["margin"], rtol=0, atol=1e-9)


def test_orthonormal_labels_agree_with_a_linear_programme():
    """y is attainable if and only if it is a doubly substochastic image of the levels (Schur-Horn)."""
    import scipy.optimize

    rng = np.random.default_rng(1)
    for _ in range(60):
        d = int(rng.integers(2, 6))
        m = int(rng.integers(1, d + 1))
        levels = np.round(rng.normal(size=d), 1)
        y = rng.uniform(levels.min(), levels.max(), m)
        equal = np.zeros((m + d, m * d))
        for j in range(m):
            equal[j, j * d : (j + 1) * d] = levels
        columns = np.zeros((d, m * d))
        for k in range(d):
            columns[k, k::d] = 1
        rows = np.zeros((m, m * d))
        for j in range(m):
            rows[j, j * d : (j + 1) * d] = 1
        answer = scipy.optimize.linprog(
            np.zeros(m * d),
            A_ub=columns, b_ub=np.ones(d),
            A_eq=np.vstack([equal[:m], rows]), b_eq=np.append(y, np.ones(m)),
            bounds=(0, 1),
        )  # fmt: skip
        found = convergence.phase(levels, y, np.eye(d, dtype=complex)[:m])
        if abs(found.margin) > 1e-6:
            assert (answer.status == 0) == (found.margin > 0)


def test_distances_are_bounds_that_points_of_the_set_reach():
    rng = np.random.default_rng(2)
    for m in (1, 2, 3):
        states = rng.normal(size=(m, 8)) + 1j * rng.normal(size=(m, 8))
        states /= np.linalg.norm(states, axis=1, keepdims=True)
        levels = rng.normal(size=8)
        y = 2.5 * rng.normal(size=m)
        found = convergence.phase(levels, y, states)
        np.testing.assert_allclose(np.linalg.norm(found.nearest - y), found.distance, rtol=0, atol=1e-8)
        # No unitary comes nearer.
        for _ in range(200):
            raw = rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8))
            q, _ = np.linalg.qr(raw)
            predictions = np.einsum("k,jk->j", levels, abs(states @ q) ** 2)
            assert np.linalg.norm(predictions - y) >= found.distance - 1e-9


def test_the_limit_ends_at_the_floor_of_an_outside_label():
    states = Case(CASES["tr03"]).states[:2]
    observable = 0.8 * qt.pauli("ZII") + 0.5 * qt.pauli("IZI") + 0.3 * qt.pauli("IIZ")
    model = qt.Model(qt.ansatz.haar(3, 5, seed=1), observable)
    theta, y = np.full(5, 0.4), np.array([2.0, 1.4])
    found = convergence.phase(np.linalg.eigvalsh(observable.matrix()), y, states)
    assert found.kind == "frozen error"
    limit = qt.dynamics.asymptotic(model, theta, y, [400.0], states=states)
    assert limit.loss[0] >= found.loss_floor - 1e-12
    np.testing.assert_allclose(limit.loss[0], found.loss_floor, rtol=1e-3)
    # Along the normal of the edge the kernel vanishes.
    normal = found.normals[0]
    assert normal @ limit.kernel[0] @ normal < 1e-2 * np.trace(limit.kernel[0])


@pytest.mark.parametrize("unit", [1e-100, 1e-30, 1e-12, 1e6, 1e100])
def test_the_unit_of_labels_and_levels_does_not_matter(unit):
    levels, states = np.array([1.0, 0.3, -0.2, -1.1]), np.eye(4)[:2]
    for y in ([1.3, 0.2], [0.5, 0.1], [1.0, 0.3]):
        one = convergence.phase(levels, y, states)
        other = convergence.phase(unit * levels, unit * np.array(y), states)
        assert other.kind == one.kind
        assert [mode.kind for mode in other.modes] == [mode.kind for mode in one.modes]
        assert other.margin / unit == pytest.approx(one.margin, abs=1e-12)
        assert other.distance / unit == pytest.approx(one.distance, rel=1e-9, abs=1e-6)


def test_labels_near_the_edge_look_critical_for_long():
    near = convergence.phase([-1, 1], [0.99], [[1, 0]], horizon=40)
    assert near.kind == "frozen kernel"
    np.testing.assert_allclose(near.crossover_time, 1 / (2 * 2 * 0.01))
    assert "looks critical until t = 25" not in near.explanation
    assert (
        "looks critical until t = 25" in convergence.phase([-1, 1], [0.99], [[1, 0]], horizon=10).explanation
    )
    assert convergence.phase([-1, 1], [0.99], [[1, 0]], noise=0.01).kind == "critical"


def random_states(rng, m, d):
    states = rng.normal(size=(m, d)) + 1j * rng.normal(size=(m, d))
    return states / np.linalg.norm(states, axis=1, keepdims=True)


def test_margins_of_two_overlapping_samples_are_the_least_over_all_directions():
    """A scan of the circle, made finer around its lowest points; spectra of two values have kinks there."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        states, spectrum = random_states(rng, 2, 4), np.repeat([1.0, -1.0], 2)
        reach = Reach(spectrum, states)
        y = 0.5 * sum(reach.support(np.array([np.cos(a), np.sin(a)]))[1] for a in (0.3 + seed, 2.0 + seed))

        def height(a, reach=reach, y=y):
            w = np.array([np.cos(a), np.sin(a)])
            return reach.support(w)[0] - w @ y

        angles = np.linspace(0, 2 * np.pi, 721)
        lowest = angles[np.argsort([height(a) for a in angles])[:6]]
        ends = []
        for low, high in ((a - 0.01, a + 0.01) for a in lowest):
            while high - low > 1e-13:
                first, second = (2 * low + high) / 3, (low + 2 * high) / 3
                if height(first) < height(second):
                    high = second
                else:
                    low = first
            ends.append(height(low))
        found = convergence.phase(spectrum, y, states)
        np.testing.assert_allclose(found.margin, min(ends), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("m", "is_mixed"), [(1, True), (2, False), (2, True), (3, False)])
def test_the_gap_of_overlapping_and_mixed_samples_is_the_rate_of_their_kernel(m, is_mixed):
    """Outside by R along w the limit's w K w falls at the rate 2 Delta R in the end."""
    rng = np.random.default_rng(10 * m + is_mixed)
    observable = 0.8 * qt.pauli("ZI") + 0.5 * qt.pauli("IZ")
    levels = np.linalg.eigvalsh(observable.matrix())
    states = random_states(rng, m, 4)
    if is_mixed:
        pure = random_states(rng, 2 * m, 4)
        shares = np.repeat([0.8, 0.2], m)
        rho = np.einsum("k,ki,kj->kij", shares, pure, pure.conj())
        states = rho[:m] + rho[m:]
    w = rng.normal(size=m)
    w /= np.linalg.norm(w)
    y = Reach(levels, states).support(w)[1] + 0.6 * w
    found = convergence.phase(levels, y, states)
    np.testing.assert_allclose(abs(found.normals), abs(w)[None], atol=1e-6)
    np.testing.assert_allclose(found.crossover_time, 1 / (2 * found.gap * 0.6), rtol=1e-6)
    unit = 1 / (2 * found.gap * 0.6)
    times = unit * np.array([0.0, 10.0, 14.0])
    model = qt.Model(qt.ansatz.haar(2, 3, seed=m), observable)
    limit = qt.dynamics.asymptotic(model, [0.1, 0.7, 1.9], y, times, states=states)
    kernel = np.einsum("i,tij,j->t", w, limit.kernel, w)
    rate = np.log(kernel[1] / kernel[2]) / (times[2] - times[1])
    np.testing.assert_allclose(rate * unit, 1, rtol=0.03)


PAULI, PROJECTOR, LEVELS = {"ZII": 1.0}, {"ZII": 0.5, "III": 0.5}, {"ZII": 0.8, "IZI": 0.5}


@pytest.mark.parametrize(
    ("terms", "labels", "kinds"),
    [
        # The set of a Pauli has a corner at (1, 1), where no kernel is left whatever the labels are.
        (PAULI, (1.2, 1.1), {"frozen error": 2}),
        (PAULI, (1.2, 1.0), {"frozen error": 1, "critical": 1}),
        (PAULI, (1.0, 1.0), {"critical": 2}),
        (PAULI, (1.2, 0.2), {"frozen error": 1, "frozen kernel": 1}),
        (PROJECTOR, (0.6, 1.1, 1.0), {"frozen error": 1, "critical": 1, "frozen kernel": 1}),
        # Elsewhere the edge is smooth: one normal, found from many sides.
        (PAULI, "edge", {"critical": 1, "frozen kernel": 1}),
        (LEVELS, "edge", {"critical": 1, "frozen kernel": 1}),
    ],
)
def test_the_modes_of_overlapping_samples_are_those_of_the_limit(terms, labels, kinds):
    """The kernel that the limit keeps has the rank that is counted as frozen kernels."""
    parts = [weight * qt.pauli(letters) for letters, weight in terms.items()]
    observable = sum(parts[1:], start=parts[0])
    levels = np.linalg.eigvalsh(observable.matrix())
    states = random_states(np.random.default_rng(3), 2 if labels == "edge" else len(labels), 8)
    y = Reach(levels, states).support(np.array([0.8, -0.6]))[1] if labels == "edge" else np.array(labels)
    found = convergence.phase(levels, y, states)
    counted = dict.fromkeys(("frozen error", "critical", "frozen kernel"), 0)
    for mode in found.modes:
        counted[mode.kind] += mode.count
    assert {kind: count for kind, count in counted.items() if count} == kinds
    model = qt.Model(qt.ansatz.haar(3, 3, seed=1), observable)
    limit = qt.dynamics.asymptotic(model, [0.2, 0.9, 1.7], y, [3e4], states=states)
    assert np.sum(np.linalg.eigvalsh(limit.kernel[0]) > 1e-3) == counted["frozen kernel"]


@pytest.mark.parametrize(
    ("spectrum", "y", "states", "sentence"),
    [
        ([1, 0.5, -0.5, -1], [0.3, 0.3], [[1, 0, 0, 0], [1, 0, 0, 0]], "are the same for every circuit"),
        ([1, 0.5, -0.5, -1], [0.3, 0.1, -0.1, -0.3], np.eye(4), "are the same for every circuit"),
        ([1, 1], [1], [[1, 0]], "are the same for every circuit"),
        ([1, -1], [0], np.eye(2)[None] / 2, "are the same for every circuit"),
        ([1, -1], [1], [[1, 0]], "kernel and error fall as 1/t"),
        ([1, -1], [1.5], [[1, 0]], "a larger scale of the measurement brings them nearer"),
        ([1, 0], [-0.5], [[1, 0]], "no larger scale of the measurement brings them nearer"),
        ([1, -1], [0.3, 0.5], [[1, 0], [1, 0]], "no larger scale of the measurement brings them nearer"),
        ([1, -1], [0.1], np.eye(2)[None] / 2, "no larger scale of the measurement brings them nearer"),
    ],
)
def test_sentences_say_what_holds_at_edges_that_nothing_moves(spectrum, y, states, sentence):
    found = convergence.phase(spectrum, y, np.asarray(states, dtype=complex))
    assert sentence in found.explanation
    if "circuit" in sentence:
        assert found.gap is None
        assert found.crossover_time is None


def test_a_mode_too_small_to_follow_has_no_growth_in_its_sentence():
    text = explained(("frozen kernel", "frozen error"), np.array([np.nan, -3.0]), False)
    assert "too small to follow, -3" in text
    assert "nan" not in text


@RANDOM_LABELS
@pytest.mark.parametrize(
    ("label", "kind"), [(0.6, "frozen kernel"), (1.5, "critical"), (2.1, "frozen error")]
)
def test_trainings_show_their_phase(label, kind):
    observable = qt.pauli("ZI") + 0.5 * qt.pauli("IZ")
    for seed in range(3):
        model = qt.Model(qt.ansatz.haar(2, 48, seed=seed), observable)
        run = qt.train(
            model, [label], seed=seed, optimizer=qt.GradientDescent(0.02 / model.z_sum), steps=2000,
            record=("loss", "predictions", "kernel"), record_every=20,
        )  # fmt: skip
        found = convergence.phase_of_run(run, model)
        assert found.kind == kind, found.statistic
        assert found.expected.kind == kind
        assert not found.is_trapped


@RANDOM_LABELS
def test_a_trapped_training_is_no_phase_of_its_data():
    """One parameter turns the prediction about one axis: its largest value lies below the label inside the range."""
    circuit = qt.Circuit(1).rx(0.9, 0).rz(0.6, 0).ry(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("Z"))
    run = qt.train(
        model, [0.97], theta=[0.3], optimizer=qt.GradientDescent(0.05), steps=2000,
        record=("loss", "predictions", "kernel"), record_every=20,
    )  # fmt: skip
    found = convergence.phase_of_run(run)
    assert found.kind == "frozen error"
    assert found.expected.kind == "frozen kernel"
    assert found.is_trapped
    assert "too few parameters" in str(found)


@RANDOM_LABELS
def test_runs_give_their_samples_and_targets():
    X = np.array([[0.1], [0.7], [1.3]])
    circuit = qt.Circuit(1).ry(qt.feature(0), 0).rx(qt.param(0), 0)
    run = qt.train(qt.Model(circuit, qt.pauli("Z")), [1, -1, 0.5], X=X, theta=[0.2], steps=2)
    np.testing.assert_array_equal(run.samples.X, X)
    np.testing.assert_array_equal(run.y, [1, -1, 0.5])
    two = qt.Model(circuit, [qt.pauli("Z"), qt.pauli("X")])
    run = qt.train(two, [[1, 0], [0, 1], [1, 1]], X=X, theta=[0.2], steps=2)
    np.testing.assert_array_equal(run.y, [[1, 0], [0, 1], [1, 1]])
    run = qt.train(two, [0, 1, 1], X=X, theta=[0.2], steps=2, loss="cross_entropy")
    assert run.y.tolist() == [0, 1, 1]


def short_run(**options):
    circuit = qt.Circuit(1).ry(qt.param(0), 0)
    return qt.train(qt.Model(circuit, qt.pauli("Z")), [0.5], theta=[0.2], steps=5, **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convergence.phase([1], [0], [[1, 0]]), r"spectrum has shape \(1,\)"),
        (lambda: convergence.phase([1, -1], [0, 1], [[1, 0]]), r"y has shape \(2,\)"),
        (lambda: convergence.phase([1, -1], [0], [[1, 0, 0]]), "2 levels"),
        (lambda: convergence.phase([1, -1], [0], [[1, 0]], horizon=0), "horizon is 0"),
        (lambda: convergence.phase([1, -1], [0], [[1, 0]], noise=-1), "noise is -1"),
        (lambda: convergence.phase([1, -1], [np.nan], [[1, 0]]), "nan"),
        (lambda: convergence.phase([1, -1], [0], [[2, 0]]), r"states\[0\] has the norm 2"),
        (
            lambda: convergence.phase([1, -1], [0, 0], [np.eye(2) / 2, np.eye(2)]),
            r"states\[1\] has the trace 2",
        ),
        (lambda: convergence.phase([1, -1], [0], [[[1, 1], [0, 0]]]), "adjoint by 1"),
        (lambda: convergence.phase([1, -1], [0], [[[2, 0], [0, -1]]]), "eigenvalue -1"),
        (lambda: convergence.loss_floor([[1, 1]], [0]), "norm 1.41421"),
        (lambda: convergence.haar_dqntk([1, -1], [[0, 0]]), "norm 0"),
        (lambda: convergence.haar_covariance([1, -1], [[1, 1]]), "norm 1.41421"),
        (
            lambda: convergence.phase_of_run(
                short_run(optimizer=qt.Adam(), record=("loss", "predictions", "kernel"))
            ),
            "no time",
        ),
        (
            lambda: convergence.phase_of_run(
                short_run(record=("loss", "predictions", "kernel")), directions=[[1, 0]]
            ),
            r"directions has shape \(1, 2\)",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        call()


def test_what_was_not_recorded_is_named():
    with pytest.raises(AttributeError, match="predictions was not recorded"):
        convergence.phase_of_run(short_run())


@RANDOM_LABELS
@pytest.mark.slow  # A minute.
def test_two_hundred_trainings_are_told_apart():
    rng = np.random.default_rng(20)
    wrong, undecided, count = [], 0, 200
    for seed in range(count):
        n, p = (2, int(rng.integers(24, 97))) if seed % 2 else (3, int(rng.integers(60, 161)))
        weights = rng.uniform(0.3, 1.0, n)
        terms = [w * qt.pauli("I" * q + "Z" + "I" * (n - q - 1)) for q, w in enumerate(weights)]
        model = qt.Model(qt.ansatz.haar(n, p, seed=seed), sum(terms[1:], start=terms[0]))
        levels = np.unique(np.linalg.eigvalsh(model.observable.matrix()))
        top, gap = levels[-1], levels[-1] - levels[-2]
        off = rng.uniform(10, 60) / (2 * gap * 40)
        label, kind = [(top, "critical"), (top + off, "frozen error"), (top - off, "frozen kernel")][seed % 3]
        rate = min(0.02, 0.4 / (2 * (np.ptp(levels) / 2) ** 2)) / model.z_sum
        steps = int(np.ceil(40 / (rate * model.z_sum)))
        run = qt.train(
            model, [label], seed=seed, optimizer=qt.GradientDescent(rate), steps=steps,
            record=("loss", "predictions", "kernel"), record_every=max(1, steps // 200),
        )  # fmt: skip
        found = convergence.phase_of_run(run)
        undecided += found.kind == "undecided"
        if found.kind not in (kind, "undecided"):
            wrong.append((seed, kind, found.kind, found.statistic, p))
    assert not wrong, wrong
    assert undecided <= 0.05 * count
