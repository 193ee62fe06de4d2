"""Circuits with noise that the experiments share."""

from __future__ import annotations

import numpy as np
import qtangent as qt


def depolarising(n: int, q: float) -> qt.noise.Channel:
    """Depolarising of one qubit that leaves, put on each of n, the share q of a traceless operator on average:
    ((1 + 3k)/4)^n = q + (1 - q)/4^n with what it keeps of a letter, k."""
    kept = (4 * (q + (1 - q) / 4**n) ** (1 / n) - 1) / 3
    return qt.noise.depolarizing(3 * (1 - kept) / 4, 1)


def haar_with_noise(n: int, p: int, contraction: float, scale: float, seed: int) -> qt.Model:
    """Gates exp(-i theta Z_0) between random unitaries, behind each of which every qubit is depolarised; Q as asked for."""
    noise = None
    if contraction < 1:
        channel = depolarising(n, contraction ** (1 / (p + 1)))
        noise = qt.NoiseModel().add(channel, gates="unitary")
    circuit = qt.ansatz.haar(n, p, seed=seed)
    return qt.Model(circuit, qt.pauli("Z" + "I" * (n - 1)), scale=scale, noise=noise)


def problem(n: int, p: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters, labels 1 and -1 in turn, and random orthogonal states."""
    theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, p)
    return theta, np.resize([1.0, -1.0], m), qt.encoding.haar_states(n, m, seed=seed)
