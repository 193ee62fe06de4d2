"""One command, one verdict: will it train, how fast, and why not."""

from .codes import Code
from .finding import Finding, Section

__all__ = ["Code", "Finding", "Section"]
