"""The self-contained HTML reports of diagnoses, studies, landscapes, regimes and audits (needs matplotlib and Jinja2)."""

from .audits import Audited, render_audit
from .diagnoses import Diagnosed, render_diagnoses
from .entry import Entry
from .landscapes import Landscape, render_landscapes
from .page import render
from .regimes import render_regimes
from .saved import render_studies, write_report

__all__ = [
    "Audited",
    "Diagnosed",
    "Entry",
    "Landscape",
    "render",
    "render_audit",
    "render_diagnoses",
    "render_landscapes",
    "render_regimes",
    "render_studies",
    "write_report",
]
