"""The self-contained HTML report of one or several studies (needs matplotlib and Jinja2)."""

from .entry import Entry
from .page import render

__all__ = ["Entry", "render"]
