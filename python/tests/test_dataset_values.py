"""What becomes of features and labels: rank, constants, sizes near the largest float, names of classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qtangent import datasets
from qtangent.datasets.components import components
from qtangent.datasets.labels import chosen_classes

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 200))
Y = np.repeat([0, 1], 100)
SIGNAL = np.where(Y == 0, -1.0, 1.0) + 0.3 * RNG.normal(size=200)


def load(tmp_path: Path, *columns: np.ndarray, n_qubits: int = 2, y: np.ndarray = Y, **options: object):
    np.savez(tmp_path / "t.npz", X=np.stack(columns, axis=1), y=y)
    return datasets.from_file(tmp_path / "t.npz", n_qubits=n_qubits, **options)


ONE_HOT = np.eye(3)[np.arange(200) % 3].T


@pytest.mark.parametrize(
    ("columns", "rank"),
    [
        ((A, 1.8 * A + 32), 1),
        ((A, A), 1),
        ((A, -3 * A, A / 7 + 273.15), 1),
        ((A, B, A + B), 2),
        ((A, B, 0.1 * A - 0.7 * B + 1e4), 2),
        (tuple(ONE_HOT), 2),
        ((A, np.full(200, 5.0), np.full(200, 0.1)), 1),
    ],
)
def test_columns_that_depend_linearly_give_no_noise(columns, rank, tmp_path: Path) -> None:
    data = load(tmp_path, *columns, n_qubits=3)
    assert f"first {rank} principal components (the features have rank {rank})" in data.description
    for qubit in range(rank, 3):
        np.testing.assert_array_equal(data.X[:, qubit], data.X[:, qubit - rank])
    assert (data.X.std(axis=0) > 0.3).all()


def test_fewer_samples_than_qubits(tmp_path: Path) -> None:
    """Two samples differ in one direction, whatever their features."""
    data = load(tmp_path, *RNG.normal(size=(5, 200)), n_qubits=4, train=2)
    np.testing.assert_allclose(np.sort(data.X, axis=0), np.outer([0, np.pi], np.ones(4)), atol=1e-12)
    assert "rank 1" in data.description


@pytest.mark.parametrize("constant", [0.1, 0.3, 1e-300, -7e250, 1 / 3])
def test_constants_push_nothing_out(constant, tmp_path: Path) -> None:
    alone = load(tmp_path, SIGNAL, n_qubits=1, train=64)
    assert alone.X.std() > 0.9
    nearly = np.where(np.arange(200) % 2, constant, constant * (1 + 2e-16))
    for other in (np.full(200, constant), nearly):
        beside = load(tmp_path, other, SIGNAL, n_qubits=1, train=64)
        np.testing.assert_allclose(beside.X, alone.X, atol=1e-12)


def test_all_constant_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(qt.InvalidArgumentError, match="all features are constant on the 32 training samples"):
        load(tmp_path, np.full(200, 0.1), np.zeros(200))


@pytest.mark.parametrize("size", [1e200, 1e300, 1e-200, 1e-308, 2.0**-1074])
def test_angles_do_not_depend_on_units(size, tmp_path: Path) -> None:
    counts = np.rint(50 * SIGNAL), np.rint(50 * A)
    found = load(tmp_path, *(size * one for one in counts))
    np.testing.assert_allclose(found.X, load(tmp_path, *counts).X, atol=1e-9)


def test_held_out_samples_far_away_are_clipped() -> None:
    features = np.stack([SIGNAL * 1e-300, A], axis=1)
    features[150:] = 1e308
    angles, _ = components(features, np.arange(0, 150, 5), 2)
    assert np.isfinite(angles).all()
    assert ((angles >= 0) & (angles <= np.pi)).all()


def test_large_integers_keep_their_last_digit(tmp_path: Path) -> None:
    """Numbers such as times in nanoseconds differ in digits that others lose by rounding."""
    data = load(tmp_path, 1e15 + Y, n_qubits=1)
    np.testing.assert_array_equal(np.unique(data.X), [0, np.pi])


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        ([1234567, 1234568, 1234599], [1234567, 1234599], (1234567, 1234599)),
        ([20240101, 20240102, 20240103], ["20240103", "20240102"], (20240103, 20240102)),
        ([2**53, 2**53 + 1, 2**53 + 2], [2**53 + 1, 2**53], (2**53 + 1, 2**53)),
        (["2024-01-01", "2024-01-02", "x"], ["2024-01-02", "2024-01-01"], ("2024-01-02", "2024-01-01")),
        (["007", "7", "07"], ["007", "7"], ("007", "7")),
        (["007", "7", "x"], [7, "007"], ("7", "007")),
        (["1e5", "100000", "x"], ["1e5", "100000"], ("1e5", "100000")),
        (["1e5", "2", "x"], [100000, 2.0], ("1e5", "2")),
        ([1, 2, 3], ["1.0", 3.0], (1, 3)),
        ([0.1, 0.25, 1.0], ["0.10", 1], (0.1, 1.0)),
        ([True, False], ["False", "true"], (False, True)),
        ([True, False], [1, 0], (True, False)),
        ([1, 0], [True, False], (1, 0)),
        (["cat", "dog", "x"], [b"dog", b"cat"], ("dog", "cat")),
        (["1e999999999", "2", "3"], ["1e999999999", 3], ("1e999999999", "3")),
    ],
)
def test_classes_are_named_by_equality(labels, classes, expected) -> None:
    assert chosen_classes("t", np.array(labels), classes) == list(expected)


@pytest.mark.parametrize(
    ("labels", "classes", "match"),
    [
        ([1234567, 1234568], [1234567, 1234599], "name two different ones of t's 1234567, 1234568"),
        ([2**53, 1], ["9007199254740993", 1], "name two different ones"),
        (["01", "001", "x"], [1, "x"], "1 may name several classes of t: 001, 01"),
        (["1", "1.0"], None, "one number written in two ways"),
        (["1", "2"], "12", "name two different ones"),
        (["1", "2"], ["1"], "name two different ones"),
        (["1", "2"], ["1", 1.0], "name two different ones"),
        (["nan", "2"], [float("inf"), 2], "name two different ones"),
    ],
)
def test_classes_that_are_not_there(labels, classes, match) -> None:
    with pytest.raises(qt.InvalidArgumentError, match=match):
        chosen_classes("t", np.array(labels), classes)


def test_bytes_and_truth_values_as_labels(tmp_path: Path) -> None:
    words = np.where(Y == 0, b"cat", "größer".encode())
    data = load(tmp_path, A, B, y=words, classes=["größer", "cat"])
    assert "größer (+1) against cat (-1)" in data.description
    data = load(tmp_path, A, B, y=Y == 1, classes=["True", "False"])
    assert "True (+1) against False (-1)" in data.description


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_any_features_give_finite_angles(data) -> None:
    """Whatever scale, rank and constants: angles cover the interval, and adding copies and constants changes nothing
    but the components' order of repetition."""
    rows, columns = data.draw(st.integers(2, 12)), data.draw(st.integers(1, 4))
    value = st.one_of(
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(-3, 3).map(float),
        st.sampled_from([1e308, -1e308]),
    )
    row = st.lists(value, min_size=columns, max_size=columns)
    features = np.array(data.draw(st.lists(row, min_size=rows, max_size=rows)))
    train = np.arange(data.draw(st.integers(2, rows)))
    if (features[train] == features[0]).all():
        with pytest.raises(qt.InvalidArgumentError, match="constant"):
            components(features, train, 3)
        return
    try:
        angles, rank = components(features, train, 3)
    except qt.InvalidArgumentError:
        # Constant within rounding.
        spread = np.abs(features[train] - features[0]).max(axis=0)
        assert (spread <= 1e-14 * np.abs(features[train]).max(axis=0)).all()
        return
    assert np.isfinite(angles).all()
    assert ((angles >= 0) & (angles <= np.pi)).all()
    assert 1 <= rank <= min(columns, len(train) - 1)
    np.testing.assert_allclose(angles[train].max(axis=0) - angles[train].min(axis=0), np.pi, rtol=1e-12)
