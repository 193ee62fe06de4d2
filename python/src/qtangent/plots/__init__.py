"""Figures of a study (needs matplotlib: pip install matplotlib)."""

from .figures import FIGURES, figure_bytes, overview, single
from .live import Live
from .losses import compare_losses

__all__ = ["FIGURES", "Live", "compare_losses", "figure_bytes", "overview", "single"]
