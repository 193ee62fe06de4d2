"""Running the experiments of a folder one after the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable


def run_all(package: str, experiments: Iterable[str]) -> None:
    """Runs those named on the command line, all unless there are names; options go to each."""
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(experiments)
    options = [option for option in sys.argv[1:] if option.startswith("-")]
    for name in chosen:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"{package}.{name}.run", *options], check=True)
