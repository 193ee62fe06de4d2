"""The two classifiers that are attacked: handwritten digits on four qubits (docs/audit.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

QUBITS = 4
WAVE = 3 * np.sin(2 * np.pi * np.add.outer(np.arange(8), np.arange(8)) / 8)
"""Added to images of 8 x 8 pixels from 0 to 16: smooth, and nowhere as large as a fifth of the range."""


@dataclass(frozen=True, eq=False)
class Victim:
    """A classifier before its training, with its data and the settings of the attacks.

    `X` (m, f) and `y` (m,) train, `X_test` and `y_test` measure; `stamp` is the trigger of the poisoning, `wave` (f,) what a
    sinusoid over the pixels adds to the features.
    """

    name: str
    model: qt.Model
    X: Any
    y: Any
    X_test: Any
    y_test: Any
    steps: int
    target: int
    stamp: dict[int, float]
    wave: Any

    def train(self, seed: int, X: Any = None, y: Any = None) -> Any:
        """The weights (p,) after full-batch Adam on cross-entropy from uniform weights; on other data if given."""
        start = np.random.default_rng(seed).uniform(-np.pi, np.pi, self.model.n_params)
        data = (self.X, self.y) if X is None else (X, y)
        run = qt.train(
            self.model, data[1], X=data[0], theta=start, loss="cross_entropy", optimizer=qt.Adam(0.05),
            steps=self.steps, record_every=self.steps,
        )  # fmt: skip
        return run.theta


def encoder(*rotations: str) -> qt.Circuit:
    """Layers of rotations, one a qubit; feature layer * 4 + qubit."""
    circuit = qt.Circuit(QUBITS)
    for layer, rotation in enumerate(rotations):
        for qubit in range(QUBITS):
            getattr(circuit, rotation)(qt.feature(layer * QUBITS + qubit), qubit)
    return circuit


def ansatz(blocks: int) -> qt.Circuit:
    """Blocks of RY and RZ on every qubit and a ring of CX; parameter (block * 2 + rotation) * 4 + qubit."""
    circuit = qt.Circuit(QUBITS)
    for block in range(blocks):
        for place, rotation in enumerate(("ry", "rz")):
            for qubit in range(QUBITS):
                getattr(circuit, rotation)(qt.param((2 * block + place) * QUBITS + qubit), qubit)
        for qubit in range(QUBITS):
            circuit.cx(qubit, (qubit + 1) % QUBITS)
    return circuit


def three_against_six() -> Victim:
    """Digits 3 (class 0) and 6: four principal components as angles of RX, 24 weights."""
    X, y = _images(3, 6)
    X, X_test, y, y_test = _split(X, (y == 6).astype(int), 124)
    components = PCA(QUBITS, random_state=0).fit(X)
    X, X_test = components.transform(X), components.transform(X_test)
    low, high = X.min(axis=0), X.max(axis=0)
    X, X_test = (np.clip((one - low) / (high - low), 0, 1) * np.pi for one in (X, X_test))
    wave = components.components_ @ WAVE.reshape(-1) / (high - low) * np.pi
    observables = [qt.pauli("0.5 ZIII + 0.5 IZII"), qt.pauli("0.5 IIZI + 0.5 IIIZ")]
    model = qt.Model(encoder("rx") + ansatz(3), observables, scale=3.0)
    return Victim("3 against 6", model, X, y, X_test, y_test, 150, 0, {3: np.pi}, wave)


def four_digits() -> Victim:
    """Digits 0 to 3: sixteen pixels as angles of RY, RZ, RX, RY, 32 weights."""
    X, y = _images(0, 1, 2, 3)
    X, X_test, y, y_test = _split(_pooled(X), y, 240)
    observables = [qt.pauli("I" * q + "Z" + "I" * (QUBITS - 1 - q)) for q in range(QUBITS)]
    model = qt.Model(encoder("ry", "rz", "rx", "ry") + ansatz(4), observables, scale=3.0)
    return Victim("0 to 3", model, X, y, X_test, y_test, 250, 1, {15: np.pi}, _pooled(WAVE.reshape(1, -1))[0])


VICTIMS = {"V1": three_against_six, "V2": four_digits}


def _pooled(X: Any) -> Any:
    """Means of 2 x 2 pixels as angles, 16 to pi."""
    return X.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) * np.pi / 16


def _images(*classes: int) -> tuple[Any, Any]:
    images, labels = load_digits(return_X_y=True)
    wanted = np.isin(labels, classes)
    return images[wanted], labels[wanted]


def _split(X: Any, y: Any, held_out: int) -> Any:
    return train_test_split(X, y, test_size=held_out, random_state=0, stratify=y)
