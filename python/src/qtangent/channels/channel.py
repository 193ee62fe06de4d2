"""What a channel is: a native value with its transfer matrix and its Kraus operators."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError


class Channel:
    """A quantum channel rho -> E(rho) on some qubits; made by the functions of `qt.noise`.

    Channels compare by what they are, and can be hashed, copied and pickled.

    Attributes:
        n_qubits: the number of qubits it acts on, or None for one that takes as many as it is given, such as
            `qt.noise.depolarizing(0.01)`.
    """

    n_qubits: int | None

    def __init__(self) -> None:
        raise TypeError("channels are made by the functions of qt.noise, such as qt.noise.depolarizing(0.01)")

    @classmethod
    def _adopt(
        cls,
        handle: _native.Handle,
        make: Callable[[int], _native.Handle] | None = None,
        spans_register: bool = False,
    ) -> Channel:
        """The channel of a native handle.

        Args:
            handle: of the channel, on one qubit where it takes as many as it is given.
            make: gives the handle of the same channel on so many qubits; None where the number is fixed.
            spans_register: whether a noise model puts it on all qubits at once.
        """
        channel = cls.__new__(cls)
        channel._own(handle, make, spans_register)
        return channel

    def _own(
        self, handle: _native.Handle, make: Callable[[int], _native.Handle] | None, spans_register: bool
    ) -> None:
        self._handle = handle
        self._make, self._spans_register = make, spans_register
        n_qubits, n_operators = ctypes.c_int64(), ctypes.c_int64()
        _native.call("qtg_channel_info", handle, ctypes.byref(n_qubits), None, ctypes.byref(n_operators))
        self.n_qubits = None if make else n_qubits.value
        self._size, self._operators = n_qubits.value, n_operators.value

    def _on(self, n_qubits: int) -> Channel:
        """The channel on so many qubits, if it takes any number; else itself, which the core may refuse."""
        return self if self._make is None else Channel._adopt(self._make(max(n_qubits, 1)))

    @property
    def name(self) -> str:
        """What drawings and messages call it, such as "depolarizing(0.01)"."""
        return _native.read_bytes("qtg_channel_label", self._handle).decode()

    @property
    def ptm(self) -> Real:
        """The Pauli transfer matrix T_ab = tr(P_a E(P_b))/2^n, (4^n, 4^n), of a channel that takes any number of qubits
        that on one: Pauli strings by their digits I, X, Y, Z = 0 to 3 in base 4, the first qubit's the most significant.

        Raises:
            OutOfMemoryError: beyond 4 qubits.
        """
        size = 4**self._size if self._size <= 4 else 0
        matrix = np.empty((size, size))
        _native.call("qtg_channel_transfer_matrix", self._handle, _arrays.pointer(matrix))
        return matrix

    @property
    def kraus(self) -> Complex:
        """Operators K with E(rho) = sum_k K_k rho K_k^dagger, (k, 2^n, 2^n); of a mixture of Pauli strings the identity
        first.

        Raises:
            OutOfMemoryError: beyond 4 qubits.
        """
        d = 2**self._size if self._size <= 4 else 0
        operators = np.empty((self._operators if d else 0, d, d), dtype=np.complex128)
        length = ctypes.c_int64()
        _native.call(
            "qtg_channel_operators",
            self._handle,
            _arrays.pointer(operators),
            2 * operators.size,
            ctypes.byref(length),
        )
        return operators

    def _bytes(self) -> bytes:
        return _native.read_bytes("qtg_channel_serialize", self._handle)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Channel) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[bytes, bool]:
        return self._bytes(), self._make is None

    def __getstate__(self) -> tuple[bytes, Callable[[int], _native.Handle] | None, bool]:
        return self._bytes(), self._make, self._spans_register

    def __setstate__(self, state: tuple[bytes, Callable[[int], _native.Handle] | None, bool]) -> None:
        data, make, spans_register = state
        self._own(_native.create("qtg_channel_deserialize", data, len(data)), make, spans_register)

    def __repr__(self) -> str:
        return f"<qtangent.noise.Channel: {self.name}>"


def as_channel(value: object) -> Channel:
    """The value itself, if it is a channel.

    Raises:
        InvalidArgumentError: if it is not.
    """
    if not isinstance(value, Channel):
        raise InvalidArgumentError(
            f"{value!r} is no channel; use the functions of qt.noise, such as qt.noise.depolarizing(0.01)"
        )
    return value
