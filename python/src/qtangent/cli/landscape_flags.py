"""The flags of `qtangent landscape`; what they start is imported when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .flags import Help, add_circuit_flags, add_data_flags, path
from .study_flags import ANSATZ_NAMES

OPTIMIZERS = ("adam", "descent", "rmsprop", "lbfgs")
_EXAMPLES = """\
examples:
  qtangent landscape --ansatz haar --params 3 --dataset hard --out traps/
  qtangent landscape --circuit mine.py:build --dataset mine.csv --target species
"""


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "landscape",
        help="find every minimum of a loss and how often training ends in each",
        description="Finds the minima of a loss with certificates, says whether the list is complete\n"
        "and which minima are spurious, trains from many random starts, and writes\n"
        "landscape.html, landscape.json and figures. --dataset hard builds the data on\n"
        "which the circuit itself has 2^p minima.",
        epilog=_EXAMPLES,
        formatter_class=Help,
    )
    add_circuit_flags(parser)
    add_data_flags(parser)
    circuits = parser.add_argument_group("the library's circuits").add_argument
    circuits("--qubits", type=int, help="number of qubits (default: 6 for digits, 5 for orthogonal, else 4)")
    circuits("--ansatz", choices=ANSATZ_NAMES, help="hardware-efficient or Haar (default: haar)")
    circuits("--layers", type=int, help="layers of the hardware-efficient ansatz (default: 2)")
    circuits("--params", type=int, help="parameters of the Haar ansatz (default: 3)")
    search = parser.add_argument_group("search and training").add_argument
    search(
        "--parameters", nargs="+", type=int, metavar="L",
        help="study these alone, the others at --theta or drawn by --seed (default: all that move a prediction)",
    )  # fmt: skip
    search(
        "--seconds", type=float, default=60.0,
        help="time for the search, for the proof that no minimum is missing, and for the trainings each; what it does not "
        "suffice for is said to be a lower bound",
    )  # fmt: skip
    search("--optimizer", choices=OPTIMIZERS, default="adam", help="that trains from random starts")
    search(
        "--learning-rate", type=float, metavar="RATE",
        help="of the optimiser; L-BFGS has none (default: 0.05 for adam, 0.01 for rmsprop, stable for descent)",
    )  # fmt: skip
    search("--starts", type=int, default=2000, help="random starts of the trainings")
    search("--steps", type=int, default=1000, help="of each training")
    search("--out", type=path, default=Path("landscape"), metavar="FOLDER", help="where to write")
    parser.set_defaults(run=_run, dataset=["orthogonal"])


def _run(arguments: argparse.Namespace) -> int:
    from .landscape import run

    return run(arguments)
