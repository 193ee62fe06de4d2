"""Single steps of a circuit: as values that can be read and built, and how each is appended to a native circuit."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.arrays import Complex
from ._native.errors import InvalidArgumentError
from ._native.limits import MOST_QUBITS
from .angles import Angle, AngleLike, angle_from_native, native_angles
from .channels import Channel
from .channels.channel import as_channel
from .observables import Observable
from .observables import generator as as_observable

# What an instruction holds beside its qubits, by name; gates hold angles alone.
_PARTS = {
    "rotation": ("angles", "pauli"), "evolve": ("angles", "generator"), "unitary": ("matrix",),
    "channel": ("channel",),
}  # fmt: skip


@dataclass(frozen=True, init=False, repr=False, eq=False)
class Instruction:
    """One step of a circuit, as a value: `circuit[3]`, or built by hand for `Circuit.from_instructions`.

    Two instructions are equal if they make equal circuits. They can be hashed, copied and pickled.

    Attributes:
        name: the method of `qt.Circuit` that appends it: a gate of docs/gates.md ("rx", "cz", ...), "rotation", "evolve",
            "unitary" or "channel".
        qubits: where it acts, in the order of the method's arguments (controls first).
        angles: one `qt.Angle` for each angle of the gate, in radians; none for fixed gates and unitaries.
        pauli: the letters of a rotation, letter k for qubits[k]; else None.
        generator: the observable H of an evolution, as it was given, its qubit k on qubits[k]; else None.
        matrix: the (2^k, 2^k) complex matrix of a unitary on k qubits, read-only, qubits[0] on the most significant
            index; else None.
        channel: the channel, on as many qubits as the instruction has; else None.

    Raises:
        InvalidArgumentError: for what the method `name` would refuse: unknown names, parts that are missing or do not
            belong, repeated qubits, non-finite angles, matrices that are not unitary.
    """

    name: str
    qubits: tuple[int, ...]
    angles: tuple[Angle, ...]
    pauli: str | None
    generator: Observable | None
    matrix: Complex | None
    channel: Channel | None

    def __init__(
        self,
        name: str,
        qubits: int | Sequence[int],
        angles: AngleLike | Sequence[AngleLike] = (),
        pauli: str | None = None,
        generator: Observable | ArrayLike | None = None,
        matrix: ArrayLike | None = None,
        channel: Channel | None = None,
    ) -> None:
        given = tuple(angles) if isinstance(angles, Iterable) else (angles,)
        where = tuple(_arrays.indices("qubits", qubits).tolist())
        entries = None if matrix is None else _arrays.square_matrix("matrix", matrix).copy()
        operator = None if generator is None else as_observable(generator)
        if not isinstance(name, str):
            raise InvalidArgumentError(f"the name of an instruction is {name!r}; a str is expected")
        noise = None if channel is None else as_channel(channel)._on(len(where))
        self._set(name, where, tuple(map(Angle.of, given)), pauli, operator, entries, noise)
        for part in ("pauli", "generator", "matrix", "channel"):
            wanted = part in _PARTS.get(name, ())
            if wanted != (getattr(self, part) is not None):
                raise InvalidArgumentError(
                    f"the instruction {name!r} {'needs' if wanted else 'takes no'} {part}"
                )
        self._bytes()  # The core checks the rest.

    def _set(
        self,
        name: str,
        qubits: tuple[int, ...],
        angles: tuple[Angle, ...],
        pauli: str | None,
        generator: Observable | None,
        matrix: Complex | None,
        channel: Channel | None,
    ) -> None:
        if matrix is not None:
            matrix.flags.writeable = False
        parts: dict[str, object] = {"name": name, "qubits": qubits, "angles": angles}
        parts |= {"pauli": pauli, "generator": generator, "matrix": matrix, "channel": channel}
        for field, value in parts.items():
            object.__setattr__(self, field, value)

    @classmethod
    def _read(cls, circuit: int, index: int) -> Instruction:
        """Instruction `index` of a native circuit."""
        numbers = ctypes.c_int32(), ctypes.c_int32(), ctypes.c_int64(), ctypes.c_int64()
        _native.call("qtg_instruction_info", circuit, index, *map(ctypes.byref, numbers))
        kind, gate, n_qubits, n_angles = (number.value for number in numbers)
        where = np.empty(n_qubits, dtype=np.int64)
        length = ctypes.c_int64()
        _native.call(
            "qtg_instruction_qubits",
            circuit,
            index,
            _arrays.pointer(where),
            n_qubits,
            ctypes.byref(length),
        )
        angles = tuple(_read_angle(circuit, index, k) for k in range(n_angles))
        name, pauli, generator, matrix, channel = "", None, None, None, None
        if kind == c.QTG_INSTRUCTION_GATE:
            name = gate_names()[gate]
        elif kind == c.QTG_INSTRUCTION_ROTATION:
            name, pauli = "rotation", _native.read_bytes("qtg_instruction_pauli", circuit, index).decode()
        elif kind == c.QTG_INSTRUCTION_EVOLUTION:
            name = "evolve"
            generator = Observable._adopt(_native.create("qtg_instruction_generator", circuit, index))
        elif kind == c.QTG_INSTRUCTION_CHANNEL:
            name = "channel"
            channel = Channel._adopt(_native.create("qtg_instruction_channel", circuit, index))
        else:
            name, matrix = "unitary", np.empty((2**n_qubits, 2**n_qubits), dtype=np.complex128)
            _native.call("qtg_instruction_matrix", circuit, index, _arrays.pointer(matrix))
        instruction = cls.__new__(cls)
        instruction._set(name, tuple(where.tolist()), angles, pauli, generator, matrix, channel)
        return instruction

    def _append_to(self, circuit: int) -> None:
        """Appends the instruction to a native circuit."""
        where = np.array(self.qubits, dtype=np.int64)
        if self.matrix is not None:
            self._expect_angles(0)
            append_unitary(circuit, self.matrix, where)
        elif self.pauli is not None:
            append_rotation(circuit, self._expect_angles(1)[0], self.pauli, where)
        elif self.channel is not None:
            self._expect_angles(0)
            append_channel(circuit, self.channel, where)
        elif self.generator is not None:
            append_evolution(circuit, self._expect_angles(1)[0], self.generator, where)
        else:
            append_gate(circuit, self.name, self.angles, where)

    def _expect_angles(self, count: int) -> tuple[Angle, ...]:
        if len(self.angles) != count:
            raise InvalidArgumentError(f"{self.name} takes {count} angles, {len(self.angles)} were given")
        return self.angles

    def _bytes(self) -> bytes:
        """The serialised circuit of this instruction alone, which decides whether it is valid and what it equals."""
        n_qubits = min(max(self.qubits, default=0), MOST_QUBITS - 1) + 1
        circuit = _native.create("qtg_circuit_create", max(n_qubits, 1))
        self._append_to(circuit)
        return _native.read_bytes("qtg_circuit_serialize", circuit)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instruction) and self._bytes() == other._bytes()

    def __hash__(self) -> int:
        return hash(self._bytes())

    def __reduce__(self) -> tuple[type[Instruction], tuple[Any, ...]]:
        return Instruction, (
            self.name, self.qubits, self.angles, self.pauli, self.generator, self.matrix, self.channel
        )  # fmt: skip

    def __repr__(self) -> str:
        parts = [repr(self.name), repr(self.qubits)]
        if self.angles:
            parts.append(f"angles=({', '.join(map(repr, self.angles))}{',' * (len(self.angles) == 1)})")
        if self.pauli is not None:
            parts.append(f"pauli={self.pauli!r}")
        if self.generator is not None:
            parts.append(f"generator={self.generator!r}")
        if self.matrix is not None:
            parts.append(f"matrix=<{len(self.matrix)} x {len(self.matrix)}>")
        if self.channel is not None:
            parts.append(f"channel={self.channel!r}")
        return f"Instruction({', '.join(parts)})"


def _read_angle(circuit: int, index: int, angle: int) -> Angle:
    constant, length = ctypes.c_double(), ctypes.c_int64()
    arguments = ("qtg_instruction_angle", circuit, index, angle, ctypes.byref(constant))
    _native.call(*arguments, None, 0, ctypes.byref(length))
    terms = (c.qtg_angle_term * length.value)()
    if terms:
        _native.call(*arguments, terms, length.value, ctypes.byref(length))
    return angle_from_native(constant.value, list(terms))


@cache
def gate_table() -> dict[str, dict[str, Any]]:
    """The rows of the native gate table by name; docs of `qtg_gate_table` say what they hold."""
    return {row["name"]: row for row in json.loads(_native.read_bytes("qtg_gate_table"))}


@cache
def gate_names() -> dict[int, str]:
    """The gates of the native table by their numbers."""
    return {row["id"]: name for name, row in gate_table().items()}


def gate_id(name: str) -> int:
    """The number of a gate in the native table."""
    try:
        return int(gate_table()[name]["id"])
    except (KeyError, TypeError):
        raise InvalidArgumentError(
            f"{name!r} is not a gate; the gates are {', '.join(gate_table())}"
        ) from None


def append_gate(circuit: int, name: str, angles: Sequence[AngleLike], where: NDArray[np.int64]) -> None:
    """Appends a row of the gate table to a native circuit."""
    _native.call(
        "qtg_circuit_append_gate",
        circuit,
        gate_id(name),
        _arrays.pointer(where),
        len(where),
        native_angles(angles),
        len(angles),
    )


def append_rotation(circuit: int, angle: AngleLike, pauli: str, where: NDArray[np.int64]) -> None:
    """Appends exp(-i angle P/2) to a native circuit."""
    _native.call(
        "qtg_circuit_append_rotation",
        circuit,
        native_angles([angle]),
        _arrays.text("the Pauli string", pauli),
        _arrays.pointer(where),
        len(where),
    )


def append_evolution(circuit: int, angle: AngleLike, generator: Observable, where: NDArray[np.int64]) -> None:
    """Appends exp(-i angle H) to a native circuit."""
    _native.call(
        "qtg_circuit_append_evolution",
        circuit,
        native_angles([angle]),
        generator._handle,
        _arrays.pointer(where),
        len(where),
    )


def append_unitary(circuit: int, matrix: Complex, where: NDArray[np.int64]) -> None:
    """Appends a fixed unitary to a native circuit; its product with its adjoint tells whether it is one."""
    _native.interruptible(
        1e-9 * len(matrix) ** 3,
        lambda cancel: _native.call(
            "qtg_circuit_append_unitary",
            circuit,
            _arrays.pointer(matrix),
            len(matrix),
            _arrays.pointer(where),
            len(where),
            cancel,
        ),
        "unitary",
    )


def append_channel(circuit: int, channel: Channel, where: NDArray[np.int64]) -> None:
    """Appends a channel to a native circuit."""
    _native.call("qtg_circuit_append_channel", circuit, channel._handle, _arrays.pointer(where), len(where))
