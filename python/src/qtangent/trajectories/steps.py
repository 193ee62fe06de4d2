"""Circuits as Pauli rotations, Clifford gates and mixtures of Pauli strings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from .. import pauli_sums
from .._native.arrays import Complex
from ..angles import Angle
from ..channels import Channel
from ..circuits import Circuit
from ..instructions import Instruction
from .mixtures import Mixture, mixture

# Matrices on more qubits are not looked at, whether they are Clifford gates.
_MOST_QUBITS = 4
_ROUNDING = 1e-10
_ROTATIONS = {name: name[1:].upper() for name in ("rx", "ry", "rz", "rxx", "ryy", "rzz")}
_PAULIS = {
    "I": np.eye(2, dtype=complex), "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1.0 + 0j, -1]),
}  # fmt: skip


@dataclass(frozen=True)
class Rotation:
    """exp(-i angle P/2), P the letters on the qubits, none of them I."""

    letters: str
    qubits: tuple[int, ...]
    angle: Angle


@dataclass(frozen=True)
class Clifford:
    """A fixed gate that takes Pauli strings to Pauli strings.

    Attributes:
        images: bool (2k, 2k), what becomes of X on each of its qubits and then of Z when U^dagger P U is taken: whether
            there is X, or Y, on each qubit, and then Z, or Y.
    """

    instruction: Instruction
    images: NDArray[np.bool_]


@dataclass(frozen=True)
class Site:
    """Where a random Pauli string acts."""

    mixture: Mixture
    qubits: tuple[int, ...]


Step = Rotation | Clifford | Site


class NoFrames(Exception):
    """A circuit is made of other things than steps."""


def steps(circuit: Circuit) -> Iterator[Step]:
    """The steps of a circuit in the order of action, global phases left out.

    Raises:
        NoFrames: for gates that are neither rotations about commuting Pauli strings nor Clifford gates, and for channels
            that are no mixtures of Pauli strings.
    """
    known: dict[Channel, Mixture | None] = {}
    for one in circuit:
        if one.channel is None:
            yield from _steps(one)
            continue
        if one.channel not in known:
            known[one.channel] = mixture(one.channel)
        if (found := known[one.channel]) is None:
            raise NoFrames
        yield Site(found, one.qubits)


def _steps(one: Instruction) -> Iterator[Step]:
    if one.pauli is not None:
        yield from _rotation(one.pauli, one.qubits, one.angles[0])
    elif one.generator is not None:
        yield from _evolution(one)
    elif one.angles:
        yield from _gate(one)
    else:
        yield from _fixed(one)


def _rotation(letters: str, qubits: Sequence[int], angle: Angle) -> Iterator[Rotation]:
    acting, where = pauli_sums.acting(letters, qubits)
    if acting:
        yield Rotation(acting, where, angle)


def _evolution(one: Instruction) -> Iterator[Rotation]:
    """exp(-i angle sum_k c_k P_k) of strings that commute is a product of rotations by 2 c_k angle."""
    assert one.generator is not None
    strings = one.generator._strings()
    if strings is None or not pauli_sums.commute([letters for _, letters in strings]):
        raise NoFrames
    for coefficient, letters in strings:
        yield from _rotation(letters, one.qubits, 2 * coefficient * one.angles[0])


def _gate(one: Instruction) -> Iterator[Rotation]:
    name, qubits, (angle, *more) = one.name, one.qubits, one.angles
    if name in _ROTATIONS:
        yield from _rotation(_ROTATIONS[name], qubits, angle)
    elif name == "phase":
        yield from _rotation("Z", qubits, angle)
    elif name == "u3":
        yield from _rotation("Z", qubits, more[1])
        yield from _rotation("Y", qubits, angle)
        yield from _rotation("Z", qubits, more[0])
    elif name in ("crx", "cry", "crz"):
        # |1><1| P/2 = (1 - Z) P/4
        yield from _rotation(name[2:].upper(), qubits[1:], 0.5 * angle)
        yield from _rotation("Z" + name[2:].upper(), qubits, -0.5 * angle)
    elif name == "cp":
        # |1><1| (1 - Z)/2 = (1 - Z_c)(1 - Z)/4
        yield from _rotation("Z", qubits[1:], 0.5 * angle)
        yield from _rotation("ZZ", qubits, -0.5 * angle)
        yield from _rotation("Z", qubits[:1], 0.5 * angle)
    else:
        raise NoFrames


def _fixed(one: Instruction) -> Iterator[Step]:
    k = len(one.qubits)
    if k > _MOST_QUBITS:
        raise NoFrames
    matrix = _matrix(one.name, k) if one.matrix is None else one.matrix
    images = _images(matrix)
    if images is not None:
        yield Clifford(one, images)
    elif k == 1:
        for letter, angle in zip("ZYZ", _euler(matrix), strict=True):
            yield from _rotation(letter, one.qubits, Angle.of(angle))
    else:
        raise NoFrames


@cache
def _matrix(name: str, k: int) -> Complex:
    return Circuit.from_instructions(k, [Instruction(name, tuple(range(k)))]).matrix()


def _string(letters: Sequence[str]) -> Complex:
    return reduce(np.kron, [_PAULIS[letter] for letter in letters])


def _images(matrix: Complex) -> NDArray[np.bool_] | None:
    """Images as in `Clifford`, or None for another gate."""
    k = len(matrix).bit_length() - 1
    letters = list(itertools.product("IXYZ", repeat=k))
    strings = np.stack([_string(one) for one in letters])
    images = []
    for letter in "XZ":
        for qubit in range(k):
            moved = matrix.conj().T @ _string(["I"] * qubit + [letter] + ["I"] * (k - 1 - qubit)) @ matrix
            overlaps = np.abs(np.einsum("sij,ji->s", strings, moved)) / 2**k
            best = int(overlaps.argmax())
            if overlaps[best] < 1 - _ROUNDING:
                return None
            images.append([a in "XY" for a in letters[best]] + [a in "ZY" for a in letters[best]])
    return np.array(images)


def _euler(matrix: Complex) -> tuple[float, float, float]:
    """Angles (a, b, c) with U = rz(c) ry(b) rz(a) up to a phase."""
    middle = 2 * float(np.arctan2(abs(matrix[1, 0]), abs(matrix[0, 0])))
    if abs(matrix[1, 0]) < _ROUNDING:
        return float(np.angle(matrix[1, 1] / matrix[0, 0])), middle, 0.0
    if abs(matrix[0, 0]) < _ROUNDING:
        return float(np.angle(-matrix[0, 1] / matrix[1, 0])), middle, 0.0
    last = float(np.angle(matrix[1, 0] / matrix[0, 0]))
    return float(np.angle(-matrix[0, 1] / matrix[0, 0])), middle, last
