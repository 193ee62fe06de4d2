"""The flags of `qtangent study`, and of `qtangent report`, which tells what was saved again; what they start is imported
when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .flags import Help, add_circuit_flags, add_data_flags, path

ANSATZ_NAMES = ("hea", "haar")
_EXAMPLES = """\
examples:
  qtangent study --dataset wine --qubits 5 --scale 1 2 --out wine/
  qtangent study --circuit mine.qasm --dataset mine.csv --target label
"""
_REPORT_EXAMPLES = """\
examples:
  qtangent report study/digits-hea-scale1 study/digits-haar-scale1
  qtangent report diagnosis/*/ --out diagnoses.html
"""


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "study",
        help="train on a data set and explain the convergence",
        description="Trains your circuit, or every ansatz, at every scale on every data set, prints a\n"
        "summary and writes report.html, study.json, recorded arrays and figures.",
        epilog=_EXAMPLES,
        formatter_class=Help,
    )
    add_circuit_flags(parser)
    add_data_flags(parser)
    add_ansatz_flags(parser)
    training = parser.add_argument_group("training").add_argument
    training(
        "--scale", nargs="+", type=float,
        help="factors of the observable (default: 1 2; with --circuit that of its Model, else 1)",
    )  # fmt: skip
    training("--time", type=float, help="normalised time to train for (default: 20, orthogonal 100)")
    training(
        "--steps", type=int, help="most steps, where that time takes more (default: 5000 with --circuit)"
    )
    training("--dt", type=float, help="normalised time of a step (default: stable, at most 0.05)")
    training("--records", type=int, default=200, help="most recorded steps")
    training(
        "--all-kernels", action="store_true", help="save every recorded kernel, also above 16 MB a curve"
    )
    training("--out", type=path, default=Path("study"), metavar="FOLDER", help="where to write")
    parser.set_defaults(run=_run)


def add_ansatz_flags(parser: argparse.ArgumentParser) -> None:
    """The library's circuits."""
    circuits = parser.add_argument_group("circuits of the library, without --circuit").add_argument
    circuits("--qubits", type=int, help="number of qubits (default: 6 for digits, 5 for orthogonal, else 4)")
    circuits(
        "--ansatz", nargs="+", choices=ANSATZ_NAMES,
        help="hardware-efficient or Haar (default: hea haar for digits, haar for orthogonal, else hea)",
    )  # fmt: skip
    circuits("--layers", type=int, help="layers of the hardware-efficient ansatz (default: 32)")
    circuits("--params", type=int, help="parameters of the Haar ansatz (default: 256, orthogonal 1024)")


def add_report_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        help="write the page of studies or diagnoses that were saved",
        description="Writes one page of the studies that Study.save or qtangent study wrote into folders, or of the\n"
        "diagnoses that qtangent diagnose wrote.",
        epilog=_REPORT_EXAMPLES,
        formatter_class=Help,
    )
    parser.add_argument(
        "folders", nargs="+", type=path, metavar="FOLDER", help="of one study or one diagnosis each"
    )
    parser.add_argument(
        "--out", type=path, default=Path("report.html"), metavar="FILE", help="where to write"
    )
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    from ..convergence.files import write_atomically
    from ..report import write_report
    from .info import facts

    page = write_report(arguments.folders, facts())
    write_atomically(arguments.out, page.encode(errors="backslashreplace"))
    print(f"Report: {arguments.out}")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from .study import run

    return run(arguments)
