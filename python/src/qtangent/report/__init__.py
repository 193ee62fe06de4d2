"""The self-contained HTML reports of studies, of landscapes and of regimes (needs matplotlib and Jinja2)."""

from .entry import Entry
from .landscapes import Landscape, render_landscapes
from .page import render
from .regimes import render_regimes

__all__ = ["Entry", "Landscape", "render", "render_landscapes", "render_regimes"]
