"""Pictures of circuits in files that anyone may have written: none that a page must not show."""

from __future__ import annotations

import re
from xml.etree import ElementTree

# What `circuit_html` writes; nothing of it runs code or reaches for anything elsewhere.
_ELEMENTS = frozenset({"circle", "div", "g", "path", "rect", "svg", "text", "title"})
_ATTRIBUTES = frozenset({
    "aria-label", "class", "cx", "cy", "d", "fill", "fill-opacity", "font-family", "font-size", "height", "r", "role",
    "rx", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width", "style", "text-anchor", "viewBox", "width", "x",
    "y",
})  # fmt: skip
_WORDS = "aria-label"
_STYLE = re.compile(r"max-width:100%;overflow-x:auto|width:[\d.]+px;height:[\d.]+px;max-width:none")
# Links stand in brackets.
_VALUE = re.compile(r"[\w\s.,%#'+-]*")


def expect_picture(text: str) -> None:
    """
    Raises:
        ValueError: for anything but a picture as `circuit_html` makes it.
    """
    if "<!" in text or "<?" in text:
        raise ValueError("its drawing holds more than a picture")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"its drawing is damaged: {error}") from error
    for one in root.iter():
        name = one.tag.rpartition("}")[2]
        if name not in _ELEMENTS:
            raise ValueError(f"its drawing holds <{name:.30}>")
        for key, value in one.attrib.items():
            allowed = _STYLE if key == "style" else _VALUE
            if key not in _ATTRIBUTES or (key != _WORDS and not allowed.fullmatch(value)):
                raise ValueError(f"its drawing holds {key:.30}={value!r:.60}")
