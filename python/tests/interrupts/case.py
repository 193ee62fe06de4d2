"""A call that takes seconds, on fixed inputs."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import qtangent as qt

Call = Callable[[], Any]
"""Returns arrays, numbers and text, in sequences and mappings: what two calls must agree in, bit for bit."""


@dataclass(frozen=True)
class Case:
    """What is interrupted."""

    name: str
    make: Callable[[], tuple[Call, tuple[np.ndarray, ...]]]
    """The call, and the arrays that it is given and must leave alone."""
    loops: bool = False
    """Python itself goes from call to call: the signal may come at any moment. Else it comes while the C function runs that
    the name begins with."""

    @property
    def function(self) -> str | None:
        """The C function in which the signal comes."""
        return None if self.loops else self.name.split(":")[0]


def random_state(seed: int) -> np.random.Generator:
    """Numbers of this case alone."""
    return np.random.default_rng(seed)


def problem(n: int, layers: int, m: int, k: int = 1) -> tuple[qt.Model, np.ndarray, qt.Samples, np.ndarray]:
    """A model of m pure states, its parameters, the samples and labels."""
    letters = ["Z" * (n - q) + "I" * q for q in range(k)]
    observables = [qt.pauli(one) for one in letters]
    model = qt.Model(qt.ansatz.hardware_efficient(n, layers), observables if k > 1 else observables[0])
    theta = random_state(1).uniform(0, 6, model.n_params)
    states = qt.encoding.haar_states(n, m, orthogonal=False, seed=2)
    labels = np.where(np.arange(m) % 2, 1.0, -1.0)
    return model, theta, qt.Samples(states=states), np.tile(labels[:, None], k) if k > 1 else labels


def features(n: int, layers: int, m: int, f: int) -> tuple[qt.Model, np.ndarray, np.ndarray]:
    """A model of f features that come again in every layer, its parameters and features (m, f)."""
    circuit = qt.Circuit(n)
    index = 0
    for layer in range(layers):
        for q in range(n):
            circuit.rx(qt.feature((layer * n + q) % f), q).ry(qt.param(index), q).rz(qt.param(index + 1), q)
            index += 2
        for q in range(n - 1):
            circuit.cz(q, q + 1)
    random = random_state(3)
    return qt.Model(circuit, qt.pauli("Z" * n)), random.uniform(0, 6, index), random.uniform(-1, 1, (m, f))


def bits(value: Any) -> bytes:
    """Equal exactly for what is equal bit for bit."""
    digest = hashlib.sha256()

    def take(part: Any) -> None:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        elif isinstance(part, (bytes, str, os.PathLike)):
            digest.update(part if isinstance(part, bytes) else str(part).encode())
        elif isinstance(part, Mapping):
            for key in sorted(part):
                take(key)
                take(part[key])
        elif isinstance(part, (tuple, list)):
            digest.update(b"%d" % len(part))
            for one in part:
                take(one)
        elif isinstance(part, (bool, int, type(None))):
            digest.update(repr(part).encode())
        else:
            digest.update(struct.pack("d", float(part)))

    take(value)
    return digest.digest()
