"""Planting a trojan in a circuit, in simulation, so that defences can be measured against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...angles import AngleLike, param
from ...circuits import Circuit
from ...models import Model
from .axes import reads_data
from .targets import Readout
from .tracking import Track, encoding_past


@dataclass(frozen=True, eq=False)
class PlantedTrojan:
    """A circuit with dormant gates, and the configuration that turns them on.

    Attributes:
        circuit: without a configuration the circuit that was given, bit for bit; `circuit.bind(trigger)` encodes no data.
        trigger: configuration key -> angle in radians, in the order of the inserted gates.
        inserted: the positions of the inserted gates in the circuit, increasing.
        target: the class that the active circuit gives whatever the data are; with one output -1 or 1. None where the
            model or theta is not known.
        margin: by how much that class's output exceeds the largest other (with one output: its size); None without.
    """

    circuit: Circuit
    trigger: dict[str, float]
    inserted: list[int]
    target: int | None
    margin: float | None


def plant_trojan(
    model_or_circuit: Model | Circuit, theta: ArrayLike | None = None, target: int | None = None
) -> PlantedTrojan:
    """Inserts gates that only a configuration turns, and that then keep data out of the circuit. Simulation only, for
    defence and research.

    A rotation by data about an axis does nothing to a qubit on that axis but give it a phase. So a product state is
    followed from |0...0> through every gate that the encoding depends on; rotations are inserted before a gate that reads
    data wherever a qubit is off its axis, and before a gate that would entangle the state; after the encoding others bring
    all qubits back to |0>, and for a target two more a qubit, RY and RX, go to the product state that gives the target the
    largest margin. After Chu et al., ICASSP 2023 (arXiv 2302.08090), whose own gates are not known; docs/audit.md.

    Args:
        model_or_circuit: a model, or a circuit for an attack without a target. Gates that read data turn qubits about
            Pauli axes, one axis a qubit and gate, with any number of gates, qubits and rounds.
        theta: (p,), the trained parameters in radians: needed for a target, and where parameters come before gates that
            read data.
        target: an output of the model, 0 to k - 1; with one output -1 or 1. None leaves the class to the circuit.

    Returns:
        The circuit with dormant gates, the trigger, and the margin.

    Raises:
        InvalidArgumentError: for a circuit without gates that read data (amplitude encoding has none), with such gates
            about no single axis, with gates before them that entangle every product state or have parameters without a
            theta; for a target without a model and theta, that is no class, or that no product state reaches (the
            message lists those that are reached).
    """
    model = model_or_circuit if isinstance(model_or_circuit, Model) else None
    circuit = model.circuit if model is not None else model_or_circuit
    if not isinstance(circuit, Circuit):
        raise InvalidArgumentError(f"{circuit!r:.80} is neither a qt.Model nor a qt.Circuit")
    values = _checked(theta, circuit)
    if target is not None and (model is None or values is None):
        raise InvalidArgumentError(
            "a target needs a qt.Model and its theta, which decide what state has that class"
        )
    track, finish = _follow(circuit, values, aimed=target is not None)
    planted = Circuit.from_instructions(
        circuit.n_qubits, track.instructions, circuit.parameter_names, circuit.feature_names
    )
    trigger = track.trigger
    if model is None or values is None:
        return PlantedTrojan(planted, trigger, track.inserted, None, None)
    config: dict[str, AngleLike] = {
        **trigger,
        **{key: param(circuit.n_params + k) for k, key in enumerate(finish)},
    }
    # A key that is a parameter leaves the model with it, whatever else it has.
    aimed = planted.bind(config)
    readout = Readout(Model(aimed, model.observable, model.scale), values)
    if target is None:
        margins = {one: readout.margin(one, np.zeros(0)) for one in readout.classes}
        given = max(margins, key=lambda one: margins[one])
        return PlantedTrojan(planted, trigger, track.inserted, given, margins[given])
    best = _reach(readout, target)
    trigger.update(zip(finish, best[0].tolist(), strict=True))
    return PlantedTrojan(planted, trigger, track.inserted, target, best[1])


def _checked(theta: ArrayLike | None, circuit: Circuit) -> Real | None:
    if theta is None:
        return None
    values = arrays.real("theta", theta)
    arrays.expect_shape("theta", values, (circuit.n_params,), "(p,)")
    arrays.finite("theta", values)
    return values


def _follow(circuit: Circuit, theta: Real | None, aimed: bool) -> tuple[Track, list[str]]:
    """The circuit with its insertions, and the keys of those that aim at a class."""
    instructions = list(circuit)
    past = encoding_past(instructions)
    if not past:
        raise InvalidArgumentError(
            "no gate of the circuit reads data; where states carry them (amplitude encoding) there is no gate around "
            "which to insert anything"
        )
    taken = (*circuit.parameter_names, *circuit.feature_names, *circuit.config_keys)
    track = Track(circuit.n_qubits, theta, taken)
    waiting = list(range(circuit.n_qubits))
    finish: list[str] = []

    def release(qubits: list[int]) -> None:
        for qubit in qubits:
            track.bring(qubit, "Z", 1.0)
        for axis in "YX" if aimed else "":
            finish.extend(track.insert(axis, qubit, 0.0) for qubit in qubits)
        waiting[:] = [qubit for qubit in waiting if qubit not in qubits]

    last = max(k for k, instruction in enumerate(instructions) if reads_data(instruction))
    for k, instruction in enumerate(instructions):
        if k in past:
            track.follow(instruction)
        else:
            release([qubit for qubit in waiting if qubit in instruction.qubits])
            track.append(instruction)
        if k == last:
            release(list(waiting))
    return track, finish


def _reach(readout: Readout, target: int) -> tuple[Real, float]:
    if arrays.integer("target", target) not in readout.classes:
        raise InvalidArgumentError(f"target is {target!r}; the model's classes are {_list(readout.classes)}")
    best = readout.best(target)
    if best.margin <= 0:
        reached = [one for one in readout.classes if one != target and readout.best(one).margin > 0]
        raise InvalidArgumentError(
            f"no product state that was found has class {target} (margin {best.margin:.3g}); "
            f"reachable: {_list(reached) or 'none'}"
        )
    return best.angles, best.margin


def _list(classes: Iterable[int]) -> str:
    return ", ".join(map(str, classes))
