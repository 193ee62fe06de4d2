"""Docstrings of the package are plain text with code in single backticks; this makes reStructuredText of them.

What the markup would take for itself (|0...0>, 2*p0, theta_) is escaped, indented lines after a paragraph are code, and
a page that is named is a link. It runs before Napoleon, which finds its sections (Args, Raises, ...) untouched; of
attributes Napoleon would take what stands before a colon in the first line for a type, so that those go around it.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring
from sphinx.util.inspect import TypeAliasForwardRef

_CODE = re.compile(r"(``.*?``|`[^`\n]*`)")
_MARKUP = re.compile(r"\\|\*|\||_(?!\w)")
_PAGE = re.compile(r"\bdocs/([a-z-]+)\.md\b")
_SECTION = re.compile(r"^(Args|Returns|Raises|Warns|Yields|Attributes|Example|Examples|Note|Notes):$")


def escaped(line: str) -> str:
    """A line without markup but its code in backticks and links to pages."""
    parts = _CODE.split(line)
    return "".join(
        part
        if number % 2
        else _PAGE.sub(r":doc:`/\1`", _MARKUP.sub(lambda found: "\\" + found.group(), part))
        for number, part in enumerate(parts)
    )


def plain(lines: list[str]) -> list[str]:
    """The docstring in reStructuredText."""
    result: list[str] = []
    section = code = False
    before = ""
    for position, line in enumerate(lines):
        indented = line.startswith("    ")
        if not line.strip():
            result.append(line)
            continue
        if not indented:
            section, code = bool(_SECTION.match(line)), False
        elif not section and not code and position and not lines[position - 1].strip() and before:
            result += [".. code-block:: python", ""]
            code = True
        result.append(line if code else _listed(escaped(line)))
        before = line
    return result


def _listed(line: str) -> str:
    """An asterisk or a hyphen of a list stays what it is."""
    return re.sub(r"^(\s*)\\\*(?= )", r"\1*", line)


_attributes: dict[str, list[str]] = {}


def _before(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    lines[:] = plain(lines)
    if what in ("attribute", "property"):
        converted = "\n".join(GoogleDocstring(lines, app.config, app, "function", name).lines())
        _attributes[name], lines[:] = converted.splitlines(), []


def _after(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    if what in ("attribute", "property"):
        lines[:] = _attributes.pop(name)


def setup(app: Sphinx) -> dict[str, Any]:
    # Inside of unions Sphinx shows what stands for the name of a type, not the name.
    TypeAliasForwardRef.__repr__ = lambda self: self.name  # type: ignore[method-assign]
    app.connect("autodoc-process-docstring", _before, priority=400)
    app.connect("autodoc-process-docstring", _after, priority=600)
    return {"parallel_read_safe": True}
