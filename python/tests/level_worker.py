"""Computes the cases of test_cpu_levels.py with the library it is told to load: python level_worker.py results.npz"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator

import numpy as np
import qtangent as qt
from qtangent import _native


def random_matrix(d, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))


def random_unitary(d, seed):
    return np.linalg.qr(random_matrix(d, seed))[0]


def random_hermitian(d, seed):
    a = random_matrix(d, seed)
    return (a + a.conj().T) / (2 * np.sqrt(d))


def every_gate(n):
    """Every gate of the native table on near and far qubits, and what the table has no row for; then the inverse of
    half of it, where sxdg and iswapdg come from."""
    table = json.loads(_native.read_bytes("qtg_gate_table"))
    parameters, features, places = itertools.count(), itertools.cycle(range(n)), itertools.count()

    def angle(k):
        return (
            qt.param(next(parameters)),
            0.7 * qt.param(next(parameters)) + qt.feature(next(features)),
            qt.param(next(parameters)) * qt.feature(next(features)),
            0.3 + 0 * qt.feature(next(features)),
        )[k % 4]

    def qubits(count):
        start = next(places)
        return [(start * 5 + k * (1 + start % (n // count))) % n for k in range(count)]

    def append(circuit, stride):
        for q in range(n):
            circuit.ry(angle(0), q).rz(angle(1), q)
        for k, row in enumerate(table):
            if hasattr(circuit, row["name"]):
                getattr(circuit, row["name"])(
                    *(angle(k + a * stride) for a in range(row["angles"])), *qubits(row["qubits"])
                )
            if k % 3 == 0:
                circuit.rx(angle(k), qubits(1)[0])
        circuit.rotation(angle(0), "XYZ", (n - 1, 0, n // 2)).rotation(angle(1), "ZZ", (0, n - 1))
        circuit.unitary(random_unitary(2, 1), n - 1).unitary(random_unitary(4, 2), (0, n - 1))
        circuit.unitary(random_unitary(8, 3), (1, n - 1, 0))
        circuit.evolve(angle(0), random_hermitian(4, 4), (n - 1, 1))
        circuit.evolve(
            angle(1), 0.5 * qt.pauli("XXI") - 0.3 * qt.pauli("IZY") + 0.1 * qt.pauli("ZII"), (0, 1, 2)
        )
        return circuit

    second = append(qt.Circuit(n), 1).inverse()
    return append(qt.Circuit(n), 2).then(second)


def observables(n):
    letters = ("".join(pattern) for pattern in itertools.product("IXYZ", repeat=3))
    strings = [qt.pauli((word * n)[:n]) for word in itertools.islice(letters, 27, 64, 9)]
    neighbours = [
        qt.pauli("".join("Z" if q in (k, (k + 1) % n) else "I" for q in range(n))) for k in range(n)
    ]
    ring = neighbours[0]
    for term in neighbours[1:]:
        ring = ring + term
    return [*strings, ring, 2.0 * qt.projector("01" * (n // 2) + "1" * (n % 2)) - strings[0]]


def results(model, rng, m, **states) -> Iterator[tuple[str, np.ndarray]]:
    """Everything a model computes."""
    theta = rng.uniform(0, 2 * np.pi, model.n_params)
    X = rng.uniform(-1, 1, (m, model.circuit.n_features)) if model.circuit.n_features else None
    y = rng.normal(size=(m, model.n_outputs)) if isinstance(model.observable, list) else rng.normal(size=m)
    sample = {"X": X, **states} if X is not None or states else {}
    yield "predictions", model.predict(theta, **sample)
    yield "jacobian", model.jacobian(theta, **sample)
    yield "kernel", model.tangent_kernel(theta, **sample)
    yield "states", model.output_states(theta, **sample)
    if sample:
        yield "gradient", model.loss_and_gradient(theta, y, **sample)[1]
    sets = theta + 0.1 * np.arange(3)[:, None]
    yield "jacobian of three sets", model.jacobian(sets, **sample)


def cases() -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(11)

    def of(name, model, m, **states):
        for what, value in results(model, rng, m, **states):
            yield f"{name}, {m} samples: {what}", value

    # Blocks: whole lanes, some lanes, one sample.
    for n, m in ((3, 1), (4, 4), (5, 6), (6, 9), (10, 3)):
        yield from of(f"every gate, n {n}", qt.Model(every_gate(n), observables(n), 1.5), m)
    # Tiles, and blocks where a dense observable rules them out.
    for n, m in ((12, 1), (13, 1), (13, 3), (14, 2)):
        yield from of(f"every gate, n {n}", qt.Model(every_gate(n), observables(n)), m)
    for n, m in ((13, 2), (14, 1)):
        layered = qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, 3)
        yield from of(f"layered, n {n}", qt.Model(layered, observables(n)[-2]), m)
        states = qt.encoding.haar_states(n, m, seed=n)
        layered = qt.ansatz.hardware_efficient(n, 2, ("rx", "rz"), "cx", "chain")
        yield from of(f"layered on states, n {n}", qt.Model(layered, observables(n)), m, states=states)

    for n in (3, 6):
        dense = qt.hermitian(random_hermitian(2**n, 5))
        for rotation in ("rx", "ry", "rz"):
            circuit = qt.encoding.angle(n, rotation) + every_gate(n)
            yield from of(f"{rotation} encoding, n {n}", qt.Model(circuit, [dense, *observables(n)]), 5)
        circuit = qt.encoding.zz(n) + qt.ansatz.hardware_efficient(n, 2, ("ry", "rz"), "iswap", "full")
        yield from of(f"zz encoding, n {n}", qt.Model(circuit, dense), 5)
        ansatz = qt.ansatz.hardware_efficient(n, 3, ("rx", "ry", "rz"), "cx")
        pure = qt.encoding.amplitude(rng.uniform(size=(7, 2**n - 1)), n)
        yield from of(f"amplitude encoding, n {n}", qt.Model(ansatz, observables(n)), 7, states=pure)
        states = qt.encoding.haar_states(n, 6, seed=2)
        mixed = 0.5 * np.einsum("ji,jk->jik", states[:3], states[:3].conj())
        mixed += 0.5 * np.einsum("ji,jk->jik", states[3:], states[3:].conj())
        yield from of(
            f"mixed states, n {n}", qt.Model(every_gate(n), [dense, *observables(n)]), 3, states=mixed
        )
        haar = qt.Model(qt.ansatz.haar(n, 6, seed=3), dense)
        yield from of(f"Haar ansatz, n {n}", haar, 6, states=states)
        generator = qt.ansatz.haar(n, 4, random_hermitian(2**n, 6), seed=4)
        yield from of(
            f"Haar ansatz of a dense generator, n {n}", qt.Model(generator, dense), 6, states=states
        )
        model = qt.Model(every_gate(n), observables(n)[-1])
        theta, X = rng.uniform(0, 6, model.n_params), rng.normal(size=(4, model.circuit.n_features))
        yield f"Fisher information, n {n}", model.fisher_information(theta, X[0])
        yield f"dQNTK, n {n}", model.dqntk(theta, X)
        run = qt.train(model, rng.uniform(-0.9, 0.9, 4), X=X, theta=theta, steps=10, optimizer=qt.Adam(0.01))
        yield f"training, n {n}", run.theta


if __name__ == "__main__":
    found = dict(cases())
    found["level"] = np.array(qt.build_info()["cpu_level"])
    np.savez(sys.argv[1], **found)
