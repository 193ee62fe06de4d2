"""Tables of numbers: standardised, reduced to one number a qubit, and encoded as angles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import encoding
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ._sklearn import load
from .components import components
from .dataset import Dataset, balanced_split, signs
from .delimited import Options
from .files import read
from .labels import two_classes


def iris(
    classes: Sequence[Any] = (1, 2), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Two of the three classes of Fisher's iris (4 features); see `from_file` for the encoding.

    Args:
        classes: The two classes, by number or name; the first is labelled +1.
        n_qubits: Number of qubits.
        train: Number of training samples, half of each class.
        test: Most held-out samples, half of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: For other classes, and for more training samples than a class has.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("iris", classes, n_qubits, train, test, seed)


def wine(
    classes: Sequence[Any] = (0, 1), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Two of the three classes of the wine data (13 features); see `from_file` for the encoding.

    Args:
        classes: The two classes, by number or name; the first is labelled +1.
        n_qubits: Number of qubits.
        train: Number of training samples, half of each class.
        test: Most held-out samples, half of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: For other classes, and for more training samples than a class has.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("wine", classes, n_qubits, train, test, seed)


def breast_cancer(
    classes: Sequence[Any] = (0, 1), n_qubits: int = 4, train: int = 32, test: int = 200, seed: int = 0
) -> Dataset:
    """Malignant (0) against benign (1), 30 features; see `from_file` for the encoding.

    Args:
        classes: The two classes, by number or name; the first is labelled +1.
        n_qubits: Number of qubits.
        train: Number of training samples, half of each class.
        test: Most held-out samples, half of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: For other classes, and for more training samples than a class has.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("breast_cancer", classes, n_qubits, train, test, seed)


def from_file(
    path: str | Path,
    target: str | None = None,
    classes: Sequence[Any] | None = None,
    n_qubits: int = 4,
    train: int = 32,
    test: int = 200,
    seed: int = 0,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    ignore: Sequence[str] = (),
    drop_missing: bool = False,
) -> Dataset:
    """Your own table.

    A CSV or TSV file has a header line; `target` names the column of classes (the last one if left out), all other
    columns are features. A file that begins with numbers and a class has no header: its columns are called 1, 2, ...
    Separator (comma, semicolon, tab, |), encoding (UTF-8, UTF-16, latin-1) and decimal commas are recognised, empty lines,
    lines that begin with # and a first column that counts the rows are left out; the description says what was done.
    An NPZ file holds X (N, f) and y (N,).

    Features are standardised, projected on the first `n_qubits` principal components and scaled linearly to
    [0, pi], all three as found on the training set; each becomes an RY angle on its own qubit, before the
    ansatz. Where there are fewer components than qubits, because there are fewer features or they depend linearly on each
    other within rounding, the components repeat.

    Args:
        path: File ending in .csv, .tsv or .npz.
        target: Column of classes in a CSV file.
        classes: The two classes to use; may be left out if there are only two. The first is labelled +1. A class is
            named by its label or the label's text; a number names the label equal to it.
        n_qubits: Number of qubits.
        train: Number of training samples, half of each class.
        test: Most held-out samples, half of each class.
        seed: Of the draw.
        separator: Character between the cells of a CSV file.
        encoding: Of a CSV file, such as "latin-1".
        decimal: Character before decimals in a CSV file, "." or ",".
        ignore: Columns of a CSV file that are no features.
        drop_missing: Leave out the lines of a CSV file in which a cell is missing.

    Raises:
        InvalidArgumentError: The file's content cannot be used; the text names the line or column.
        FileError: The file cannot be read.
    """
    given = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    table = read(Path(path), Options(target, separator, encoding, decimal, given, drop_missing))
    return _from_table(
        Path(path).name, table.features, table.labels, classes, n_qubits, train, test, seed, table.notes
    )


def _built_in(name: str, classes: Sequence[Any], n_qubits: int, train: int, test: int, seed: int) -> Dataset:
    features, numbers, names = load(f"load_{name}")
    chosen = [names.index(one) if one in names else one for one in classes]
    return _from_table(name, features, numbers, chosen, n_qubits, train, test, seed, names=names)


def _from_table(
    name: str,
    features: Real,
    labels: NDArray[Any],
    classes: Sequence[Any] | None,
    n_qubits: int,
    train: int,
    test: int,
    seed: int,
    notes: Sequence[str] = (),
    names: Sequence[str] | None = None,
) -> Dataset:
    if n_qubits < 1:
        raise InvalidArgumentError(f"{n_qubits} qubits: give at least 1")
    first, second = two_classes(name, labels, classes)
    chosen = (labels == first) | (labels == second)
    features, is_first = features[chosen], labels[chosen] == first
    split = balanced_split(is_first, train, test, seed)
    found, rank = components(features, split.train, n_qubits)
    angles = np.asarray(np.resize(found.T, (n_qubits, len(features))).T, dtype=np.float64)
    short = f" (the features have rank {rank})" if rank < min(n_qubits, features.shape[1]) else ""
    y = signs(is_first)
    shown = [str(one) if names is None else names[one] for one in (first, second)]
    held_out = len(split.test) > 0
    return Dataset(
        name=name,
        description=(
            f"{name}, {shown[0]} (+1) against {shown[1]} (-1): {len(split.train)} training samples, half of each "
            f"class, and {len(split.test)} held out; standardised, first {found.shape[1]} principal "
            f"components{short}, scaled to [0, pi] on the training set, one RY angle a qubit"
            + "".join(f"; {note}" for note in notes)
        ),
        n_qubits=n_qubits,
        y=y[split.train],
        y_test=y[split.test] if held_out else None,
        X=angles[split.train],
        X_test=angles[split.test] if held_out else None,
        encoding=encoding.angle(n_qubits),
    )
