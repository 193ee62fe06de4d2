"""What is measured: circuits, data and observables that every peer builds in its own language.

Qubit 0 is the most significant bit; ry, rz and Pauli rotations are exp(-i angle P/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import count, groupby

import numpy as np


@dataclass(frozen=True, eq=False)
class Gate:
    """`name`: rx, ry, rz, cx, cz, cry, pauli (a rotation about `letters`) or unitary (`matrix`). The angle is
    factor * theta[parameter], or x[feature]. Or a channel of strength `factor`: damping (of the amplitude) or
    depolarizing (each Pauli matrix with a third)."""

    name: str
    wires: tuple[int, ...]
    parameter: int | None = None
    feature: int | None = None
    factor: float = 1.0
    letters: str = ""
    matrix: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """A task ("jacobian", "training", "expectation", "fisher" or "gradient") on one of five circuits after the input
    prod_q RY(x_q)|0>:

    layered: `layers` times RY, RZ on every qubit and a ring of CZ; theta index (layer n + qubit) 2 + gate.
    reuploaded: `layers` times RX of the data, and a layer of those.
    noisy: the layered circuit with damping of 0.02 and depolarising of 0.01 behind each RZ.
    haar: `layers` times a Haar-random unitary and exp(-i theta_l Z_0).
    mixed: `layers` times the data again, RY, RZ, a ring of CX, rotations about XYZ, controlled RY, a fixed
        two-qubit unitary (see `_mixed_layer`).

    The observable is Z_0 ("z0") or the sum over q of Z_q Z_(q+1 mod n) ("zz").
    """

    task: str
    kind: str
    n: int
    layers: int
    m: int
    observable: str = "z0"
    steps: int = 100
    rate: float = 0.05  # of descent on (1/m) sum_j (yhat_j - y_j)^2

    @property
    def d(self) -> int:
        return 2**self.n

    @cached_property
    def p(self) -> int:
        return 1 + max(gate.parameter for gate in self.gates if gate.parameter is not None)

    @cached_property
    def X(self) -> np.ndarray:
        return 0.3 + 0.7 * np.sin(1.0 + np.arange(self.m)[:, None] * self.n + np.arange(self.n))

    @cached_property
    def theta(self) -> np.ndarray:
        return 0.1 + 0.37 * np.sin(np.arange(self.p) + 1.0)

    @cached_property
    def y(self) -> np.ndarray:
        return (-1.0) ** np.arange(self.m)

    @property
    def ring(self) -> list[tuple[int, int]]:
        return [(q, (q + 1) % self.n) for q in range(self.n)] if self.n > 2 else [(0, 1)]

    @cached_property
    def unitaries(self) -> np.ndarray:
        """Haar-random: one a layer on all qubits, or the one on two qubits of the mixed circuit."""
        count, d = (self.layers, self.d) if self.kind == "haar" else (1, 4)
        random = np.random.default_rng(1234)
        gaussian = random.normal(size=(count, d, d)) + 1j * random.normal(size=(count, d, d))
        q, r = np.linalg.qr(gaussian)
        phases = np.einsum("lii->li", r)
        return q * (phases / np.abs(phases))[:, None, :]

    @cached_property
    def encoding(self) -> list[Gate]:
        return [Gate("ry", (q,), feature=q) for q in range(self.n)]

    @cached_property
    def body(self) -> list[Gate]:
        parameters = count()
        layer = {
            "layered": self._layered_layer,
            "noisy": self._noisy_layer,
            "reuploaded": self._reuploaded_layer,
            "haar": self._haar_layer,
            "mixed": self._mixed_layer,
        }
        return [gate for l in range(self.layers) for gate in layer[self.kind](l, parameters)]

    @property
    def gates(self) -> list[Gate]:
        # The mixed circuit begins every layer with the data, its first one included.
        return self.body if self.kind == "mixed" else self.encoding + self.body

    @property
    def gates_for_cone(self) -> list[Gate]:
        """The same circuit for peers that look for the light cone of Z_0 gate by gate.

        The CZs of a ring commute. Taken around the ring each hands the cone on to the next, until it covers every
        qubit; nearest to qubit 0 first, a layer widens it by one qubit on each side."""
        result: list[Gate] = []
        for name, gates in groupby(self.gates, key=lambda gate: gate.name):
            run = list(gates)
            result += sorted(run, key=self._distance) if name == "cz" else run
        return result

    def _distance(self, gate: Gate) -> int:
        return max(min(wire, self.n - wire) for wire in gate.wires)

    def _rotations(self, parameters: count) -> list[Gate]:
        return [Gate(name, (q,), next(parameters)) for q in range(self.n) for name in ("ry", "rz")]

    def _layered_layer(self, l: int, parameters: count) -> list[Gate]:
        return self._rotations(parameters) + [Gate("cz", pair) for pair in self.ring]

    def _noisy_layer(self, l: int, parameters: count) -> list[Gate]:
        result: list[Gate] = []
        for gate in self._layered_layer(l, parameters):
            result.append(gate)
            if gate.name == "rz":
                result += [
                    Gate("damping", gate.wires, factor=0.02),
                    Gate("depolarizing", gate.wires, factor=0.01),
                ]
        return result

    def _reuploaded_layer(self, l: int, parameters: count) -> list[Gate]:
        return [Gate("rx", (q,), feature=q) for q in range(self.n)] + self._layered_layer(l, parameters)

    def _haar_layer(self, l: int, parameters: count) -> list[Gate]:
        everything = tuple(range(self.n))
        return [
            Gate("unitary", everything, matrix=self.unitaries[l]),
            Gate("rz", (0,), next(parameters), factor=2.0),
        ]

    @property
    def pauli_starts(self) -> range:
        """First qubits of the rotations about XYZ on three neighbours."""
        return range(0, self.n - 2, 3)

    @property
    def controlled_pairs(self) -> list[tuple[int, int]]:
        return [(q, (q + 1) % self.n) for q in range(1, self.n, 2)]

    @property
    def unitary_wires(self) -> tuple[int, int]:
        return (0, self.n // 2)

    def _mixed_layer(self, l: int, parameters: count) -> list[Gate]:
        return [
            *self.encoding,
            *self._rotations(parameters),
            *(Gate("cx", pair) for pair in self.ring),
            *(Gate("pauli", (q, q + 1, q + 2), next(parameters), letters="XYZ") for q in self.pauli_starts),
            *(Gate("cry", pair, next(parameters)) for pair in self.controlled_pairs),
            Gate("unitary", self.unitary_wires, matrix=self.unitaries[0]),
        ]

    @property
    def z_terms(self) -> list[tuple[int, ...]]:
        """The observable as a sum of products of Z."""
        return [(0,)] if self.observable == "z0" else list(self.ring)

    def bit(self, q: int) -> np.ndarray:
        """The bit of qubit q in every basis index."""
        return (np.arange(self.d) >> (self.n - 1 - q)) & 1

    @cached_property
    def observable_diagonal(self) -> np.ndarray:
        return sum(np.prod([1.0 - 2.0 * self.bit(q) for q in term], axis=0) for term in self.z_terms)

    @cached_property
    def cz_signs(self) -> np.ndarray:
        return np.prod([1.0 - 2.0 * (self.bit(a) & self.bit(b)) for a, b in self.ring], axis=0)

    @cached_property
    def cx_source(self) -> np.ndarray:
        """The ring of CX as a permutation: amplitude i afterwards is amplitude source[i] before."""
        index = np.arange(self.d)
        for a, b in reversed(self.ring):
            index = index ^ (((index >> (self.n - 1 - a)) & 1) << (self.n - 1 - b))
        return index
