"""Flags that commands share: the circuit, the data, and how help is shown."""

from __future__ import annotations

import argparse
from pathlib import Path

from .._native import arrays
from .._native.errors import InvalidArgumentError


def filled(text: str) -> str:
    """The name of a file, for argparse.

    Raises:
        ArgumentTypeError: no file can be called so; an empty name stands for the current folder elsewhere.
    """
    try:
        arrays.path(text)
    except InvalidArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def path(text: str) -> Path:
    """Where to write, for argparse; see `filled`."""
    return Path(filled(text))


READING = ("separator", "encoding", "decimal", "ignore", "drop_missing")
"""How to read a text file, where it is not to be recognised."""


class Help(argparse.RawDescriptionHelpFormatter):
    """Says the default where there is one and the help has not said it; keeps the lines of examples."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text, default = action.help or "", action.default
        if default in (None, False, [], argparse.SUPPRESS) or "(default" in text:
            return text
        shown = " ".join(map(str, default)) if isinstance(default, (list, tuple)) else str(default)
        return f"{text} (default: {shown})"


def add_circuit_flags(parser: argparse.ArgumentParser) -> None:
    """The user's circuit, what is measured after it, and where its parameters start."""
    add = parser.add_argument_group("your own circuit").add_argument
    add(
        "--circuit", type=filled, metavar="FILE",
        help="an OpenQASM file (.qasm), or a Python file and the name of what returns a qt.Circuit or qt.Model, as in "
        "mine.py:build",
    )  # fmt: skip
    add(
        "--observable", nargs="+", metavar="SUM",
        help='what is measured, in quotes: "ZIII" or "0.5 ZZI + XII", one for two classes or one for each (default: Z '
        "on the first measured qubit, else on qubit 0; of more than two classes on a qubit each); a minus in front stands "
        'apart: "- ZZ"',
    )  # fmt: skip
    add(
        "--features", nargs="+", metavar="NAME",
        help="inputs of the QASM file that are data; all others are parameters (default: x, that is x, x_0, x_1, ...)",
    )  # fmt: skip
    add(
        "--free", choices=["rotations"],
        help="make the angles that stand in the QASM file as numbers parameters, which start there",
    )  # fmt: skip
    add(
        "--theta", type=filled, metavar="FILE",
        help="the initial parameters: .npy, .json (a list, or by name), or text (default: the file's own numbers, "
        "else drawn by --seed)",
    )  # fmt: skip


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """The data sets and how files are read."""
    add = parser.add_argument_group("data").add_argument
    add(
        "--dataset", nargs="+", metavar="NAME",
        help="digits, orthogonal, iris, wine, breast_cancer, or a .csv, .tsv or .npz file; needed with --circuit "
        "(default: digits orthogonal)",
    )  # fmt: skip
    add(
        "--classes", nargs="+", metavar="CLASS",
        help="two classes by name or number, the first labelled +1, or more, for an output each (default: "
        "3 5 of digits, 1 2 of iris, 0 1 of wine and breast_cancer, the two of a file)",
    )  # fmt: skip
    add("--target", metavar="COLUMN", help="column of classes in a CSV file (default: the last)")
    add("--separator", metavar="CHAR", help="between the cells of a CSV file (default: recognised)")
    add("--encoding", metavar="NAME", help="of a CSV file, such as latin-1 (default: recognised)")
    add("--decimal", choices=[".", ","], help="character before decimals in a CSV file (default: recognised)")
    add(
        "--ignore", nargs="+", default=[], metavar="COLUMN", help="columns of a CSV file that are no features"
    )
    add(
        "--drop-missing", action="store_true", help="leave out lines of a CSV file in which a cell is missing"
    )
    add(
        "--train", type=int,
        help="training samples, as many of each class (default: 32 or fewer; orthogonal: see --states)",
    )  # fmt: skip
    add("--test", type=int, default=200, help="most held-out samples")
    add("--states", type=int, default=4, help="states of the orthogonal set")
    add("--seed", type=int, default=0, help="of data, circuits and initial parameters")
