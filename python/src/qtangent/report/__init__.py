"""The self-contained HTML reports of studies and of landscapes (needs matplotlib and Jinja2)."""

from .entry import Entry
from .landscapes import Landscape, render_landscapes
from .page import render

__all__ = ["Entry", "Landscape", "render", "render_landscapes"]
