"""What noise leaves of a measurement: layers of channels between gates that mix everything contract its range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .._native.arrays import Real
from ..channels import Channel
from ..circuits import Circuit
from ..instructions import Instruction
from ..observables import Observable, mean_value, value_range
from .averages import Averages, averages, beside_each_other

# A channel whose unitarity is this close to 1 is a unitary.
_ROUNDING = 1e-12
# Eigenvalues of observables on so many qubits are computed, on more an interval that holds them.
_SMALL = 8


@dataclass(frozen=True, eq=False, repr=False)
class Contraction:
    """By how much the channels of a circuit contract what is measured behind it: gamma -> Q gamma.

    A layer is what stands between two gates, of channels on different qubits; channels on the same qubits one behind the
    other are layers of their own. Unitary errors contract nothing, and are no layers. Derived in docs/maths.md,
    "Contraction by noise".
    """

    q: Real
    """(L,): what each layer leaves of a traceless operator, averaged over all unitaries of the register."""
    unitarity: Real
    """(L,): what each layer leaves of its squared norm; at least q^2, and above it where noise depends on direction."""
    meaning: str
    """"exact": every layer depolarises the whole register, and Q is exact for each circuit and any number of
    parameters. "limit": fixed unitaries on the whole register stand between the parameters, and Q is exact in the limit of
    many parameters if these are random and the sum of u - q^2 is small. "guide": for circuits of local gates; they can lose
    much less, or more."""
    reach: float
    """gamma: by what factor the values of the measurement without noise reach beyond labels 1 and -1."""

    @property
    def Q(self) -> float:
        """The product of q."""
        return float(np.prod(self.q))

    @property
    def critical_layers(self) -> float:
        """L_c = ln(gamma)/(-ln q), q the geometric mean: after so many such layers labels 1 and -1 are at the edge of what
        can be measured, and beyond the loss stops at an error. 0 if they are so without noise; infinite if nothing
        contracts."""
        if self.reach <= 1:
            return 0.0
        if not len(self.q) or self.Q >= 1:
            return math.inf
        if (self.q <= 0).any():
            return 0.0
        return math.log(self.reach) / -float(np.mean(np.log(self.q)))

    def __repr__(self) -> str:
        return f"<qtangent.Contraction: {len(self.q)} layers, Q {self.Q:.4g}, {self.meaning}>"


def contraction_of(circuit: Circuit, observables: Sequence[Observable], scale: float) -> Contraction:
    """See `Contraction`; of several observables the one that reaches least far counts."""
    n = circuit.n_qubits
    found = [beside_each_other(n, layer) for layer in _layers(circuit)]
    if all(one.unitarity - one.twirl**2 <= _ROUNDING and one.displacement <= _ROUNDING for one in found):
        meaning = "exact"
    else:
        meaning = "limit" if _mixes(circuit) else "guide"
    return Contraction(
        np.array([one.twirl for one in found]),
        np.array([one.unitarity for one in found]),
        meaning,
        min(_reach(one, scale) for one in observables),
    )


def without_channels(circuit: Circuit) -> Circuit:
    """The circuit without its noise; channels that are unitaries stay, as such."""
    kept: list[Instruction] = []
    for one in circuit:
        if one.channel is None:
            kept.append(one)
        elif _is_unitary(averages(one.channel)) and one.channel._size <= 4:
            operator = max(one.channel.kraus, key=lambda matrix: float(np.linalg.norm(matrix)))
            left, _, right = np.linalg.svd(operator)
            kept.append(Instruction("unitary", one.qubits, matrix=left @ right))
    return Circuit.from_instructions(circuit.n_qubits, kept, circuit.parameter_names, circuit.feature_names)


def _layers(circuit: Circuit) -> Iterator[Sequence[Channel]]:
    if circuit._first_channel() is None:
        return
    layer: list[Channel] = []
    taken: set[int] = set()
    for one in circuit:
        if one.channel is not None and _is_unitary(averages(one.channel)):
            continue
        if layer and (one.channel is None or taken & set(one.qubits)):
            yield layer
            layer, taken = [], set()
        if one.channel is not None:
            layer.append(one.channel)
            taken |= set(one.qubits)
    if layer:
        yield layer


def _is_unitary(of: Averages) -> bool:
    return of.unitarity >= 1 - _ROUNDING


def _mixes(circuit: Circuit) -> bool:
    """Whether a fixed unitary on the whole register stands before every parameter, as in `qt.ansatz.haar`."""
    mixed, has_parameters = False, False
    for one in circuit:
        if one.name == "unitary" and len(one.qubits) == circuit.n_qubits:
            mixed = True
        elif any(parameters for angle in one.angles for parameters, _ in angle.terms):
            if not mixed:
                return False
            mixed, has_parameters = False, True
    return has_parameters


def _reach(observable: Observable, scale: float) -> float:
    """The factor by which values that are contracted towards their mean may shrink until the nearer end meets its label."""
    mean = scale * mean_value(observable)
    if abs(mean) >= 1:
        return 0.0
    if observable.n_qubits <= _SMALL:
        low, *_, high = np.linalg.eigvalsh(observable.matrix())
    else:
        low, high = value_range(observable)
    low, high = sorted((scale * low, scale * high))
    return float(min((high - mean) / (1 - mean), (mean - low) / (1 + mean)))
