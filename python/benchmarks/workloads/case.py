"""A case: a problem, the peers that are asked, and the ratios it is meant to show."""

from __future__ import annotations

from dataclasses import dataclass

from ..problems import Problem

PYTHON, C = "Python", "C"


@dataclass(frozen=True)
class Goal:
    """At least this many times as fast as the fastest peer, by the route given."""

    ratio: float
    route: str = PYTHON
    against: tuple[str, ...] = ()  # all peers if empty
    excluding: tuple[str, ...] = ()

    def counts(self, peer: str) -> bool:
        return peer not in self.excluding and (not self.against or peer in self.against)

    @property
    def text(self) -> str:
        route = " from C" if self.route == C else ""
        return f"{self.ratio:g}{route}{' against ' + ', '.join(self.against) if self.against else ''}"


@dataclass(frozen=True)
class Case:
    name: str
    problem: Problem
    peers: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    quick: bool = False
