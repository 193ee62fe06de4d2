"""Noise without density matrices: means over random pure circuits, with their standard errors."""

from .estimate import Estimate

__all__ = ["Estimate"]
