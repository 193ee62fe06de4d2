"""The flags of `qtangent audit`; what they start is imported when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..flags import Help, filled, path

_EXAMPLES = """\
examples:
  qtangent audit received.qasm --golden designed.qasm --config-inputs calibration
  qtangent audit received.qasm --config calibrations.json --theta weights.npy --data digits.csv
"""


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "audit",
        help="find circuit trojans: was this circuit tampered with?",
        description="Compares a circuit with the one that was designed, looks whether its encoding still\n"
        "tells data apart under every configuration, and writes audit.html and audit.json.\n"
        "The exit code is 0 for an intact circuit, 3 for a tampered one, 4 if it is undecided,\n"
        "1 for an error, 2 for a wrong call, 130 after Ctrl-C.",
        epilog=_EXAMPLES,
        formatter_class=Help,
    )
    add = parser.add_argument
    add(
        "circuit", type=filled, metavar="CIRCUIT",
        help="what is under suspicion: an OpenQASM file (.qasm), or a Python file and the name of what returns a "
        "qt.Circuit or qt.Model, as in mine.py:build",
    )  # fmt: skip
    add("--golden", type=filled, metavar="FILE", help="the circuit as it was designed, in the same forms")
    add(
        "--config", type=filled, metavar="FILE",
        help="configurations to audit under: a .json file of one object of keys and angles in radians, or a list of such",
    )  # fmt: skip
    add(
        "--config-inputs", nargs="+", metavar="NAME",
        help="inputs of a QASM file that a configuration sets; calibration stands for calibration_0, calibration_1, ... "
        "(default: the keys of --config)",
    )  # fmt: skip
    add(
        "--features", nargs="+", metavar="NAME",
        help="inputs of a QASM file that are data; all others are parameters (default: x, that is x, x_0, x_1, ...)",
    )  # fmt: skip
    add(
        "--theta", type=filled, metavar="FILE",
        help="the deployed parameters: a saved run, .npy, .json (a list, or by name), or text (default: drawn by --seed)",
    )  # fmt: skip
    add(
        "--data", type=filled, metavar="FILE",
        help="samples as probes: a .csv, .tsv or .npz file, a column a feature, taken as they are, and one of classes "
        "(default: drawn by --seed)",
    )  # fmt: skip
    add("--target", metavar="COLUMN", help="column of classes in a CSV file (default: the last)")
    add(
        "--observable", nargs="+", metavar="SUM",
        help='what is measured, in quotes: "ZIII" or "0.5 ZZI + XII", one for two classes or one for each (default: Z on '
        "the measured qubits, else on as many as there are outputs)",
    )  # fmt: skip
    add("--shots", type=int, default=200, help="of each output and probe in the black-box test")
    add("--seed", type=int, default=0, help="of parameters, probes, shots and resamples")
    add("--out", type=path, default=Path("audit"), metavar="FOLDER", help="where to write")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from .run import run

    return run(arguments)
