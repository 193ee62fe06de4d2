"""A sample as a small picture: amplitudes or pixels of an image as a square, few features as bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

_SIDE = 64.0
_FEWEST_PIXELS = 16


def picture(values: Sequence[float], label: str, low: float, high: float) -> str:
    """An <svg> element in the colour of the text around it; nothing for no values.

    Args:
        values: of the sample.
        label: what a reader that cannot see the picture is told.
        low, high: common to the pictures of a page: white and black, or no bar and the highest one.
    """
    if not values:
        return ""
    shares = [(one - low) / (high - low) if high > low else 0.5 for one in values]
    side = math.isqrt(len(values))
    is_square = side * side == len(values) >= _FEWEST_PIXELS
    parts = _pixels(shares, side) if is_square else _bars(shares)
    width = _SIDE if is_square else _bar_width(len(values)) * len(values)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" class="sample" '
        f'viewBox="0 0 {width:g} {_SIDE:g}" width="{width:g}" height="{_SIDE:g}" '
        f'style="width:{width:g}px;height:{_SIDE:g}px">{"".join(parts)}</svg>'
    )


def _pixels(shares: Sequence[float], side: int) -> list[str]:
    size = _SIDE / side
    frame = f'<rect width="{_SIDE:g}" height="{_SIDE:g}" fill="currentColor" fill-opacity="0.06"/>'
    return [frame] + [
        f'<rect x="{k % side * size:g}" y="{k // side * size:g}" width="{size:g}" height="{size:g}" '
        f'fill="currentColor" fill-opacity="{share:.2f}"/>'
        for k, share in enumerate(shares)
        if share > 0
    ]


def _bar_width(count: int) -> float:
    return max(3.0, min(12.0, 128.0 / count))


def _bars(shares: Sequence[float]) -> list[str]:
    width = _bar_width(len(shares))
    return [
        f'<rect x="{k * width + 0.1 * width:g}" y="{_SIDE * (1 - share) * 0.95:g}" width="{0.8 * width:g}" '
        f'height="{_SIDE * (0.05 + 0.95 * share):g}" fill="currentColor" fill-opacity="0.55"/>'
        for k, share in enumerate(shares)
    ]
