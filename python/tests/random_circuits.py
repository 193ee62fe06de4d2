"""Random circuits with data re-uploading, for every bridge to another package."""

import numpy as np
import qtangent as qt


def reuploading(seed):
    """A model with two observables, parameters (p,) and features (4, f): rotations of parameters, of features and of
    products of both, in layers with entangling gates between them."""
    rng = np.random.default_rng(seed)
    n, layers = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    circuit, index = qt.Circuit(n), 0
    for _ in range(layers):
        for qubit in range(n):
            kind = ("rx", "ry", "rz")[int(rng.integers(3))]
            getattr(circuit, kind)(float(rng.normal()) * qt.feature(qubit) + float(rng.normal()), qubit)
            circuit.rx(qt.param(index), qubit).rz(qt.param(index + 1) * qt.feature(qubit), qubit)
            index += 2
        for qubit in range(n - 1):
            (circuit.cx, circuit.cz)[int(rng.integers(2))](qubit, qubit + 1)
        circuit.rzz(qt.param(index) + 0.3, 0, n - 1)
        index += 1
    letters = ["".join(rng.choice([*"IXYZ"], n)) for _ in range(2)]
    observables = [0.7 * qt.pauli(letters[0]) + qt.pauli("Z" + "I" * (n - 1)), qt.pauli(letters[1])]
    return qt.Model(circuit, observables), rng.uniform(-3, 3, index), rng.uniform(-2, 2, (4, n))


def noisy(seed):
    """The same with depolarising and damping behind gates, and misread qubits."""
    model, theta, X = reuploading(seed)
    noise = (
        qt.NoiseModel()
        .add(qt.noise.depolarizing(0.02), gates=("cx", "cz", "rzz"))
        .add(qt.noise.amplitude_damping(0.05, excited=0.1), every="layer")
        .readout(0.02, 0.05)
    )
    return qt.Model(model.circuit, model.observable, noise=noise), theta, X
