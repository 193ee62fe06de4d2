"""Rules by which noise enters a circuit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from ..channels import Channel
from ..channels.channel import as_channel
from ..circuits import Circuit
from ..instructions import Instruction, gate_names
from ..observables import Observable
from .probabilities import different_qubits, not_negative, probability
from .readout import readout
from .rotations import over_rotation, string

_EVERY = ("gate", "layer")


@dataclass(frozen=True)
class _Rule:
    channel: Channel
    gates: frozenset[str] | None
    every: str
    qubits: tuple[int, ...] | None


@dataclass(frozen=True)
class _OverRotation:
    factor: float
    offset: float
    sigma: float
    gates: frozenset[str] | None


@dataclass(frozen=True)
class _Readout:
    e0: float
    e1: float
    qubits: tuple[int, ...] | None


@dataclass(frozen=True, kw_only=True)
class NoiseModel:
    """Which channels stand behind which gates, what is misread, and what rotates too far. Every method gives a new
    model, so that calls can be chained:

        noise = qt.NoiseModel().add(qt.noise.depolarizing(0.001), gates=("rx", "ry")).readout(0.02, 0.05)
        model = qt.Model(circuit, observable, noise=noise)

    Gates that encode features are as noisy as others. Channels that a circuit has already stay, and no noise follows them.
    """

    _rules: tuple[_Rule, ...] = ()
    _rotations: tuple[_OverRotation, ...] = ()
    _readouts: tuple[_Readout, ...] = ()

    def add(
        self,
        channel: Channel,
        gates: str | Iterable[str] | None = None,
        every: str = "gate",
        qubits: int | Sequence[int] | None = None,
    ) -> NoiseModel:
        """A channel behind gates, or behind layers.

        Args:
            channel: behind a gate it acts on the gate's qubits: at once where it has or takes as many, else one by one
                where it acts on one qubit. Behind a layer it acts on every qubit by itself.
                `qt.noise.global_depolarizing` acts on all qubits at once, wherever it stands.
            gates: names of instructions, such as "cz" or ("rx", "rotation"); None for all. For every="gate" alone.
            every: "gate", or "layer": behind every moment, which is what gates do at the same time, each as early as its
                qubits allow; qubits that wait are hit too.
            qubits: gates on just these, in this order, such as (0, 1) for cx(0, 1) and not cx(1, 0); behind a layer
                those that are hit. All by default.

        Raises:
            InvalidArgumentError: for what is no channel, for names that no instruction has, for gates with layers, and for
                qubits named twice.
        """
        as_channel(channel)
        if not _arrays.among(every, _EVERY):
            raise InvalidArgumentError(f"every is {every!r}; 'gate' or 'layer' is expected")
        if every == "layer" and gates is not None:
            raise InvalidArgumentError("gates are given, but every='layer' is noise behind all of them")
        where = None if qubits is None else different_qubits(qubits)
        return replace(self, _rules=(*self._rules, _Rule(channel, _names(gates), every, where)))

    def readout(self, e0: float, e1: float, qubits: int | Sequence[int] | None = None) -> NoiseModel:
        """Readout errors, see `qt.noise.readout`.

        Args:
            e0: P(1|0), 0 to 1.
            e1: P(0|1), 0 to 1.
            qubits: those with these errors; all by default.

        Raises:
            InvalidArgumentError: for probabilities outside [0, 1], and for qubits named twice.
        """
        where = None if qubits is None else different_qubits(qubits)
        one = _Readout(probability("e0", e0), probability("e1", e1), where)
        return replace(self, _readouts=(*self._readouts, one))

    def over_rotation(
        self,
        factor: float = 0.0,
        offset: float = 0.0,
        sigma: float = 0.0,
        gates: str | Iterable[str] | None = None,
    ) -> NoiseModel:
        """Rotations by the wrong angle, see `qt.noise.over_rotation`; their channel comes before others of the gate.

        Args:
            factor: part of the angle that is too much.
            offset: in radians.
            sigma: deviation of a random part, in radians.
            gates: names of instructions; None for all that rotate about one Pauli string.

        Raises:
            InvalidArgumentError: for names that no instruction has, and for a negative sigma.
        """
        one = _OverRotation(
            _arrays.number("factor", factor),
            _arrays.number("offset", offset),
            not_negative("sigma", sigma),
            _names(gates),
        )
        return replace(self, _rotations=(*self._rotations, one))

    def apply(self, circuit: Circuit) -> Circuit:
        """The circuit with the noise in it, as it is simulated. Readout errors are no part of it, see `measured`.

        Args:
            circuit: stays as it is.

        Raises:
            InvalidArgumentError: for what is no circuit, where a channel's qubits do not fit a gate's, and where a named
                gate cannot over-rotate.
        """
        if not isinstance(circuit, Circuit):
            raise InvalidArgumentError(
                f"{circuit!r} is no circuit; a model takes the noise as qt.Model(circuit, observable, noise=noise)"
            )
        if not (self._rules or self._rotations):
            return circuit.copy()
        n = circuit.n_qubits
        result: list[Instruction] = []
        for moment in _moments(circuit):
            for instruction in moment:
                if instruction.channel is not None:
                    result.append(instruction)
                    continue
                result += self._turned(instruction)
                for rule in self._rules:
                    if _fits(rule, instruction):
                        result += _behind(rule.channel, instruction, n)
            for rule in self._rules:
                if rule.every == "layer":
                    result += _layer(rule.channel, range(n) if rule.qubits is None else rule.qubits)
        return Circuit.from_instructions(n, result, circuit.parameter_names, circuit.feature_names)

    def measured(self, observable: Observable) -> Observable:
        """The observable with the readout errors in it.

        Args:
            observable: Pauli strings and projectors.

        Raises:
            InvalidArgumentError: as `qt.noise.readout`.
        """
        for one in self._readouts:
            observable = readout(observable, one.e0, one.e1, one.qubits)
        return observable

    def _turned(self, instruction: Instruction) -> list[Instruction]:
        result = [instruction]
        for rule in self._rotations:
            if rule.gates is None and string(instruction) is None:
                continue
            if rule.gates is None or instruction.name in rule.gates:
                result[:1] = over_rotation(result[0], rule.factor, rule.offset, rule.sigma)
        return result


def _names(gates: str | Iterable[str] | None) -> frozenset[str] | None:
    if gates is None:
        return None
    if not isinstance(gates, Iterable):
        raise InvalidArgumentError(f"gates is {gates!r}; names of instructions are expected")
    names = [gates] if isinstance(gates, str) else list(gates)
    known = {*gate_names().values(), "rotation", "evolve", "unitary"}
    for name in names:
        if not _arrays.among(name, known):
            raise InvalidArgumentError(
                f"gates names {name!r}; gates of docs/gates.md, 'rotation', 'evolve' and 'unitary' are possible"
            )
    return frozenset(names)


def _moments(circuit: Circuit) -> Iterator[list[Instruction]]:
    """Instructions that can act at the same time. A channel belongs to the moment of the gate before it."""
    ends = [0] * circuit.n_qubits
    moments: list[list[Instruction]] = []
    for instruction in circuit:
        begin = max(ends[qubit] for qubit in instruction.qubits)
        if instruction.channel is not None:
            begin = max(begin - 1, 0)
        if begin == len(moments):
            moments.append([])
        moments[begin].append(instruction)
        for qubit in instruction.qubits:
            ends[qubit] = max(ends[qubit], begin + 1)
    return iter(moments)


def _fits(rule: _Rule, instruction: Instruction) -> bool:
    """Whether noise of a rule for gates follows the instruction."""
    is_named = rule.gates is None or instruction.name in rule.gates
    return rule.every == "gate" and is_named and rule.qubits in (None, instruction.qubits)


def _behind(channel: Channel, instruction: Instruction, n: int) -> Iterator[Instruction]:
    qubits: tuple[int, ...] = tuple(range(n)) if channel._spans_register else instruction.qubits
    if channel.n_qubits in (None, len(qubits)):
        yield Instruction("channel", qubits, channel=channel)
    elif channel.n_qubits == 1:
        for qubit in qubits:
            yield Instruction("channel", qubit, channel=channel)
    else:
        raise InvalidArgumentError(
            f"{channel.name} acts on {channel.n_qubits} qubits and {instruction.name} on {len(qubits)}; name the gates "
            "that it stands behind"
        )


def _layer(channel: Channel, qubits: Sequence[int]) -> Iterator[Instruction]:
    if channel._spans_register or channel.n_qubits == len(qubits):
        yield Instruction("channel", qubits, channel=channel)
    elif channel.n_qubits in (None, 1):
        for qubit in qubits:
            yield Instruction("channel", qubit, channel=channel)
    else:
        raise InvalidArgumentError(
            f"{channel.name} acts on {channel.n_qubits} qubits, a layer has {len(qubits)}; give a channel of one qubit"
        )
