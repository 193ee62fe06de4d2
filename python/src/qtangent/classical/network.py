"""Infinitely wide networks as the native library takes them, and their kernels."""

from __future__ import annotations

import ctypes

import numpy as np

from .. import _native
from .. import _signatures as c
from .._extras import bar
from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError
from .sequences import PackedSequences, reference

ACTIVATIONS = {"relu": c.QTG_RELU, "erf": c.QTG_ERF}
TWO_LAYER_ACTIVATIONS = {"abs": c.QTG_TWO_LAYER_ABSOLUTE, "relu": c.QTG_TWO_LAYER_RELU}
POOLINGS = {
    "last": c.QTG_POOLING_LAST,
    "mean": c.QTG_POOLING_MEAN,
    "mean_untied": c.QTG_POOLING_MEAN_UNTIED,
}
KERNELS = {"ntk": c.QTG_KERNEL_TANGENT, "nngp": c.QTG_KERNEL_OUTPUTS}

# One pair of steps in one layer on one thread, measured.
_SECONDS = 4e-9
# A part of a long computation, after which the bar moves.
_PART_SECONDS = 0.2


def choice(name: str, value: object, table: dict[str, int]) -> int:
    """The number of a named choice."""
    if not arrays.among(value, table):
        raise InvalidArgumentError(f"{name} is {value!r}; one of {', '.join(map(repr, table))} is expected")
    return table[value]


def sigma(name: str, value: object) -> float:
    """A standard deviation: a finite number, at least 0."""
    number = arrays.number(name, value)
    if number < 0:
        raise InvalidArgumentError(f"{name} is {number}; a standard deviation is at least 0")
    return number


def kernel_matrix(
    network: c.qtg_recurrent_network,
    rows: PackedSequences,
    columns: PackedSequences | None,
    kind: int,
    progress: bool,
) -> Real:
    """The kernel matrix between two sets, or of one with itself, computed in parts."""
    others = rows if columns is None else columns
    if others.dimension != rows.dimension:
        raise InvalidArgumentError(
            f"the steps of sequences have {rows.dimension} entries, those of sequences2 {others.dimension}"
        )
    result = _native.result("the kernel", (len(rows), len(others)), 0, "sequences")
    network.struct_size = ctypes.sizeof(network)
    seconds = _duration(network, rows, others) / (2 if columns is None else 1)
    parts = max(1, min(1000, round(seconds / _PART_SECONDS)))
    first, second = rows.native(), None if columns is None else columns.native()
    with bar(progress, parts, "kernel") as tick:
        for part in range(parts):

            def work(cancel: int, part: int = part) -> None:
                _native.call(
                    "qtg_recurrent_kernel",
                    ctypes.byref(network),
                    ctypes.byref(first),
                    reference(second),
                    kind,
                    part,
                    parts,
                    cancel,
                    arrays.pointer(result),
                )

            _native.interruptible(seconds / parts, work, "the kernel")
            tick(1)
    if not np.isfinite(result).all():
        raise NumericalError(
            "the kernel overflows; give a smaller sigma_w, sigma_b or sigma_v, or scale the data down"
        )
    return result


def _duration(network: c.qtg_recurrent_network, rows: PackedSequences, columns: PackedSequences) -> float:
    """Seconds on one thread, about."""
    if network.pooling == POOLINGS["mean"]:
        steps = float(rows.lengths.sum()) * float(columns.lengths.sum())
    else:
        steps = float(np.minimum(rows.lengths.mean(), columns.lengths.mean())) * len(rows) * len(columns)
    inputs = 1 + rows.dimension / 20
    directions = 2 if network.bidirectional else 1
    return _SECONDS * steps * float(network.layers + inputs) / 2 * directions
