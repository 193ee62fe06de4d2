"""The page of the landscapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..convergence.words import number, percent
from ..landscape.telling import losses
from .filling import fill
from .inline import inline_svg
from .page import SHORT

if TYPE_CHECKING:
    from ..circuits import Circuit
    from ..landscape import Basins, Minima

# Rows of the table of minima; landscape.json holds all.
_MOST_ROWS = 24


@dataclass(frozen=True, eq=False)
class Landscape:
    """One landscape and its words."""

    name: str
    """Short, unique on the page: iris-haar."""
    title: str
    description: str
    """Of the data set."""
    circuit: str
    """Of the circuit and the observable."""
    drawn: Circuit
    """The circuit itself."""
    verdict: str
    findings: list[str]
    left_out: list[str]
    minima: Minima
    basins: Basins | None
    settings: str
    figures: dict[str, tuple[str, bytes]] = field(repr=False)
    """By name what it shows, and the SVG."""


def render_landscapes(entries: list[Landscape], facts: list[tuple[str, str]]) -> str:
    """The page as one HTML text without any link to the network.

    Args:
        entries: in the order of the page.
        facts: names and values for the table of settings and versions.

    Raises:
        ImportError: Jinja2 is missing.
    """
    return fill("landscape.html.j2", entries=[_context(entry) for entry in entries], facts=facts)


def _context(entry: Landscape) -> dict[str, Any]:
    figures = [
        (name, text, inline_svg(svg, f"{entry.name}-{name}", text))
        for name, (text, svg) in entry.figures.items()
    ]
    return {
        "entry": entry,
        "figures": figures,
        "picture": entry.drawn._repr_html_(),
        "is_short": len(entry.drawn) <= SHORT,
        "rows": _rows(entry),
        "more": max(len(entry.minima) - _MOST_ROWS, 0),
    }


def _rows(entry: Landscape) -> list[dict[str, str]]:
    minima, basins = entry.minima, entry.basins
    rows, levels = [], losses(minima)
    for place in range(min(len(minima), _MOST_ROWS)):
        ends = "-"
        if basins is not None:
            low, high = basins.intervals[place]
            ends = f"{percent(basins.counts[place] / basins.starts)} ({percent(low)} to {percent(high)})"
        rows.append(
            {
                "number": str(place + 1),
                "loss": levels[place],
                "kind": "spurious" if minima.spurious[place] else "best",
                "ends": ends,
                "proof": "certified" if minima.certified[place] else "not certified",
                "radius": number(float(minima.unique_radius_phi[place])),
                "curvature": number(float(minima.hessian_min_eigenvalue[place])),
                "theta": ", ".join(f"{angle:.4f}" for angle in np.asarray(minima.theta[place])[:8])
                + (", ..." if minima.theta.shape[1] > 8 else ""),
            }
        )
    return rows
