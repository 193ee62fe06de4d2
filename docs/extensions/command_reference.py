"""Writes the page of the command line from what `--help` prints."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

from qtangent.cli import main
from sphinx.application import Sphinx

WIDTH = "100"


def help_of(*command: str) -> str:
    """What a command says of itself, at a width of its own."""
    said = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = WIDTH
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            main([*command, "--help"])
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return said.getvalue()


def page() -> str:
    whole = help_of()
    lines = ["Command line", "============", ""]
    for command in ["", *re.findall(r"^    (\w+) ", whole, re.MULTILINE)]:
        title = f"qtangent {command}".strip()
        lines += [title, "-" * len(title), "", ".. code-block:: text", ""]
        said = help_of(command) if command else whole
        lines += [*(f"   {line}".rstrip() for line in said.splitlines()), ""]
    return "\n".join(lines) + "\n"


def write(app: Sphinx) -> None:
    path, text = Path(app.srcdir) / "reference/command.rst", page()
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
