"""Templates, filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._extras import require
from .typeset import typeset

_TEMPLATES = Path(__file__).parent / "templates"


def fill(template: str, **content: Any) -> str:
    """The page of a template in the one style, every value escaped; a name that the template misses is an error."""
    jinja2 = require("jinja2", "Jinja2", "study")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return str(environment.get_template(template).render(style=style, **content))
