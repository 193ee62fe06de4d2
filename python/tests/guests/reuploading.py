"""Random circuits with data re-uploading, for bridges whose gradients are compared with the model's own."""

from __future__ import annotations

import numpy as np
import qtangent as qt

GATES = ("rx", "ry", "rz", "rxx", "ryy", "rzz", "crx", "cry", "cp")
FEATURES = 2


def model(seed: int) -> qt.Model:
    """A circuit on 2 to 4 qubits whose angles hold parameters, features, and products of both; one observable, or a list
    of two or three."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 5))
    circuit, params = qt.Circuit(n), 0
    for layer in range(4):
        for qubit in range(n):
            angle = draw.normal() * qt.feature(int(draw.integers(FEATURES)))
            circuit.rx(
                angle if layer % 2 else qt.param(params) * qt.feature(int(draw.integers(FEATURES))), qubit
            )
            params += 1 - layer % 2
        for _ in range(3):
            gate = str(draw.choice(GATES))
            qubits = [int(q) for q in draw.permutation(n)[: 1 if gate in ("rx", "ry", "rz") else 2]]
            angle = draw.normal() * qt.param(params) + draw.normal() * qt.feature(
                int(draw.integers(FEATURES))
            )
            getattr(circuit, gate)(angle + draw.normal(), *qubits)
            params += 1
        circuit.cx(0, 1)
    circuit.ry(qt.param(int(draw.integers(params))), 0)
    strings = ["".join(draw.choice(list("IXYZ"), n - 1)) + str(draw.choice(list("XYZ"))) for _ in range(3)]
    observables = [qt.pauli(one) + 0.5 * qt.pauli("Z" + "I" * (n - 1)) for one in strings]
    return qt.Model(circuit, observables[0] if seed % 3 == 0 else observables[: seed % 3 + 1], scale=1.5)


def inputs(model: qt.Model, m: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters (p,), features (m, f), and weights like the predictions."""
    draw = np.random.default_rng(m)
    theta, X = draw.uniform(-3, 3, model.n_params), draw.normal(size=(m, FEATURES))
    return theta, X, draw.normal(size=model.predict(theta, X).shape)
