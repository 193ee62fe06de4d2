"""The `qtangent` command."""

from __future__ import annotations

import argparse
import io
import sys

from .._native import build_info
from .._native.errors import QTangentError
from . import audit, diagnosis, info, landscape_flags, study_flags


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 0 (audit: 3 and 4 too), 1 for an error, 2 for a wrong call, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="qtangent", description="Will a quantum neural network train, how fast, and why (not)?"
    )
    parser.add_argument("--version", action="version", version=f"qtangent {build_info()['version']}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    diagnosis.add_parser(commands)
    study_flags.add_parser(commands)
    study_flags.add_report_parser(commands)
    landscape_flags.add_parser(commands)
    audit.add_parser(commands)
    info.add_parser(commands)
    typed = sys.argv[1:] if arguments is None else arguments
    chosen = parser.parse_args(typed)
    chosen.typed = typed
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files and classes may hold what the terminal cannot show.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return int(chosen.run(chosen))
    except (QTangentError, ImportError, OSError) as error:
        print(f"qtangent: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qtangent: interrupted", file=sys.stderr)
        return 130
