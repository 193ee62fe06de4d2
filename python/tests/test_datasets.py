"""Data sets: balance, seeds, no leak from held-out samples, and errors that say where to look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent import datasets
from qtangent.datasets import Dataset

pytest.importorskip("sklearn")

BUILT_IN = [datasets.digits, datasets.iris, datasets.wine, datasets.breast_cancer]


def samples(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    train, test = (data.states, data.states_test) if data.X is None else (data.X, data.X_test)
    assert train is not None
    assert test is not None
    return train, test


@pytest.mark.parametrize("load", BUILT_IN)
def test_balanced_and_seeded(load: Callable[..., Dataset]) -> None:
    data, again, other = load(seed=3), load(seed=3), load(seed=4)
    train, test = samples(data)
    assert len(train) == len(data.y) == 32
    assert data.y.sum() == 0
    assert data.y_test is not None
    assert len(test) == len(data.y_test) <= 200
    assert data.y_test.sum() == 0
    assert np.array_equal(train, samples(again)[0])
    assert np.array_equal(test, samples(again)[1])
    assert not np.array_equal(train, samples(other)[0])


def test_digits_are_centred_images() -> None:
    from sklearn.datasets import load_digits

    data = datasets.digits(classes=(3, 5), seed=0)
    train, test = samples(data)
    assert train.shape == (32, 64)
    assert test.shape == (200, 64)
    images, target = load_digits(return_X_y=True)
    images, target = images[np.isin(target, (3, 5))], target[np.isin(target, (3, 5))]
    split = datasets.dataset.balanced_split(1 * (target != 3), 32, 200, 0)
    centred = images - images[split.train].mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    assert np.abs(train - centred[split.train]).max() < 1e-12
    assert np.abs(test - centred[split.test]).max() < 1e-12
    assert np.array_equal(data.y, np.where(target[split.train] == 3, 1, -1))
    assert np.array_equal(data.y_test, np.where(target[split.test] == 3, 1, -1))


@pytest.mark.parametrize("seed", range(5))
def test_split_is_disjoint_and_balanced(seed: int) -> None:
    first = np.random.default_rng(seed).random(100) < 0.4
    split = datasets.dataset.balanced_split(1 * ~first, 20, 60, seed)
    assert len(np.union1d(split.train, split.test)) == len(split.train) + len(split.test)
    assert first[split.train].sum() == 10
    assert first[split.test].sum() == len(split.test) / 2 == min(30, first.sum() - 10, (~first).sum() - 10)


def test_digits_in_more_qubits_are_padded() -> None:
    states = datasets.digits(n_qubits=7).states
    assert states is not None
    assert states.shape == (32, 128)
    assert not states[:, 64:].any()


def test_orthogonal() -> None:
    data = datasets.orthogonal(n_qubits=4, m=6, seed=1)
    assert data.states is not None
    assert np.abs(data.states.conj() @ data.states.T - np.eye(6)).max() < 1e-12
    assert data.y.tolist() == [1, 1, 1, -1, -1, -1]
    assert data.y_test is None


@pytest.mark.parametrize("load", BUILT_IN[1:])
def test_angles_cover_their_interval(load: Callable[..., Dataset]) -> None:
    data = load(n_qubits=4)
    train, test = samples(data)
    assert train.min(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert train.max(axis=0) == pytest.approx(np.full(4, np.pi))
    assert 0 <= test.min() <= test.max() <= np.pi
    assert data.encoding is not None
    assert data.encoding.n_features == 4
    assert data.encoding.n_params == 0


def test_held_out_samples_do_not_touch_the_encoding(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    X, y = random.normal(size=(60, 3)), np.repeat([0, 1], 30)
    np.savez(tmp_path / "a.npz", X=X, y=y)
    before = datasets.from_file(tmp_path / "a.npz", n_qubits=2, train=10, test=0)
    split = datasets.dataset.balanced_split(1 * (y != 0), 10, 0, 0)
    outside = np.setdiff1d(np.arange(60), split.train)
    X[outside] *= 100
    np.savez(tmp_path / "b.npz", X=X, y=y)
    after = datasets.from_file(tmp_path / "b.npz", n_qubits=2, train=10, test=0)
    assert np.array_equal(before.X, after.X)


def test_first_principal_component_carries_most_variance() -> None:
    random = np.random.default_rng(0)
    split = datasets.dataset.Split(np.arange(100), np.arange(0))
    hidden = random.normal(size=100)
    features = np.stack([hidden, hidden + 0.01 * random.normal(size=100), random.normal(size=100)], axis=1)
    angles, _ = datasets.components.components(features, split.train, 2)
    assert abs(np.corrcoef(angles[:, 0], hidden)[0, 1]) > 0.99
    assert abs(np.corrcoef(angles[:, 1], features[:, 2])[0, 1]) > 0.99


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_csv(tmp_path: Path) -> None:
    rows = "\n".join(f"{i},{i * i},{'cat' if i % 2 else 'dog'}" for i in range(12))
    path = write(tmp_path / "pets.csv", f"a,b,kind\n{rows}\n")
    data = datasets.from_file(path, target="kind", classes=["dog", "cat"], n_qubits=2, train=8, test=10)
    assert data.X is not None
    assert data.X.shape == (8, 2)
    assert data.y_test is not None
    assert len(data.y_test) == 4
    assert "dog (+1) against cat (-1)" in data.description
    assert datasets.from_file(path, n_qubits=2, train=8).y.sum() == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,x\n,y\n", "line 3, column 'a' is ''"),
        ("a,b\n1,x\n\nnan,y\n", "line 4, column 'a' is 'nan'"),
        ("a,b\n1,x\ntwo,y\n", "line 3, column 'a' is 'two', not a number"),
        ("a,b\n1,x\n1,2,3\n", "line 3 has 3 cells, the header has 2"),
        ("a,b\n1,x\n2,\n", "line 3, column 'b' names no class"),
        ("a,b\n1,x\n2,x\n", r"has the one class \['x'\]"),
        ("a,b\n1,x\n2,y\n3,z\n", "has 3 classes"),
        ("a,b\n", "no rows below its header"),
        ("b\nx\ny\n", "no feature columns"),
    ],
)
def test_bad_csv(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(qt.InvalidArgumentError, match=message):
        datasets.from_file(write(tmp_path / "bad.csv", text), train=2)


def test_missing_column(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,b\n1,x\n2,y\n")
    with pytest.raises(qt.InvalidArgumentError, match="no column 'kind'; its columns are a, b"):
        datasets.from_file(path, target="kind")


def test_bad_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "no.npz", X=np.ones((4, 2)))
    with pytest.raises(qt.InvalidArgumentError, match="no array 'y'; it holds X"):
        datasets.from_file(tmp_path / "no.npz")
    np.savez(tmp_path / "nan.npz", X=[[1, 2], [3, np.nan]], y=[0, 1])
    with pytest.raises(qt.InvalidArgumentError, match="row 1 of X, column 1 is nan"):
        datasets.from_file(tmp_path / "nan.npz")
    np.savez(tmp_path / "shape.npz", X=np.ones((4, 2)), y=np.ones(3))
    with pytest.raises(qt.InvalidArgumentError, match=r"X has shape \(4, 2\) and y \(3,\)"):
        datasets.from_file(tmp_path / "shape.npz")
    with pytest.raises(qt.InvalidArgumentError, match="not an NPZ file"):
        datasets.from_file(write(tmp_path / "text.npz", "hello"))


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(qt.FileError, match="No such file"):
        datasets.from_file(tmp_path / "none.csv")
    with pytest.raises(qt.InvalidArgumentError, match=r"ends in \.csv or \.npz"):
        datasets.from_file(tmp_path / "data.txt")


def test_bad_requests() -> None:
    with pytest.raises(qt.InvalidArgumentError, match="64 pixels need at least 6 qubits"):
        datasets.digits(n_qubits=5)
    with pytest.raises(qt.InvalidArgumentError, match="two different digits"):
        datasets.digits(classes=(3, 3))
    with pytest.raises(qt.InvalidArgumentError, match="give an even number"):
        datasets.digits(train=31)
    with pytest.raises(qt.InvalidArgumentError, match="ask for at most"):
        datasets.iris(train=200)
    with pytest.raises(qt.InvalidArgumentError, match="name two different ones"):
        datasets.iris(classes=(1, 7))
    with pytest.raises(qt.InvalidArgumentError, match="even number up to 8"):
        datasets.orthogonal(n_qubits=3, m=10)


def test_more_classes_have_an_output_each() -> None:
    data = datasets.iris(classes=("virginica", 0, "versicolor"), train=12, test=10)
    assert data.y.shape == (12, 3)
    np.testing.assert_array_equal(data.y, np.repeat(2 * np.eye(3) - 1, 4, axis=0))
    assert data.y_test is not None
    np.testing.assert_array_equal(data.y_test, np.repeat(2 * np.eye(3) - 1, 3, axis=0))
    assert "virginica, setosa, versicolor, one output each" in data.description
    assert "12 training samples, 4 of each class, and 9 held out" in data.description
    assert len(datasets.iris(classes=(0, 1, 2)).y) == 30
    assert datasets.digits(classes=(7, 1, 3, 2)).y.shape == (32, 4)


def test_samples_are_found_again_where_they_stand() -> None:
    from sklearn.datasets import load_digits, load_iris

    data = datasets.iris(classes=("setosa", "virginica"), n_features=4, seed=5)
    assert data.origin is not None
    np.testing.assert_array_equal(data.X, load_iris().data[data.origin.numbers])
    np.testing.assert_array_equal(data.y, np.where(load_iris().target[data.origin.numbers] == 0, 1, -1))
    images = datasets.digits(classes=(8, 1), seed=5)
    assert images.origin is not None
    np.testing.assert_array_equal(images.y, np.where(load_digits().target[images.origin.numbers] == 8, 1, -1))
    first, second = data.origin.numbers[:2]
    told = data.origin.tell("samples 0 and 1 are equal; sample 1 has 3; Samples 2")
    assert told.startswith(
        f"samples 0 and 1 (rows {first} and {second} of iris) are equal; sample 1 (row {second} of iris)"
    )


@pytest.mark.parametrize("load", BUILT_IN)
def test_features_of_a_circuit_that_encodes_the_data_itself(load: Callable[..., Dataset]) -> None:
    columns = {"digits": 64, "iris": 4, "wine": 13, "breast_cancer": 30}[load.__name__]
    data = load(n_features=columns)
    assert data.X is not None
    assert data.X.shape == (32, columns)
    assert data.encoding is None
    assert "as they are" in data.description
    fewer = load(n_features=2)
    assert fewer.X is not None
    assert fewer.X.min(axis=0) == pytest.approx(np.zeros(2), abs=1e-12)
    assert fewer.X.max(axis=0) == pytest.approx(np.full(2, np.pi))
    with pytest.raises(
        qt.InvalidArgumentError, match=f"has {columns} feature columns .*, the circuit has 99 features"
    ):
        load(n_features=99)


def test_without_a_number_as_many_are_drawn_as_there_are(tmp_path: Path) -> None:
    rows = "\n".join(f"{i},{'cat' if i % 3 else 'dog'}" for i in range(15))
    data = datasets.from_file(write(tmp_path / "few.csv", f"a,kind\n{rows}\n"), n_qubits=1)
    assert len(data.y) == 10
    assert data.y_test is None
