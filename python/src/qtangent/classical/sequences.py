"""Sequences of vectors on their way to the native library."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _signatures as c
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError


@dataclass(frozen=True, eq=False)
class PackedSequences:
    """All steps of all sequences one after the other.

    Attributes:
        lengths: (n,).
        values: (sum of lengths, dimension).
    """

    lengths: NDArray[np.int64]
    values: Real

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def dimension(self) -> int:
        return int(self.values.shape[1])

    def native(self) -> c.qtg_sequences:
        """The struct for C; it is valid as long as this object is."""
        return c.qtg_sequences(
            count=len(self),
            dimension=self.dimension,
            lengths=arrays.pointer(self.lengths),
            values=arrays.pointer(self.values),
        )


def pack(name: str, sequences: Sequence[ArrayLike]) -> PackedSequences:
    """Checks sequences (T_i, dimension), or (T_i,) for numbers, and lays them out.

    Raises:
        InvalidArgumentError: for none at all, an empty one, one that is no matrix, other dimensions, or an entry that is
            not finite; the text names the sequence.
    """
    if isinstance(sequences, (str, bytes)) or not hasattr(sequences, "__len__"):
        raise InvalidArgumentError(f"{name} is {sequences!r}; a list of arrays (T, m) is expected")
    if len(sequences) == 0:
        raise InvalidArgumentError(f"{name} holds no sequence")
    steps: list[Real] = []
    for number, sequence in enumerate(sequences):
        label = f"{name}[{number}]"
        array = arrays.real(label, sequence)
        if array.ndim == 1:
            array = array[:, None]
        if array.ndim != 2:
            raise InvalidArgumentError(f"{label} has shape {array.shape}; (T, m) is expected")
        if array.size == 0:
            raise InvalidArgumentError(f"{label} has shape {array.shape}; it must not be empty")
        if steps and array.shape[1] != steps[0].shape[1]:
            raise InvalidArgumentError(
                f"{label} has shape {array.shape}, {name}[0] has {steps[0].shape[1]} columns; all steps need one dimension"
            )
        steps.append(array)
    values = np.ascontiguousarray(np.concatenate(steps))
    if not np.isfinite(values).all():
        for number, array in enumerate(steps):
            arrays.finite(f"{name}[{number}]", array)
    lengths = np.array([len(step) for step in steps], dtype=np.int64)
    return PackedSequences(lengths, values)


def reference(struct: ctypes.Structure | None) -> object:
    """The address of a struct for C, or null."""
    return ctypes.byref(struct) if struct is not None else None
