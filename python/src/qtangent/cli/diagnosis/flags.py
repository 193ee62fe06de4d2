"""The flags of `qtangent diagnose`; what they start is imported when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..flags import Help, add_circuit_flags, add_data_flags, filled, path
from ..study_flags import add_ansatz_flags

_EXAMPLES = """\
examples:
  qtangent diagnose --circuit mine.qasm --dataset mine.csv
  qtangent diagnose --dataset iris --layers 1 --scale 1 2 --budget full --out iris/
"""


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "diagnose",
        help="one verdict: will it train, how fast, and why not",
        description="Diagnoses your circuit, or every ansatz, at every scale on every data set, prints the\n"
        "verdict on one screen and writes diagnosis.html and a diagnosis.json for each.",
        epilog=_EXAMPLES,
        formatter_class=Help,
    )
    add_circuit_flags(parser)
    add_data_flags(parser)
    add_ansatz_flags(parser)
    diagnosis = parser.add_argument_group("diagnosis").add_argument
    diagnosis(
        "--scale", nargs="+", type=float,
        help="factors of the observable (default: 1; with --circuit that of its Model, else 1)",
    )  # fmt: skip
    diagnosis(
        "--budget", choices=["quick", "full"], default="quick",
        help="full: longer trainings, more draws, and advice that is tried out",
    )  # fmt: skip
    diagnosis(
        "--family", type=filled, metavar="FILE",
        help="your circuit in other sizes, for trends: a Python file and the name of a function of the numbers of qubits "
        "and layers, as in mine.py:family (default: that of --ansatz)",
    )  # fmt: skip
    diagnosis("--out", type=path, default=Path("diagnosis"), metavar="FOLDER", help="where to write")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from .run import run

    return run(arguments)
