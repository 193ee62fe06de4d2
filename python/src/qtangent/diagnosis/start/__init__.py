"""Will it start? How far derivatives scatter at random parameters, and the tangent kernel at the first ones."""

from .section import start

__all__ = ["start"]
