"""Tables of numbers: standardised, reduced to one number a qubit, and encoded as angles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._native import arrays as _arrays
from ._sklearn import load
from .classification import from_table
from .dataset import Dataset
from .delimited import Options
from .files import read


def iris(
    classes: Sequence[Any] = (1, 2),
    n_qubits: int = 4,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    *,
    n_features: int | None = None,
) -> Dataset:
    """Classes of Fisher's iris (4 features); see `from_file` for the encoding.

    Args:
        classes: Two or more classes, by number or name; see `from_file`.
        n_qubits: Number of qubits.
        train: Number of training samples, as many of each class; 32 or fewer if left out.
        test: Most held-out samples, as many of each class.
        seed: Of the draw.
        n_features: Of a circuit that encodes the data itself; see `from_file`.

    Raises:
        InvalidArgumentError: For other classes, for more training samples than a class has, and for more features than
            there are columns.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("iris", classes, n_qubits, train, test, seed, n_features)


def wine(
    classes: Sequence[Any] = (0, 1),
    n_qubits: int = 4,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    *,
    n_features: int | None = None,
) -> Dataset:
    """Classes of the wine data (13 features); see `from_file` for the encoding.

    Args:
        classes: Two or more classes, by number or name; see `from_file`.
        n_qubits: Number of qubits.
        train: Number of training samples, as many of each class; 32 or fewer if left out.
        test: Most held-out samples, as many of each class.
        seed: Of the draw.
        n_features: Of a circuit that encodes the data itself; see `from_file`.

    Raises:
        InvalidArgumentError: For other classes, for more training samples than a class has, and for more features than
            there are columns.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("wine", classes, n_qubits, train, test, seed, n_features)


def breast_cancer(
    classes: Sequence[Any] = (0, 1),
    n_qubits: int = 4,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    *,
    n_features: int | None = None,
) -> Dataset:
    """Malignant (0) against benign (1), 30 features; see `from_file` for the encoding.

    Args:
        classes: Two or more classes, by number or name; see `from_file`.
        n_qubits: Number of qubits.
        train: Number of training samples, as many of each class; 32 or fewer if left out.
        test: Most held-out samples, as many of each class.
        seed: Of the draw.
        n_features: Of a circuit that encodes the data itself; see `from_file`.

    Raises:
        InvalidArgumentError: For other classes, for more training samples than a class has, and for more features than
            there are columns.
        ImportError: Scikit-learn is missing.
    """
    return _built_in("breast_cancer", classes, n_qubits, train, test, seed, n_features)


def from_file(
    path: str | Path,
    target: str | None = None,
    classes: Sequence[Any] | None = None,
    n_qubits: int = 4,
    train: int | None = None,
    test: int = 200,
    seed: int = 0,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    ignore: Sequence[str] = (),
    drop_missing: bool = False,
    n_features: int | None = None,
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
        classes: The classes to use; may be left out if there are only two. The first of two is labelled +1 and the
            other -1; of k > 2 each has an output, +1 for its own samples and -1 for the others. A class is named by its
            label or the label's text; a number names the label equal to it.
        n_qubits: Number of qubits.
        train: Number of training samples, as many of each class; 32 or fewer if left out.
        test: Most held-out samples, as many of each class.
        seed: Of the draw.
        separator: Character between the cells of a CSV file.
        encoding: Of a CSV file, such as "latin-1".
        decimal: Character before decimals in a CSV file, "." or ",".
        ignore: Columns of a CSV file that are no features.
        drop_missing: Leave out the lines of a CSV file in which a cell is missing.
        n_features: Of a circuit that encodes the data itself, for which the data set then brings no encoding. As many
            columns are taken as they are, in their order; of more the first principal components, scaled to [0, pi].

    Raises:
        InvalidArgumentError: The file's content cannot be used, the text names the line or column; there are fewer
            columns than features.
        FileError: The file cannot be read.
    """
    given = (ignore,) if isinstance(ignore, str) else tuple(_arrays.several("ignore", ignore, "columns"))
    table = read(
        _arrays.file_path(path),
        Options(target, separator, encoding, decimal, given, drop_missing),
    )
    return from_table(table, classes, n_qubits, train, test, seed, n_features)


def _built_in(
    name: str,
    classes: Sequence[Any],
    n_qubits: int,
    train: int | None,
    test: int,
    seed: int,
    n_features: int | None,
) -> Dataset:
    table, names = load(name)
    chosen = [
        names.index(one) if one in names else one for one in _arrays.several("classes", classes, "classes")
    ]
    return from_table(table, chosen, n_qubits, train, test, seed, n_features, names)
