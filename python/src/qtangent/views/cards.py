"""Cards that notebooks show for objects: a title, a table of facts, and pictures, light or dark as the page is."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_CARD = (
    "display:inline-block;max-width:100%;box-sizing:border-box;padding:0.5em 0.9em;border:1px solid;border-radius:6px;"
    "border-color:color-mix(in srgb,currentColor 30%,transparent);color:inherit;background:transparent"
)
_CELL = "text-align:left;vertical-align:top;padding:0.1em 1.2em 0.1em 0;border:none;background:transparent;color:inherit"


def card(title: str, facts: Iterable[tuple[str, object]] = (), *pictures: str, text: str = "") -> str:
    """One card.

    Args:
        title: its first line.
        facts: names and values, escaped here.
        pictures: HTML below the facts, taken as it is.
        text: a sentence below the title, escaped here.

    Returns:
        A <div> element.
    """
    rows = "".join(
        f'<tr style="background:transparent"><td style="{_CELL};opacity:0.7">{escape(name)}</td>'
        f'<td style="{_CELL}">{escape(str(value))}</td></tr>'
        for name, value in facts
    )
    table = f'<table style="border:none;margin:0.3em 0;color:inherit">{rows}</table>' if rows else ""
    words = f'<div style="margin:0.3em 0">{escape(text)}</div>' if text else ""
    return (
        f'<div class="qtangent-card" style="{_CARD}"><div style="font-weight:600">{escape(title)}</div>'
        f"{words}{table}{''.join(pictures)}</div>"
    )
