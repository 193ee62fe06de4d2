"""Ends the build where a page would ask another host for anything: scripts, styles, fonts, pictures, frames."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# An address on another host, in what a browser loads by itself; links that a reader follows are none of it.
_FOREIGN = r"""["'(]?\s*(?:https?:)?//[^\s"'()>]+"""
_LOADED = re.compile(
    rf"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\b(?:src|srcset)={_FOREIGN}"""
    rf"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon|modulepreload))[^>]*?\bhref={_FOREIGN}""",
    re.IGNORECASE,
)
_STYLE = re.compile(rf"@import\s+{_FOREIGN}|url\({_FOREIGN}", re.IGNORECASE)


def foreign(text: str, is_style: bool) -> list[str]:
    """What a page or style sheet would load from elsewhere."""
    return [found.group() for found in (_STYLE if is_style else _LOADED).finditer(text)]


def check(app: Sphinx, error: Exception | None) -> None:
    from sphinx.errors import ExtensionError

    if error or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix in (".html", ".css") and (
            found := foreign(path.read_text(encoding="utf-8"), path.suffix == ".css")
        ):
            raise ExtensionError(f"{path.relative_to(app.outdir)} loads from another host: {found[0]}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}
