"""Stored files of every format, cut short and with flipped bits."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from formats import FORMATS
from test_faults import damage

from .parts import Part


def round(number: int) -> dict[str, float]:
    """Fifty damages to a file of one format: an error of the library, or numbers where nothing guards them."""
    name = list(FORMATS)[number % len(FORMATS)]
    with tempfile.TemporaryDirectory() as folder:
        noticed = damage(name, random.Random(number), 50, Path(folder))
    return {"damaged files": 50, "of them refused": noticed}


PARTS = [
    Part(
        "damage",
        "a file that is cut short or has a flipped bit is refused with the reason, or read where nothing guards it",
        1,
        600,
        round,
    )
]
