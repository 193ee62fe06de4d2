"""Circuits with noise, and models that estimate them."""

import numpy as np
import qtangent as qt


def estimator(circuit, observable, scale=1.0, **more):
    return qt.Model(circuit, observable, scale, method="trajectories", **more)


def noisy(n, depth, channel):
    circuit = qt.Circuit(n)
    for qubit in range(n):
        circuit.ry(qt.feature(qubit % 2), qubit)
    for layer in range(depth):
        for qubit in range(n):
            circuit.ry(qt.param(2 * n * layer + qubit), qubit).channel(channel, qubit)
            circuit.rz(qt.param(2 * n * layer + n + qubit), qubit)
        for qubit in range(n - 1):
            circuit.cz(qubit, qubit + 1)
    return circuit


def behind_unitaries(circuit, *channels):
    """Channels, one for each qubit or on all, behind every fixed unitary."""
    n, result = circuit.n_qubits, []
    for one in circuit:
        result.append(one)
        for channel in channels if one.name == "unitary" else ():
            result += [
                qt.Instruction("channel", q, channel=channel)
                for q in (range(n) if channel.n_qubits == 1 else [range(n)])
            ]
    return qt.Circuit.from_instructions(n, result)


def within(estimate, exact, rounding=1e-12):
    assert (np.abs(estimate.mean - exact) <= 5 * estimate.standard_error + rounding).all()
