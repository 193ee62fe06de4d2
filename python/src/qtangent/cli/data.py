"""From flags to data sets."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import datasets
from .._native.errors import InvalidArgumentError
from ..datasets import Dataset
from ..datasets.files import SUFFIXES
from .flags import READING


def load_data(
    name: str, arguments: argparse.Namespace, n_qubits: int | None, n_features: int | None = None
) -> Dataset:
    """A data set by name, or a file.

    Args:
        name: of `datasets.NAMES`, or the path of a file.
        arguments: with the flags of `flags.add_data_flags`.
        n_qubits: of the circuit; by data set if None.
        n_features: of a circuit that encodes the data itself.

    Raises:
        InvalidArgumentError: there is no such data set, or it cannot be used so.
        FileError: the file cannot be read.
    """
    seed, train, test, classes = arguments.seed, arguments.train, arguments.test, arguments.classes
    if name == "orthogonal":
        if n_features is not None:
            raise InvalidArgumentError(
                f"orthogonal holds states and no columns, the circuit has {n_features} features: choose another data set"
            )
        return datasets.orthogonal(_given(n_qubits, 5), arguments.states, seed)
    if name == "digits":
        chosen = _digits(classes)
        return datasets.digits(chosen, _given(n_qubits, 6), train, test, seed, n_features=n_features)
    qubits = _given(n_qubits, 4)
    if name in datasets.NAMES:
        load = {"iris": datasets.iris, "wine": datasets.wine, "breast_cancer": datasets.breast_cancer}[name]
        options = {} if classes is None else {"classes": classes}
        return load(n_qubits=qubits, train=train, test=test, seed=seed, n_features=n_features, **options)
    if Path(name).suffix.lower() in SUFFIXES:
        reading = {flag: getattr(arguments, flag) for flag in READING}
        return datasets.from_file(
            name, arguments.target, classes, qubits, train, test, seed, n_features=n_features, **reading
        )
    raise InvalidArgumentError(
        f"no data set {name!r}: choose {', '.join(datasets.NAMES)}, or give a .csv, .tsv or .npz file"
    )


def _given(number: int | None, default: int) -> int:
    return default if number is None else number


def _digits(classes: list[str] | None) -> list[int]:
    try:
        return [int(one) for one in classes or (3, 5)]
    except ValueError:
        raise InvalidArgumentError(
            f"classes of digits are numbers from 0 to 9, not {' '.join(classes or [])}"
        ) from None
