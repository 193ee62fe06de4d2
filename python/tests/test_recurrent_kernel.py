"""Tangent kernels of infinitely wide networks against golden figures, closed forms and finite networks."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent.classical import dense_ntk, recurrent_ntk

GOLDEN = json.loads((Path(__file__).parents[2] / "Tests/Golden/classical.json").read_text())
POOLINGS = {"last": "last", "avg": "mean", "avg_untied": "mean_untied"}


def settings(case, params):
    return {
        "layers": case["layers"],
        "activation": case["phi"],
        "pooling": POOLINGS[case["pool"]],
        "sigma_w": params["sw"],
        "sigma_u": params["su"],
        "sigma_b": params["sb"],
        "sigma_h": params["sh"],
        "sigma_v": params["sv"],
    }


def value(x, y, same, **kwargs):
    return (recurrent_ntk([x], **kwargs) if same else recurrent_ntk([x], [y], **kwargs))[0, 0]


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize(
    "section", ["rntk", "rntk_layers3", "rntk_bidirectional", "rntk_shared_h0", "rntk_scalar_inputs"]
)
def test_golden_figures(section, kernel):
    base = GOLDEN["rntk"]
    part = GOLDEN[section]
    checked = 0
    for case in part["cases"] if isinstance(part, dict) else part:
        if kernel not in case:
            continue
        if section == "rntk_scalar_inputs":
            params, x, y = part["params"], part["x_full"][: case["T"]], part["y_full"][: case["T2"]]
        else:
            params = base["params"][case["params"]]
            x, y = base["sequences"][case["x"]], base["sequences"][case["y"]]
        found = value(
            x,
            y,
            case.get("same", False),
            kernel=kernel,
            bidirectional=section == "rntk_bidirectional",
            initial_state="shared" if section == "rntk_shared_h0" else "independent",
            **settings(case, params),
        )
        assert found == pytest.approx(case[kernel], rel=1e-11, abs=0)
        checked += 1
    assert checked or kernel == "nngp"


def test_dense_golden_figures():
    part = GOLDEN["mlp_ntk"]
    for case in part["cases"]:
        for kernel in ("ntk", "nngp"):
            found = dense_ntk(
                part["inputs"],
                depth=case["hidden_layers"],
                activation=case["phi"],
                sigma_w=case["sigma_w"],
                sigma_b=case["sigma_b"],
                sigma_v=case["sigma_v"],
                kernel=kernel,
            )
            np.testing.assert_allclose(found, case[kernel], rtol=1e-11)


def test_closed_form_of_a_sequence_with_itself():
    part = GOLDEN["relu_self_kernel_closed_form"]
    sequence = np.array(GOLDEN["rntk"]["sequences"][part["sequence"]])
    p = part["params"]
    a, T = p["sw"] ** 2 / 2, len(sequence)
    inputs = p["su"] ** 2 * (sequence**2).mean(axis=1) + p["sb"] ** 2
    inputs[0] += p["sw"] ** 2 * p["sh"] ** 2
    t = np.arange(1, T + 1)
    expected = p["sv"] ** 2 / 2 * np.sum((T - t + 2) * a ** (T - t) * inputs)
    case = {"layers": 1, "phi": "relu", "pool": "last"}
    assert expected == pytest.approx(part["ntk"], rel=1e-12)
    assert value(sequence, sequence, True, **settings(case, p)) == pytest.approx(expected, rel=1e-12)


def test_matrices_are_symmetric_positive_and_blocks_of_larger_ones():
    rng = np.random.default_rng(1)
    sequences = [rng.standard_normal((rng.integers(1, 20), 3)) for _ in range(30)]
    for pooling in ("last", "mean"):
        whole = recurrent_ntk(sequences, pooling=pooling, sigma_b=0.2, layers=2)
        assert (whole == whole.T).all()
        assert np.linalg.eigvalsh(whole).min() > -1e-13 * np.linalg.norm(whole)
        block = recurrent_ntk(sequences[:7], sequences[7:], pooling=pooling, sigma_b=0.2, layers=2)
        np.testing.assert_allclose(block, whole[:7, 7:], rtol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "erf"])
@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_finite_networks_come_near(activation, pooling):
    """The tangent kernel of networks with 2,000 neurons, by back-propagation, 20 draws."""
    from scipy.special import erf

    phi = {"relu": lambda g: np.maximum(g, 0), "erf": erf}[activation]
    slope = {"relu": lambda g: (g > 0) * 1.0, "erf": lambda g: 2 / np.sqrt(np.pi) * np.exp(-(g**2))}[
        activation
    ]
    n, sw, su, sb, sv = 2000, 1.3, 0.9, 0.4, 1.2
    sequences = [np.array(GOLDEN["rntk"]["sequences"][name]) for name in ("s1", "s3", "s5a")]
    rng = np.random.default_rng(2)
    total = np.zeros((3, 3))
    draws = 20
    for _ in range(draws):
        W, U = rng.standard_normal((n, n)), rng.standard_normal((n, 2))
        b, V = rng.standard_normal(n), rng.standard_normal(n)
        gradients = []
        for x in sequences:
            h, g = [np.zeros(n)], []
            for step in x:
                g.append(sw / np.sqrt(n) * W @ h[-1] + su / np.sqrt(2) * U @ step + sb * b)
                h.append(phi(g[-1]))
            T = len(x)
            seen = np.full(T, 1 / T) if pooling == "mean" else np.eye(T)[-1]
            readout = sum(weight * state for weight, state in zip(seen, h[1:], strict=True))
            carried, deltas = np.zeros(n), []
            for t in reversed(range(T)):
                carried = carried + seen[t] * sv / np.sqrt(n) * V
                delta = carried * slope(g[t])
                deltas.append((delta, h[t], x[t]))
                carried = sw / np.sqrt(n) * W.T @ delta
            gradients.append((deltas, sv / np.sqrt(n) * readout))
        for i, (first, left) in enumerate(gradients):
            for j, (second, right) in enumerate(gradients):
                total[i, j] += left @ right
                for delta, before, step in first:
                    for other, before2, step2 in second:
                        inputs = sw**2 / n * before @ before2 + su**2 / 2 * step @ step2 + sb**2
                        total[i, j] += delta @ other * inputs
    expected = recurrent_ntk(
        sequences, activation=activation, pooling=pooling, sigma_w=sw, sigma_u=su, sigma_b=sb, sigma_v=sv
    )
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert (abs(total / draws - expected) / scale).max() < 0.05


@pytest.mark.parametrize(
    ("sequences", "words"),
    [
        ([], "sequences holds no sequence"),
        ("abc", "a list of arrays"),
        ([np.zeros((0, 2))], r"sequences\[0\] has shape \(0, 2\); it must not be empty"),
        ([[[1.0, 2.0]], [[1.0, 2.0], [3.0]]], r"sequences\[1\] is not a rectangular array"),
        ([[[1.0, 2.0]], [[1.0]]], r"sequences\[1\] has shape \(1, 1\), sequences\[0\] has 2 columns"),
        ([[[1.0, 2.0]], [[1.0, np.nan]]], r"sequences\[1\]\[0, 1\] is nan"),
    ],
)
def test_bad_sequences_are_named(sequences, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        recurrent_ntk(sequences)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sigma_w": -1}, "sigma_w is -1.0; a standard deviation"),
        ({"sigma_b": np.inf}, "sigma_b is inf"),
        ({"initial_state": "zero", "sigma_h": 0.5}, "initial_state is 'zero' and sigma_h 0.5"),
        ({"pooling": "mean_untied"}, "lengths 1 and 2"),
        ({"pooling": "average"}, "pooling is 'average'; one of 'last', 'mean', 'mean_untied'"),
        ({"layers": 0}, "0 layers; 1 to 64"),
        ({"frozen_layers": 2}, "2 frozen layers of 1; 0 to 1"),
    ],
)
def test_bad_settings_are_named(arguments, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        recurrent_ntk([[1.0], [1.0, 2.0]], **arguments)


def test_overflow_names_the_step():
    with pytest.raises(qt.NumericalError, match=r"overflows at step \d+ of sequence 1; sigma_w = 2\.0"):
        recurrent_ntk([[1.0], np.ones(3000)], sigma_w=2)


def test_dimensions_of_both_sets_agree():
    with pytest.raises(qt.InvalidArgumentError, match="have 2 entries, those of sequences2 1"):
        recurrent_ntk([[[1.0, 2.0]]], [[1.0]])


def test_a_bar_is_shown_where_it_is_asked_for(capsys):
    recurrent_ntk(np.ones((2, 3, 1)))
    assert capsys.readouterr().err == ""
    recurrent_ntk(np.ones((2, 3, 1)), progress=True)
    assert "kernel: " in capsys.readouterr().err


def test_progress_counts_the_parts_of_a_long_kernel(monkeypatch):
    """And computing in parts changes nothing."""
    from qtangent.classical import network

    bars = []

    @contextmanager
    def bar(progress, total, label):
        ticks = []
        bars.append((progress, total, ticks))
        yield ticks.append

    monkeypatch.setattr(network, "bar", bar)
    sequences = list(np.random.default_rng(0).standard_normal((40, 30)))
    whole = recurrent_ntk(sequences)
    monkeypatch.setattr(network, "_PART_SECONDS", network._SECONDS * 30 * 40 * 40 / 8)
    np.testing.assert_array_equal(recurrent_ntk(sequences, progress=True), whole)
    assert bars == [(False, 1, [1]), (True, 4, [1, 1, 1, 1])]
