"""What channels beside each other do on average over all unitaries of the register."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import NamedTuple

from .. import _native
from ..channels import Channel


class Averages(NamedTuple):
    """Of a channel on n qubits with the transfer matrix T."""

    twirl: float
    """q, the mean of the diagonal of T without its first entry."""
    unitarity: float
    """u, the mean over its columns but the first of their squared norms."""
    displacement: float
    """The squared norm of the first column without its first entry; 0 where the channel keeps the mixture of everything."""


def averages(channel: Channel) -> Averages:
    """Of the channel on its own qubits; one that takes any number is meant on one."""
    values = [ctypes.c_double() for _ in range(3)]
    _native.call("qtg_channel_averages", channel._handle, *map(ctypes.byref, values))
    return Averages(*(value.value for value in values))


def beside_each_other(n_qubits: int, channels: Iterable[Channel]) -> Averages:
    """Of channels on different qubits of a register: traces and squared norms of transfer matrices multiply."""
    size = 4.0**n_qubits
    # The trace and the squared norm of T, each over 4^n, and the squared norm of its first column.
    trace, norm, column = 1.0, 1.0, 1.0
    for channel in channels:
        one, its_size = averages(channel), 4.0**channel._size
        trace *= one.twirl + (1 - one.twirl) / its_size
        norm *= one.unitarity + (1 + one.displacement - one.unitarity) / its_size
        column *= 1 + one.displacement
    twirl = (trace * size - 1) / (size - 1)
    return Averages(twirl, (norm * size - column) / (size - 1), column - 1)
