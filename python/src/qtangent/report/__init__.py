"""The self-contained HTML report of one or several studies (needs pip install 'qtangent[study]')."""

from .entry import Entry
from .page import render

__all__ = ["Entry", "render"]
