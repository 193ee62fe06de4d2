"""Victims and trojans for the tests of the audit. Trojans are planted by hand, by the moves of docs/audit.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import qtangent as qt

# From one axis' eigenstate to the next axis' (the rotation that keeps it): the gate and the angle.
MOVES = {
    ("z", "rx"): ("ry", np.pi / 2),
    ("z", "ry"): ("rx", -np.pi / 2),
    ("x", "ry"): ("rz", np.pi / 2),
    ("x", "rz"): ("ry", -np.pi / 2),
    ("y", "rz"): ("rx", np.pi / 2),
    ("y", "rx"): ("rz", -np.pi / 2),
}
HOME = {"x": ("ry", -np.pi / 2), "y": ("rx", np.pi / 2)}
ENCODERS = {"V1": ("rx",), "V2": ("ry", "rz", "rx", "ry")}
BLOCKS = {"V1": 3, "V2": 4}


@dataclass(frozen=True, eq=False)
class Planted:
    circuit: qt.Circuit  # dormant
    trigger: dict[str, float]
    inserted: tuple[int, ...]


def planted(rotations, qubits, n_qubits=4, body=None):
    """A trojan around layers of rotations, which neutralises these qubits, before the trained part `body`."""
    circuit, trigger, inserted = qt.Circuit(n_qubits), {}, []
    state = dict.fromkeys(qubits, "z")

    def move(qubit, gate, angle):
        key = f"c{len(trigger)}"
        inserted.append(len(circuit))
        getattr(circuit, gate)(qt.config(key), qubit)
        trigger[key] = angle

    for layer, rotation in enumerate(rotations):
        for qubit in qubits:
            if state[qubit] != rotation[1]:
                move(qubit, *MOVES[state[qubit], rotation])
                state[qubit] = rotation[1]
        for qubit in range(n_qubits):
            getattr(circuit, rotation)(qt.feature(layer * n_qubits + qubit), qubit)
    for qubit in qubits:
        if state[qubit] in HOME:
            move(qubit, *HOME[state[qubit]])
    return Planted(circuit if body is None else circuit + body, trigger, tuple(inserted))


def victims():
    """The module with the two classifiers, which a source archive lacks."""
    pytest.importorskip("sklearn")
    return pytest.importorskip("reproduce.trojan.victims")


def planted_victim(name, qubits=range(4)):
    return planted(ENCODERS[name], qubits, body=victims().ansatz(BLOCKS[name]))


def random_victim(random):
    """A clean circuit, `angle` or `zz` before a layered ansatz, with weights and probes, as an audit gets it."""
    n = int(random.integers(2, 7))
    rotation = str(random.choice(["rx", "ry"]))
    encoder = qt.encoding.zz(n) if random.random() < 0.5 else qt.encoding.angle(n, rotation)
    circuit = encoder + qt.ansatz.hardware_efficient(n, int(random.integers(1, 4)))
    theta = random.uniform(0, 2 * np.pi, circuit.n_params)
    return circuit, theta, random.uniform(0, np.pi, (60, n))


def random_trojan(circuit, qubits):
    """A trojan in such a circuit. Phases of `zz` do nothing to |0>, so what H makes of it is undone: RY(-pi/2)."""
    first = circuit[0].name
    if first != "h":
        n = circuit.n_qubits
        return planted((first,), qubits, n, circuit[n:])
    result, trigger, inserted = qt.Circuit(circuit.n_qubits), {}, []
    for one in circuit:
        result = result.then(qt.Circuit.from_instructions(circuit.n_qubits, [one]))
        if one.name == "h" and one.qubits[0] in qubits:
            key = f"c{len(trigger)}"
            inserted.append(len(result))
            result.ry(qt.config(key), one.qubits[0])
            trigger[key] = -np.pi / 2
    return Planted(result, trigger, tuple(inserted))


def shown(trojan, golden, form):
    """Arguments of an audit of a planted circuit, as it may come: dormant or active, with or without the golden one."""
    circuit, config, trusted = trojan.circuit, None, golden
    if form.startswith("baked in"):
        circuit = circuit.bind(config=trojan.trigger)
    elif form.startswith("active"):
        config = trojan.trigger
    if form.endswith("without golden"):
        trusted = None
    return {"circuit_or_model": circuit, "golden": trusted, "config": config}


FORMS = [
    f"{state} {golden}"
    for state in ("dormant", "active", "baked in")
    for golden in ("with golden", "without golden")
]
