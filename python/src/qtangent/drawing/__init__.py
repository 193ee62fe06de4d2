"""Circuits as SVG, in files and in notebooks. The drawing in text comes from the native library."""

from .labels import Namer
from .strangers import expect_picture
from .svg import Highlight, circuit_html, circuit_svg

__all__ = ["Highlight", "Namer", "circuit_html", "circuit_svg", "expect_picture"]
