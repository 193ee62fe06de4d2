"""What a search asks of a loss."""

from __future__ import annotations

from typing import Protocol

from ..._native.arrays import Real


class Objective(Protocol):
    """A function of angles phi (s, p): a polynomial of base 1, or the simulator."""

    @property
    def rounding(self) -> float:
        """Of the gradient's length, about."""

    def values(self, phi: Real, /) -> Real:
        """(s,)."""

    def gradients(self, phi: Real, /) -> Real:
        """(s, p)."""

    def hessians(self, phi: Real, /) -> Real:
        """(s, p, p)."""

    def jets(self, phi: Real, /) -> tuple[Real, Real, Real]:
        """All three."""
