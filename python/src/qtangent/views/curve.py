"""Curves of losses as small SVG pictures, in the colour of the text around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from .._native.arrays import Real

WIDTH, HEIGHT = 420.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 10.0, 10.0, 26.0
_MOST_POINTS = 400
_DECADES = 12
"""Losses further below the largest are drawn at the lower edge."""
COLOURS = ("#d55e00", "#3b8fc4", "#0f9d76")


def curves(
    lines: Sequence[tuple[str, Real, Real]], horizontal: str, label: str, end: float | None = None
) -> str:
    """Losses on a logarithmic height over steps or times.

    Args:
        lines: name, places (T,) and losses (T,) of each.
        horizontal: the name of the lower axis.
        label: what a reader that cannot see the picture is told.
        end: of the lower axis; the last place unless given.

    Returns:
        An <svg> element.
    """
    shown = [(name, *_thinned(places, losses)) for name, places, losses in lines]
    seen = np.concatenate([losses[losses > 0] for _, _, losses in shown] or [np.zeros(0)])
    high = float(seen.max()) if len(seen) else 1.0
    low = max(float(seen.min()) if len(seen) else high, high * 10.0**-_DECADES)
    low, high = (low / 1.2, high * 1.2) if high > low else (low / 2, high * 2)
    last = end or max((float(places[-1]) for _, places, _ in shown if len(places)), default=1.0) or 1.0
    parts = [_axes(low, high, last, horizontal)]
    for (name, places, losses), colour in zip(shown, COLOURS * len(shown), strict=False):
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * places / last
        share = (np.log(np.maximum(losses, low)) - math.log(low)) / (math.log(high) - math.log(low))
        y = HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        title = f"<title>{escape(name)}</title>"
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6">{title}</polyline>'
        )
    legend = "" if len(shown) < 2 else _legend([name for name, _, _ in shown])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" '
        f'style="max-width:100%;height:auto" font-family="sans-serif" font-size="10">{"".join(parts)}</svg>{legend}'
    )


def _thinned(places: Real, losses: Real) -> tuple[Real, Real]:
    """At most 400 points, first and last among them; what is not finite left out."""
    places, losses = np.asarray(places, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    finite = np.isfinite(places) & np.isfinite(losses)
    places, losses = places[finite], losses[finite]
    if len(places) > _MOST_POINTS:
        kept = np.linspace(0, len(places) - 1, _MOST_POINTS).round().astype(int)
        places, losses = places[kept], losses[kept]
    return places, losses


def _axes(low: float, high: float, last: float, horizontal: str) -> str:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    texts = [
        _text(f"{high:.2g}", _LEFT - 5, _TOP + 8, "end"),
        _text(f"{low:.2g}", _LEFT - 5, bottom, "end"),
        _text("loss", _LEFT - 5, (bottom + _TOP) / 2 + 3, "end"),
        _text("0", _LEFT, HEIGHT - 12, "middle"),
        _text(horizontal, (_LEFT + right) / 2, HEIGHT - 12, "middle"),
        _text(f"{last:g}", right, HEIGHT - 12, "end"),
    ]
    frame = f'<path d="M{_LEFT:g} {_TOP:g}V{bottom:g}H{right:g}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>'
    return frame + "".join(texts)


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor" fill-opacity="0.75">{escape(words)}</text>'


def _legend(names: list[str]) -> str:
    items = "".join(
        f'<span style="margin-right:1em"><span style="color:{colour}">&#9644;</span> {escape(name)}</span>'
        for name, colour in zip(names, COLOURS * len(names), strict=False)
    )
    return f'<div style="font-size:0.85em">{items}</div>'
