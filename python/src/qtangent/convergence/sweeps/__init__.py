"""Ensembles of trainings over p, n, m, scale and seeds."""

from .run import load_sweep, sweep

__all__ = ["load_sweep", "sweep"]
