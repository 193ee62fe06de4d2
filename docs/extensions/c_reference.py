"""Writes the page of the C interface from its header: types as they stand there, functions with their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docstrings import escaped
from sphinx.application import Sphinx

HEADER = Path(__file__).resolve().parents[2] / "bindings/include/qtangent.h"

# Titles of functions by how their names begin; the longest beginning decides.
GROUPS = {
    "qtg_circuit": "Circuits", "qtg_instruction": "Circuits", "qtg_gate": "Circuits", "qtg_config": "Circuits",
    "qtg_ansatz": "Ansätze and encodings", "qtg_encoding": "Ansätze and encodings",
    "qtg_observable": "Observables", "qtg_samples": "Samples",
    "qtg_model": "Models", "qtg_run": "Training", "qtg_dynamics": "The limit", "qtg_cancel": "Calls from several threads",
}  # fmt: skip
OTHERS = "Everything else"
FUNCTION = re.compile(r"((?:^///[^\n]*\n)*)^(\w[\w *]*?\**qtg_\w+\([^;]*\));$", re.MULTILINE)


def functions(header: str) -> Iterator[tuple[str, str, str]]:
    """Name, declaration and comment of every function."""
    for comment, declaration in FUNCTION.findall(header):
        found = re.search(r"(qtg_\w+)\(", declaration)
        assert found
        text = "\n".join(line.removeprefix("///").strip() for line in comment.splitlines())
        text = re.sub(r"^@since (.*)$", r"\nSince version \1.", text, flags=re.MULTILINE)
        yield found.group(1), declaration, text


def group(name: str) -> str:
    fitting = [start for start in GROUPS if name.startswith(start)]
    return GROUPS[max(fitting, key=len)] if fitting else OTHERS


def page(header: str) -> str:
    types = header[header.index("/* Types of") : FUNCTION.search(header).start()]  # type: ignore[union-attr]
    types = re.sub(
        r"^#(?:if|include|define QTANGENT_H|endif|extern).*\n|^extern .*\n", "", types, flags=re.MULTILINE
    )
    lines = [
        "C", "=", "", "One header, `qtangent.h`; :doc:`/guides/c` shows how a program is compiled against it.", "",
        "Types", "-----", "", ".. code-block:: c", "",
        *(f"   {line}".rstrip() for line in types.splitlines()), "",
    ]  # fmt: skip
    found = list(functions(header))
    for title in [*dict.fromkeys(GROUPS.values()), OTHERS]:
        chosen = [one for one in found if group(one[0]) == title]
        if chosen:
            lines += [title, "-" * len(title), ""]
        for _, declaration, text in chosen:
            lines += [f".. c:function:: {declaration}", ""]
            lines += [*(f"   {escaped(line)}".rstrip() for line in text.splitlines()), ""]
    return "\n".join(lines) + "\n"


def write(app: Sphinx) -> None:
    path, text = Path(app.srcdir) / "reference/c.rst", page(HEADER.read_text(encoding="utf-8"))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
