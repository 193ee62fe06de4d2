"""Draws of error patterns: the one without errors apart, with its exact weight, and random ones of all others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .._native.arrays import Real
from ..shots.measurement import TRAJECTORIES, stream
from .mixtures import Mixture

# Trajectories whose numbers are drawn at a time.
_BLOCK = 4096


class SiteTable:
    """What the strings of one site flip.

    Args:
        mixture: the random string.
        flips: what X on each qubit and then Z on each flips, as bits of a number.
        bits: which of these bits count, in order.
    """

    def __init__(self, mixture: Mixture, flips: Sequence[int], bits: Sequence[int]) -> None:
        self.mixture = mixture
        size = (max(bits, default=0) + 8) // 8
        mask = (1 << 8 * size) - 1
        packed = b"".join((flip & mask).to_bytes(size, "little") for flip in flips)
        every = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, size), axis=1, bitorder="little")
        self._generators = np.packbits(every[:, list(bits)], axis=1)

    def flipped(self, strings: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Packed bits (r, B) that strings (r, 2k) flip."""
        return reduce(
            xor,
            (np.where(has[:, None], row, 0) for has, row in zip(strings.T, self._generators, strict=True)),
            np.zeros((len(strings), self._generators.shape[1]), dtype=np.uint8),
        ).astype(np.uint8)


class Patterns:
    """All sites of a circuit in the order of action.

    Attributes:
        weight: the probability that no error comes, w_0 = prod (1 - p).
    """

    def __init__(self, sites: Sequence[SiteTable], n_bits: int) -> None:
        self._sites, self._n_bits = sites, n_bits
        chances = np.array([site.mixture.probability for site in sites])
        with np.errstate(divide="ignore"):
            logs = np.log1p(-chances)
        self.weight = float(np.exp(logs.sum()))
        # The probability of an error here, if none has come before and one comes here or later.
        later = -np.expm1(logs[::-1].cumsum()[::-1])
        self._first = np.divide(chances, later, out=np.zeros_like(chances), where=later > 0)
        if (there := np.flatnonzero(chances)).size:
            self._first[there[-1]] = 1.0
        self._chances = chances

    @property
    def none(self) -> NDArray[np.bool_]:
        """The pattern without errors, (1, b)."""
        return np.zeros((1, self._n_bits), dtype=bool)

    def draw(self, count: int, seed: int) -> tuple[NDArray[np.bool_], Real]:
        """Patterns with errors, each once: what they flip (u, b), and how often (u,) each was drawn, `count` times in all.

        Number s of trajectory t is number t S + s of a stream, S the number of sites, whatever else is drawn.
        """
        generator = stream(seed, TRAJECTORIES, 0)
        packed = _native.result("the patterns", (count, (self._n_bits + 7) // 8), 0, "trajectories", np.uint8)
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            packed[start : start + size] = self._block(generator.random((size, len(self._sites))))
        if self._n_bits == 0:
            return self.none, np.array([float(count)])
        # One key a row: rows themselves are compared number by number.
        keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        _, first, counts = np.unique(keys, return_index=True, return_counts=True)
        flips = np.unpackbits(packed[first], axis=1, count=self._n_bits).astype(np.bool_)
        return flips, counts.astype(float)

    def _block(self, numbers: Real) -> NDArray[np.uint8]:
        packed = np.zeros((len(numbers), (self._n_bits + 7) // 8), dtype=np.uint8)
        has_error = np.zeros(len(numbers), dtype=bool)
        for site, first, chance, own in zip(self._sites, self._first, self._chances, numbers.T, strict=True):
            limit = np.where(has_error, chance, first)
            hit = np.flatnonzero(own < limit)
            if hit.size:
                packed[hit] ^= site.flipped(site.mixture.draw(own[hit] / limit[hit]))
                has_error[hit] = True
        return packed
