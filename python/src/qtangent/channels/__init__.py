"""Quantum channels as values that circuits hold; `qt.noise` makes them."""

from .channel import Channel

__all__ = ["Channel"]
