"""How often detectors give which bits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from .. import _native
from .._native.arrays import Real
from .._native.memory import memory_limit
from ..circuits import Circuit
from ..observables import pauli
from ..samples import Samples
from .simulator import Simulator

# What the states of one block of samples may take, as a share of what a call may.
_SHARE = 8


class Distribution:
    """The probabilities of the bits of all qubits behind a change of basis."""

    def __init__(self, model: Simulator, change: Circuit) -> None:
        n = model._n_qubits
        circuit = model._circuit.then(change)
        self._model, self._n = model, n
        self._has_channels = circuit._first_channel() is not None
        if self._has_channels:
            # Through channels a state is told by expectations of strings, of which these are the diagonal.
            _native.result("the strings of Z on all qubits", (2**n, 2**n), 0, "qubits")
            strings = [pauli("".join(letters)) for letters in itertools.product("IZ", repeat=n)]
            self._simulator = model._like(circuit, strings, 1.0)
        else:
            self._simulator = model._like(circuit, [pauli("Z" * n)], 1.0)

    def blocks(self, sets: Real, samples: Samples) -> Iterator[tuple[slice, slice, Real]]:
        """Slices of sets and of samples, and for each the probabilities (s, b, 2^n)."""
        each = 16 * 2 ** (self._n * (2 if samples.is_mixed or self._has_channels else 1))
        size = min(len(samples), max(1, memory_limit() // (_SHARE * each)))
        several = max(1, memory_limit() // (_SHARE * each * size))
        for first in range(0, len(sets), several):
            those = slice(first, min(first + several, len(sets)))
            for start in range(0, len(samples), size):
                at = slice(start, min(start + size, len(samples)))
                chances = self._chances(sets[those], samples if size == len(samples) else samples[at])
                chances = np.maximum(chances, 0).reshape(those.stop - first, at.stop - start, -1)
                yield those, at, chances / chances.sum(axis=-1, keepdims=True)

    def _chances(self, sets: Real, samples: Samples) -> Real:
        """All samples of the first set, then those of the next."""
        rows = len(sets) * len(samples)
        if self._has_channels:
            # Misread qubits are in the strings.
            return walsh(self._simulator.predict(sets, samples).reshape(rows, -1))
        states = self._simulator.output_states(sets, samples)
        states = states.reshape(rows, *states.shape[2:])
        chances: Real = (
            states.real**2 + states.imag**2 if states.ndim == 2 else np.einsum("jii->ji", states).real
        )
        # The error that was given last is nearest to the qubits.
        for one in reversed(self._model._noise._readouts) if self._model._noise else ():
            errors = np.array([[1 - one.e0, one.e1], [one.e0, 1 - one.e1]])
            for qubit in range(self._n) if one.qubits is None else one.qubits:
                split = chances.reshape(rows, 2**qubit, 2, -1)
                chances = np.einsum("ab,jlbr->jlar", errors, split).reshape(rows, -1)
        return chances


def walsh(expectations: Real) -> Real:
    """The probabilities (m, 2^n) of bits from the expectations (m, 2^n) of strings of I and Z."""
    values: Real = expectations / expectations.shape[1]
    for qubit in range(expectations.shape[1].bit_length() - 1):
        left, right = np.moveaxis(values.reshape(len(values), 2**qubit, 2, -1), 2, 0)
        values = np.stack([left + right, left - right], axis=2).reshape(len(values), -1)
    return values
