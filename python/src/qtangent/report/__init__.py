"""The self-contained HTML reports of studies, landscapes, regimes and audits (needs matplotlib and Jinja2)."""

from .audits import Audited, render_audit
from .entry import Entry
from .landscapes import Landscape, render_landscapes
from .page import render
from .regimes import render_regimes

__all__ = ["Audited", "Entry", "Landscape", "render", "render_audit", "render_landscapes", "render_regimes"]
