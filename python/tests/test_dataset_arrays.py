"""Data sets from arrays in memory; tables of other packages stand in tests/guests."""

import numpy as np
import pytest
import qtangent as qt
from qtangent.datasets import from_arrays

RNG = np.random.default_rng(3)
X, WORDS = RNG.normal(size=(40, 3)), np.array(["cat", "dog"])[np.arange(40) % 2]
TARGETS = RNG.normal(size=(40, 2))


def test_classes_are_those_of_a_file(tmp_path):
    """One draw, one encoding: the file holds the same numbers."""
    np.savez(tmp_path / "data.npz", X=X, y=WORDS)
    expected = qt.datasets.from_file(tmp_path / "data.npz", n_qubits=2, train=10, test=6, seed=5)
    found = from_arrays(X, WORDS, n_qubits=2, train=10, test=6, seed=5)
    for field in ("y", "y_test", "X", "X_test"):
        np.testing.assert_array_equal(getattr(found, field), getattr(expected, field))
    assert found.encoding == expected.encoding
    np.testing.assert_array_equal(found.origin.numbers, expected.origin.numbers)
    assert found.description == expected.description.replace("data.npz", "data")


def test_encodings():
    own = qt.Circuit(2).ry(qt.feature(0) * qt.feature(1), 0).rx(qt.feature(2), 1)
    for encoding, circuit, n in (
        ("angle", qt.encoding.angle(3), 3),
        ("zz", qt.encoding.zz(3), 3),
        ("iqp", qt.encoding.iqp(3), 3),
        (own, own, 2),
        (None, None, 3),
    ):
        found = from_arrays(X, WORDS, encoding, n_qubits=3, train=12)
        assert (found.encoding, found.n_qubits, found.X.shape) == (circuit, n, (12, 3))
        rows = found.origin.numbers
        assert (found.y == np.where(WORDS[rows] == "cat", 1, -1)).all()
        if encoding is own or encoding is None:
            np.testing.assert_array_equal(found.X, X[rows])
        else:
            assert found.X.min() == 0
            assert found.X.max() == pytest.approx(np.pi)
    states = from_arrays(X, WORDS, "amplitude", n_qubits=2, train=12)
    rows = states.origin.numbers
    expected = np.pad(X[rows], ((0, 0), (0, 1))) / np.linalg.norm(X[rows], axis=1, keepdims=True)
    np.testing.assert_allclose(states.states, expected, rtol=1e-15)
    assert (states.X, states.encoding, len(states.states_test)) == (None, None, 28)


def test_regression():
    for targets in (TARGETS, TARGETS[:, 0]):
        found = from_arrays(X, targets, regression=True, n_qubits=3, train=25, test=10, seed=1)
        np.testing.assert_array_equal(found.y, targets[found.origin.numbers])
        assert found.y_test.shape == (10, *targets.shape[1:])
        assert len({*found.origin.numbers}) == 25
    assert "targets from" in found.description
    assert len(from_arrays(X, TARGETS, regression=True).y) == 32
    again = from_arrays(X, TARGETS[:, 0], regression=True, n_qubits=3, train=25, test=10, seed=1)
    np.testing.assert_array_equal(again.X, found.X)


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_it_trains():
    data = from_arrays(X, np.sin(X[:, 0]), regression=True, n_qubits=3)
    model = qt.Model(data.encoding + qt.ansatz.strongly_entangling(3, 3), qt.pauli("ZII"), scale=2)
    run = qt.train(model, data.y, X=data.X, optimizer=qt.Adam(0.05), steps=60)
    assert run.loss[-1] < 0.3 * run.loss[0]


def missing(values, place, value=None):
    changed = np.array(values, dtype=object)
    changed[place] = value
    return changed


WRONG = {
    r"X\[3, 1\] is None": lambda: from_arrays(missing(X, (3, 1)), WORDS),
    r"X\[3, 1\] is nan": lambda: from_arrays(missing(X, (3, 1), np.nan), WORDS),
    r"X\[0, 2\] is 'a'": lambda: from_arrays(missing(X, (0, 2), "a"), WORDS),
    r"X has shape \(40,\)": lambda: from_arrays(X[:, 0], WORDS),
    r"y\[4\] is None": lambda: from_arrays(X, missing(WORDS, 4)),
    r"y\[4\] is nan": lambda: from_arrays(X, missing(WORDS, 4, np.nan)),
    r"y has shape \(39,\), X has 40 rows": lambda: from_arrays(X, WORDS[1:]),
    r"y has shape \(40, 2\), X has 40 rows: \(40,\) is": lambda: from_arrays(X, TARGETS),
    r"y has shape \(39, 2\)": lambda: from_arrays(X, TARGETS[1:], regression=True),
    "y has dtype complex": lambda: from_arrays(X, np.ones(40) * 1j),
    "regression has none": lambda: from_arrays(X, TARGETS, regression=True, classes=[0, 1]),
    "41 training samples of 40": lambda: from_arrays(X, TARGETS, regression=True, train=41),
    "-1 held-out samples": lambda: from_arrays(X, TARGETS, regression=True, test=-1),
    "encoding is 'foo'; 'angle', 'zz', 'iqp', 'amplitude', a circuit or None": lambda: from_arrays(X, WORDS, "foo"),
    "3 feature columns .* 4 features": lambda: from_arrays(X, WORDS, qt.encoding.angle(4)),
    "has 40 classes": lambda: from_arrays(X, TARGETS[:, 0]),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_errors_name_the_entry(text):
    with pytest.raises(qt.InvalidArgumentError, match=text):
        WRONG[text]()
