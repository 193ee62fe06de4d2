"""Powers in plain sentences, set as superscripts."""

from __future__ import annotations

import re
from typing import Any

from .._extras import require


def typeset(text: str) -> Any:
    """HTML of `text`, escaped: t^-1.87, R^2 and 8.01e-7 with superscripts, lambda_min as a letter."""
    markup = require("markupsafe", "Jinja2", "study")
    html = str(markup.escape(text))
    html = re.sub(r"\b(\d[\d.]*)e(-?\d+)\b", r"\1·10^\2", html)
    html = re.sub(r"\^(-?\d[\d.]*\d|-?\d|[a-z]\b)", r"<sup>\1</sup>", html)
    html = html.replace("lambda_min", "λ<sub>min</sub>")
    html = re.sub(r"(?<![\w-])-(?=[\d.])", "&minus;", html)
    return markup.Markup(html)
