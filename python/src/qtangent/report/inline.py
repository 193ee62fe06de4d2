"""Matplotlib's SVG made fit for the inside of a page."""

from __future__ import annotations

import re
from html import escape

from ..plots.style import INK


def inline_svg(svg: bytes, prefix: str, label: str) -> str:
    """The <svg> element alone: text and axes in the colour and font of the page, ids unique by `prefix`."""
    prefix = re.sub(r"[^\w.-]+", "-", prefix)
    text = svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r"font: bold ([\d.]+)px [^;\"]*", r"font-weight: bold; font-size: \1px", text)
    text = re.sub(r"font: 700 ([\d.]+)px [^;\"]*", r"font-weight: bold; font-size: \1px", text)
    text = text.replace(INK, "currentColor")
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
