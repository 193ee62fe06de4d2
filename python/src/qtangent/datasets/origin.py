"""Where samples stand in the data that they were drawn from."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SAMPLES = re.compile(r"\b[Ss]amples? (\d+)(?: and (\d+))?")


@dataclass(frozen=True)
class Origin:
    """Lines of a text file, counted from 1 as editors do, or rows of arrays, counted from 0 as NumPy does."""

    name: str
    """Of the file or data set."""
    word: str
    """ "line" or "row"."""
    numbers: NDArray[np.intp]
    """(m,), of each sample."""

    def __getitem__(self, chosen: NDArray[np.intp]) -> Origin:
        """Of the chosen samples."""
        return Origin(self.name, self.word, self.numbers[chosen])

    def tell(self, text: str) -> str:
        """A message with its samples' places: "samples 7 and 16 (lines 12 and 40 of mine.csv) are equal".

        Args:
            text: counts samples from 0, as results do.
        """

        def told(found: re.Match[str]) -> str:
            places = [str(self.numbers[int(one)]) for one in found.groups() if one is not None]
            words = self.word + ("s" if len(places) > 1 else "")
            return f"{found[0]} ({words} {' and '.join(places)} of {self.name})"

        return _SAMPLES.sub(told, text)
