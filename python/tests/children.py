"""Python programs that run beside a test, can be interrupted, and end with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# A process started from a background shell ignores Ctrl-C and hands that down; Python then installs no handler.
_CTRL_C = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


@contextmanager
def child(
    script: str, *arguments: str, quiet: bool = False, **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """A Python program that Ctrl-C reaches; killed at the end of the block if it still runs.

    Args:
        arguments: sys.argv[1:].
        quiet: without warnings.
        options: of `subprocess.Popen`.
    """
    command = [sys.executable, *(("-W", "ignore") if quiet else ()), "-c", _CTRL_C + script, *arguments]
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()
