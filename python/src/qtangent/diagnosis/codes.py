"""The list of verdicts, which studies share."""

from ..convergence.codes import Code

__all__ = ["Code"]
