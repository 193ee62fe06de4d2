"""Pauli frames: random Pauli strings in a circuit as signs of its angles.

A string P behind a rotation about Q is the same string in front of it, where the angle has the other sign if P and Q
anticommute; in front of a Clifford gate C it is C^dagger P C. Taken to the front of the circuit it acts on |0...0>, which it
turns into another basis state, or on the sample's input state. So a trajectory is the same circuit with signs on its angles
behind some X, whatever is measured (docs/maths.md, "Trajectories").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_, xor

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from ..angles import Angle, feature
from ..circuits import Circuit
from .patterns import Patterns
from .steps import Clifford, Rotation, Site, Step

# What a column of features is made of: the bit whose sign it takes, or none, and features that it multiplies.
_Column = tuple[int | None, tuple[int, ...]]


class Frames:
    """A circuit whose features are signs, times what the angles read, and the patterns of errors that give the signs.

    Attributes:
        circuit: without channels.
        patterns: what is drawn.
    """

    def __init__(self, circuit: Circuit, steps: Sequence[Step], has_states: bool) -> None:
        self._n, self._has_states = circuit.n_qubits, has_states
        rotations = sum(isinstance(step, Rotation) for step in steps)
        tables = self._tables(steps, rotations)
        used = reduce(
            or_, (bits for site, flips in tables if site.mixture.probability > 0 for bits in flips), 0
        )
        bits = [bit for bit in range(rotations + 2 * self._n) if used >> bit & 1]
        self.patterns = Patterns([(site.mixture, flips) for site, flips in tables], bits)
        self._places = {bit: place for place, bit in enumerate(bits)}
        self._columns: dict[_Column, int] = {}
        self.circuit = self._signed(steps, rotations, circuit.n_params)
        self._monomials = [features for _, features in self._columns]
        self._bits = np.array([len(bits) if bit is None else self._places[bit] for bit, _ in self._columns])
        self._is_turn = np.array([bit is not None and bit >= rotations for bit, _ in self._columns])

    def _tables(self, steps: Sequence[Step], rotations: int) -> list[tuple[Site, list[int]]]:
        """The sites, and what X on each of their qubits and then Z on each flips, as bits of a number: the signs of
        rotations, then X in front on each qubit and Z in front."""
        n = self._n
        x = [1 << (rotations + qubit) for qubit in range(n)]
        z = [1 << (rotations + n + qubit) if self._has_states else 0 for qubit in range(n)]
        found, number = [], 0
        for step in steps:
            if isinstance(step, Rotation):
                for letter, qubit in zip(step.letters, step.qubits, strict=True):
                    if letter in "XY":
                        z[qubit] ^= 1 << number
                    if letter in "ZY":
                        x[qubit] ^= 1 << number
                number += 1
            elif isinstance(step, Clifford):
                qubits = step.instruction.qubits
                before = [x[qubit] for qubit in qubits] + [z[qubit] for qubit in qubits]
                after = [
                    reduce(xor, (one for one, there in zip(before, image, strict=True) if there), 0)
                    for image in step.images
                ]
                for k, qubit in enumerate(qubits):
                    x[qubit], z[qubit] = after[k], after[len(qubits) + k]
            else:
                found.append(
                    (step, [x[qubit] for qubit in step.qubits] + [z[qubit] for qubit in step.qubits])
                )
        return found

    def _column(self, bit: int | None, features: tuple[int, ...]) -> Angle:
        return feature(self._columns.setdefault((bit, features), len(self._columns)))

    def _signed(self, steps: Sequence[Step], rotations: int, n_params: int) -> Circuit:
        circuit = Circuit(self._n)
        for qubit in range(self._n):
            if (bit := rotations + qubit) in self._places:
                self._turn(circuit, steps, bit, qubit)
        for qubit in range(self._n):
            if (bit := rotations + self._n + qubit) in self._places:
                circuit.rz(np.pi * self._column(bit, ()), qubit)
        number = 0
        # Parameters that nothing depends on keep their places.
        rest = Angle(terms={((n_params - 1,), ()): 0.0}) if n_params else Angle()
        for step in steps:
            if isinstance(step, Rotation):
                angle = self._angle(step.angle, number if number in self._places else None)
                circuit.rotation(angle + rest, step.letters, step.qubits)
                number, rest = number + 1, Angle()
            elif isinstance(step, Clifford):
                step.instruction._append_to(circuit._handle)
        if rest.terms:
            circuit.rz(rest, 0)
        return circuit

    def _turn(self, circuit: Circuit, steps: Sequence[Step], bit: int, qubit: int) -> None:
        """X up to a phase; on |0> any turn to |1> does, and one about the axis of what follows becomes one with it."""
        first = next((step for step in steps if not isinstance(step, Site) and qubit in _qubits(step)), None)
        letter = first.letters if isinstance(first, Rotation) and not self._has_states else "X"
        circuit.rotation(np.pi * self._column(bit, ()), "Y" if letter == "Y" else "X", qubit)

    def _angle(self, angle: Angle, bit: int | None) -> Angle:
        """The angle, times the sign of a bit if there is one."""
        if bit is None:
            result = Angle(angle.constant)
        else:
            result = angle.constant * self._column(bit, ()) if angle.constant else Angle()
        for (params, features), coefficient in angle.terms.items():
            term = Angle.of(coefficient)
            if params:
                term = term * Angle(terms={(params, ()): 1.0})
            if features or bit is not None:
                term = term * self._column(bit, features)
            result = result + term
        return result

    def features(self, flips: NDArray[np.bool_], X: Real | None, m: int) -> Real | None:
        """Features (u m, f) for patterns (u, b) of flipped bits and the features X (m, ...) of samples, pattern by
        pattern; None for a circuit without features."""
        if not self._columns:
            return None
        base = np.ones((m, len(self._columns)))
        for column, those in enumerate(self._monomials):
            for one in those:
                assert X is not None
                base[:, column] *= X[:, one]
        padded = np.concatenate([flips, np.zeros((len(flips), 1), dtype=bool)], axis=1)[:, self._bits]
        signs = np.where(self._is_turn, padded, 1.0 - 2.0 * padded)
        result = np.empty((len(flips), m, len(self._columns)))
        np.multiply(np.ascontiguousarray(signs)[:, None, :], base, out=result)
        return result.reshape(len(flips) * m, -1)


def _qubits(step: Rotation | Clifford | Site) -> tuple[int, ...]:
    return step.instruction.qubits if isinstance(step, Clifford) else step.qubits
