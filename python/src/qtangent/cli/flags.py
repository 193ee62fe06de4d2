"""The flags of `qtangent study`; what they start is imported when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

ANSATZ_NAMES = ("hea", "haar")


class _Help(argparse.HelpFormatter):
    """Says the default where there is one and the help has not said it."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text, default = action.help or "", action.default
        if default in (None, False, [], argparse.SUPPRESS) or "(default" in text:
            return text
        shown = " ".join(map(str, default)) if isinstance(default, (list, tuple)) else str(default)
        return f"{text} (default: {shown})"


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "study",
        help="train on a data set and explain the convergence",
        description="Trains every ansatz at every scale on every data set, prints a summary and writes "
        "report.html, study.json, recorded arrays and figures.",
        formatter_class=_Help,
    )
    add = parser.add_argument
    add(
        "--dataset", nargs="+", default=["digits", "orthogonal"], metavar="NAME",
        help="digits, orthogonal, iris, wine, breast_cancer, or a .csv, .tsv or .npz file",
    )  # fmt: skip
    add(
        "--classes",
        nargs=2,
        metavar=("A", "B"),
        help="the two classes; A is labelled +1 (default: by data set)",
    )
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
    add("--qubits", type=int, help="number of qubits (default: 6 for digits, 5 for orthogonal, else 4)")
    add("--train", type=int, default=32, help="training samples (orthogonal: see --states)")
    add("--test", type=int, default=200, help="most held-out samples")
    add("--states", type=int, default=4, help="states of the orthogonal set")
    add(
        "--ansatz", nargs="+", choices=ANSATZ_NAMES,
        help="hardware-efficient or Haar (default: hea haar for digits, haar for orthogonal, else hea)",
    )  # fmt: skip
    add("--layers", type=int, default=32, help="layers of the hardware-efficient ansatz")
    add("--params", type=int, help="parameters of the Haar ansatz (default: 256, orthogonal 1024)")
    add("--scale", nargs="+", type=float, default=[1.0, 2.0], help="scales of the observable, Z on qubit 0")
    add("--time", type=float, help="normalised time to train for (default: 20, orthogonal 100)")
    add("--dt", type=float, help="normalised time of a step (default: stable, at most 0.05)")
    add("--records", type=int, default=200, help="most recorded steps")
    add("--seed", type=int, default=0, help="of data, circuits and initial parameters")
    add("--out", type=Path, default=Path("study"), metavar="FOLDER", help="where to write")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from .study import run

    return run(arguments)
