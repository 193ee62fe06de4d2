"""Draws of error patterns: the one without errors apart, with its exact weight, and random ones of all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .. import _native
from .._native.arrays import Real
from ..shots.measurement import TRAJECTORIES, stream
from .mixtures import Mixture

# Trajectories whose numbers are drawn at a time.
_BLOCK = 4096


class Sites:
    """Sites with one mixture, and what its strings flip at each.

    Args:
        mixture: the random string.
        places: (r,), which of all sites.
        flips: what X on each qubit and then Z on each flips at each site, as bits of a number.
        bits: which of these bits count, in order.
    """

    def __init__(
        self, mixture: Mixture, places: Sequence[int], flips: Sequence[Sequence[int]], bits: Sequence[int]
    ) -> None:
        self.mixture, self.places = mixture, np.array(places)
        size = (max(bits, default=0) + 8) // 8
        mask = (1 << 8 * size) - 1
        packed = b"".join((flip & mask).to_bytes(size, "little") for row in flips for flip in row)
        every = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, size), axis=1, bitorder="little")
        generators = np.packbits(every[:, list(bits)], axis=1)
        self._generators = generators.reshape(len(flips), 2 * mixture.n_qubits, -1)

    def flipped(self, which: NDArray[np.int64], strings: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Packed bits (h, B) that strings (h, 2k) flip at sites (h,) of these."""
        rows = self._generators[which]
        rows[~strings] = 0
        return np.asarray(np.bitwise_xor.reduce(rows, axis=1))


class Patterns:
    """All sites of a circuit in the order of action.

    Args:
        sites: mixtures and what X and Z on their qubits flip, as bits of a number.
        bits: which of these bits count, in order.

    Attributes:
        weight: the probability that no error comes, w_0 = prod (1 - p).
    """

    def __init__(self, sites: Sequence[tuple[Mixture, list[int]]], bits: Sequence[int]) -> None:
        self._n_bits = len(bits)
        alike: dict[int, list[int]] = {}
        for place, (mixture, _) in enumerate(sites):
            alike.setdefault(id(mixture), []).append(place)
        self.groups = [
            Sites(sites[places[0]][0], places, [sites[place][1] for place in places], bits)
            for places in alike.values()
        ]
        self._chances = np.array([mixture.probability for mixture, _ in sites])
        with np.errstate(divide="ignore"):
            logs = np.log1p(-self._chances)
        self.weight = float(np.exp(logs.sum()))
        # The probability of an error here, if none has come before and one comes here or later.
        later = -np.expm1(logs[::-1].cumsum()[::-1])
        self._first = np.divide(self._chances, later, out=np.zeros(len(sites)), where=later > 0)
        if (there := np.flatnonzero(self._chances)).size:
            self._first[there[-1]] = 1.0

    @property
    def none(self) -> NDArray[np.bool_]:
        """The pattern without errors, (1, b)."""
        return np.zeros((1, self._n_bits), dtype=bool)

    def draw(self, count: int, seed: int) -> tuple[NDArray[np.bool_], Real]:
        """Patterns with errors, each once: what they flip (u, b), and how often (u,) each was drawn, `count` times in all.

        Number s of trajectory t is number t S + s of a stream, S the number of sites, whatever else is drawn.
        """
        generator = stream(seed, TRAJECTORIES, 0)
        if self._n_bits == 0:
            # Errors came, and nothing that counts was flipped.
            return self.none, np.array([float(count)])
        width = (self._n_bits + 7) // 8
        # As numbers rows are sorted faster than byte by byte, and in the same order if the first byte counts most.
        kind = np.dtype(">u8") if width <= 8 else np.dtype((np.void, width))
        packed = _native.result("the patterns", (count, kind.itemsize), 0, "trajectories", np.uint8)
        packed[:, width:] = 0
        for start in range(0, count, _BLOCK):
            size = min(_BLOCK, count - start)
            packed[start : start + size, :width] = self._block(generator.random((size, len(self._chances))))
        keys = packed.view(kind).ravel()
        found, counts = np.unique(keys.astype(np.uint64) if width <= 8 else keys, return_counts=True)
        rows = found.astype(kind).view(np.uint8).reshape(len(found), -1)
        flips = np.unpackbits(rows, axis=1, count=self._n_bits).astype(np.bool_)
        return flips, counts.astype(float)

    def _block(self, numbers: Real) -> NDArray[np.uint8]:
        """Packed bits (t, B) that the errors of trajectories flip which numbers (t, S) choose."""
        # Up to the first error of a trajectory it is one of these; behind it all have their own probabilities.
        start = (numbers < self._first).argmax(axis=1)
        sites = np.arange(numbers.shape[1])
        limits = np.where(sites == start[:, None], self._first, self._chances)
        hits = (numbers < limits) & (sites >= start[:, None])
        packed = np.zeros((len(numbers), (self._n_bits + 7) // 8), dtype=np.uint8)
        for group in self.groups:
            rows, which = np.nonzero(hits[:, group.places])
            if not rows.size:
                continue
            at = rows, group.places[which]
            flips = group.flipped(which, group.mixture.draw(numbers[at] / limits[at]))
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            packed[rows[starts]] ^= np.bitwise_xor.reduceat(flips, starts, axis=0)
        return packed
