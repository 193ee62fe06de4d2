"""Can the model express it? What no parameters change: floors, ranks, and parameters too many or too few."""

from .section import express

__all__ = ["express"]
