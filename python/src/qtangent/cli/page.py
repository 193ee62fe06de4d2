"""What commands that write a page have in common: how they begin, and the settings that the page tells."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from .._extras import require, tqdm
from ..convergence.files import ensure_folder
from .info import facts


def begin(out: Path) -> bool:
    """Sees before long work that the page can be made and written; whether to show bars.

    Raises:
        FileError: the folder cannot be written.
        ImportError: a package is missing that draws or fills the page.
    """
    ensure_folder(out)
    require("matplotlib", "matplotlib", "study")
    require("jinja2", "Jinja2", "study")
    progress = sys.stderr.isatty()
    if progress:
        tqdm()
    return progress


def settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was asked for, by the flags' names."""
    given = {
        name: value for name, value in vars(arguments).items() if name not in ("run", "command", "typed")
    }
    return {**given, "out": str(arguments.out)}


def rows(arguments: argparse.Namespace, seconds: float) -> list[tuple[str, str]]:
    """The page's last table: date and command, the settings given, the run time, the versions."""
    now = datetime.now().astimezone()
    begun = [("date", f"{now:%Y-%m-%d %H:%M %Z}"), ("command", shlex.join(["qtangent", *arguments.typed]))]
    given = [(name, _shown(value)) for name, value in settings(arguments).items() if _is_given(value)]
    return [*begun, *given, ("run time", f"{seconds:.0f} s"), *facts()]


def _is_given(value: Any) -> bool:
    return value is not None and value is not False and value != []


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return str(value)
