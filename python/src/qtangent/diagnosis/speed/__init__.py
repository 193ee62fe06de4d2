"""How fast does it train, and by what law?"""

from .section import speed

__all__ = ["speed"]
