"""Density matrices by sums over Kraus operators in plain NumPy, written apart from the library, and the golden cases."""

import itertools
import json
from pathlib import Path

import numpy as np
import qtangent as qt
from reference import FIXED, GENERATORS, PAULI, angle_value, embed, exponential, pauli

GOLDEN = {
    case["name"]: case
    for case in json.loads((Path(__file__).parents[2] / "Tests/Golden/noise.json").read_text())["cases"]
}
X = PAULI["X"]


def golden(name):
    case = GOLDEN[name]
    return case["inputs"], case["outputs"], case["tolerance"]


def complex_array(pairs):
    values = np.array(pairs)
    return values[..., 0] + 1j * values[..., 1]


def depolarizing(p, n):
    strings = ["".join(letters) for letters in itertools.product("IXYZ", repeat=n)]
    weights = [1 - p, *[p / (4**n - 1)] * (4**n - 1)]
    return [np.sqrt(weight) * pauli(string) for weight, string in zip(weights, strings, strict=True)]


def kraus(name, args):
    """Kraus operators by name, from their definitions."""
    if name in ("depolarizing", "depolarizing2"):
        return depolarizing(args[0], 1 + (name == "depolarizing2"))
    if name == "global_depolarizing":
        q, n = args
        return depolarizing((1 - q) * (1 - 4.0**-n), n)
    if name == "pauli":
        rest = np.sqrt(1 - sum(args[0].values())) * np.eye(2 ** len(next(iter(args[0]))))
        return [rest, *(np.sqrt(p) * pauli(string) for string, p in args[0].items())]
    if name.endswith("_flip"):
        return kraus("pauli", [{{"bit_flip": "X", "phase_flip": "Z", "bit_phase_flip": "Y"}[name]: args[0]}])
    if name == "amplitude_damping":
        (g,) = args
        return [np.diag([1, np.sqrt(1 - g)]), np.array([[0, np.sqrt(g)], [0, 0]])]
    if name == "generalized_amplitude_damping":
        g, excited = args
        down = kraus("amplitude_damping", [g])
        return [np.sqrt(1 - excited) * one for one in down] + [np.sqrt(excited) * X @ one @ X for one in down]
    if name == "phase_damping":
        return [np.diag([1, np.sqrt(1 - args[0])]), np.diag([0, np.sqrt(args[0])])]
    if name == "reset":
        (p,) = args
        return [
            np.sqrt(1 - p) * np.eye(2),
            np.sqrt(p) * np.diag([1, 0]),
            np.sqrt(p) * np.array([[0, 1], [0, 0]]),
        ]
    assert name == "thermal_relaxation"
    t1, t2, time, excited = args
    leak = 1 - np.exp(time / t1 - 2 * time / t2)
    decay = kraus("generalized_amplitude_damping", [1 - np.exp(-time / t1), excited])
    return [b @ a for b in kraus("phase_damping", [leak]) for a in decay]


def made(name, args):
    """The library's channel of the same name."""
    if name == "depolarizing2":
        return qt.noise.depolarizing(args[0], 2)
    if name == "generalized_amplitude_damping":
        return qt.noise.amplitude_damping(*args)
    return getattr(qt.noise, name)(*args[: 1 if name == "global_depolarizing" else None])


def angle_of(entry):
    angle = qt.Angle(entry.get("constant", 0.0))
    for index, factor in entry.get("param", {}).items():
        angle = angle + factor * qt.param(int(index))
    for index, factor in entry.get("feature", {}).items():
        angle = angle + factor * qt.feature(int(index))
    for parameter, feature, factor in entry.get("product", []):
        angle = angle + factor * qt.param(parameter) * qt.feature(feature)
    return angle


def circuit_of(n, operations, channels=True):
    circuit = qt.Circuit(n)
    for one in operations:
        name, qubits = one["op"], one["qubits"]
        if name == "channel":
            if channels:
                circuit.channel(made(one["name"], one["args"]), qubits)
        elif name == "rotation":
            circuit.rotation(angle_of(one["angle"]), one["pauli"], qubits)
        elif name == "evolve":
            circuit.evolve(angle_of(one["angle"]), qt.pauli(one["pauli"]), qubits)
        elif "angle" in one:
            getattr(circuit, name)(angle_of(one["angle"]), *qubits)
        else:
            getattr(circuit, name)(*qubits)
    return circuit


def observable_of(terms):
    return sum((coefficient * qt.pauli(letters) for letters, coefficient in terms.items()), start=0)


def unitary(instruction, theta, x):
    """On the instruction's qubits."""
    angles = [angle_value(angle, theta, x) for angle in instruction.angles]
    if instruction.matrix is not None:
        return instruction.matrix
    if instruction.pauli is not None:
        return exponential(pauli(instruction.pauli) / 2, angles[0])
    if instruction.generator is not None:
        return exponential(instruction.generator.matrix(), angles[0])
    if instruction.name == "u3":
        a, b, c = angles
        phases = [GENERATORS["phase"], GENERATORS["ry"], GENERATORS["phase"]]
        first, second, third = (exponential(g, v) for g, v in zip(phases, (c, a, b), strict=True))
        return third @ second @ first
    if angles:
        return exponential(GENERATORS[instruction.name], angles[0])
    return FIXED[instruction.name]


def predict(model, theta, x=(), state=None):
    """Predictions (k,) of one sample."""
    n = model.circuit.n_qubits
    d = 2**n
    if state is None:
        state = np.eye(d)[0]
    rho = np.outer(state, np.conj(state)) if np.ndim(state) == 1 else np.array(state, dtype=complex)
    for one in model.circuit:
        if one.channel is not None:
            operators = [embed(matrix, one.qubits, n) for matrix in one.channel.kraus]
        else:
            operators = [embed(unitary(one, theta, x), one.qubits, n)]
        rho = sum(matrix @ rho @ matrix.conj().T for matrix in operators)
    observables = model.observable if isinstance(model.observable, list) else [model.observable]
    return model.scale * np.array([np.trace(one.matrix() @ rho).real for one in observables])


def differences(function, at, step=1e-5):
    """Central differences, the last axis that of the variables."""
    at = np.asarray(at, dtype=float)
    columns = []
    for k in range(len(at)):
        move = step * np.eye(len(at))[k]
        columns.append((function(at + move) - function(at - move)) / (2 * step))
    return np.stack(columns, axis=-1)
