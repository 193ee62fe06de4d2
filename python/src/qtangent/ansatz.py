"""Ready-made trainable circuits."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import _native
from . import _signatures as c
from ._native import arrays as _arrays
from ._native.errors import InvalidArgumentError
from .angles import param
from .circuits import Circuit
from .instructions import gate_id
from .observables import Observable
from .observables import generator as as_observable

_TOPOLOGIES = {"ring": c.QTG_TOPOLOGY_RING, "chain": c.QTG_TOPOLOGY_CHAIN, "full": c.QTG_TOPOLOGY_FULL}

# What a random unitary takes on one thread, divided by 8^n.
_UNITARY_SECONDS = 6e-10


def hardware_efficient(
    n_qubits: int,
    layers: int,
    rotations: Sequence[str] = ("ry", "rz"),
    entangler: str = "cz",
    topology: str = "chain",
) -> Circuit:
    """`layers` times every rotation on every qubit, then the entangler on every pair of the topology.

    Parameter (layer * n_qubits + qubit) * len(rotations) + rotation.

    A ring of CZ on three or more qubits confines the circuit to a subgroup of SU(2^n), symplectic or orthogonal, however
    deep it is (docs/maths.md, "Circuits that do not fill the group"); the chain does not.

    Args:
        n_qubits: 1 to 128.
        layers: at least 1.
        rotations: names of one-qubit gates with one angle.
        entangler: name of a fixed two-qubit gate.
        topology: "chain" (qubit q with q + 1), "ring" (the last with the first besides) or "full" (every pair).

    Raises:
        InvalidArgumentError: for other gates or topologies, and for numbers out of range.
    """
    if not _arrays.among(topology, _TOPOLOGIES):
        raise InvalidArgumentError(f"topology is {topology!r}; it must be one of {', '.join(_TOPOLOGIES)}")
    names = (rotations,) if isinstance(rotations, str) else rotations
    gates = np.array([gate_id(name) for name in names], dtype=np.int32)
    return Circuit._adopt(
        _native.create(
            "qtg_ansatz_hardware_efficient",
            _arrays.integer("n_qubits", n_qubits),
            _arrays.integer("layers", layers),
            _arrays.pointer(gates),
            len(gates),
            gate_id(entangler),
            _TOPOLOGIES[topology],
        )
    )


def strongly_entangling(n_qubits: int, layers: int, ranges: Sequence[int] | None = None) -> Circuit:
    """`layers` times RZ, RY, RZ on every qubit, then CX from every qubit q to q + r, counted around the ring.

    Parameter (layer * n_qubits + qubit) * 3 + rotation: the order of PennyLane's weights (layers, n_qubits, 3).

    Source: Schuld, Bocharov, Svore, Wiebe, Phys. Rev. A 101, 032308 (2020).

    Args:
        n_qubits: 1 to 128; a single qubit has no CX.
        layers: at least 1.
        ranges: r of each layer, 1 to n_qubits - 1; (layer mod (n_qubits - 1)) + 1 unless given.

    Raises:
        InvalidArgumentError: for numbers out of range, and for another number of ranges than layers.
    """
    circuit, count = Circuit(n_qubits), _arrays.integer("layers", layers)
    n = circuit.n_qubits
    if count < 1:
        raise InvalidArgumentError(f"layers is {count}; it must be at least 1")
    distances = (
        [1 + layer % max(n - 1, 1) for layer in range(count)]
        if ranges is None
        else _arrays.several("ranges", ranges, "distances")
    )
    if len(distances) != count:
        raise InvalidArgumentError(f"ranges has {len(distances)} entries, the circuit has {count} layers")
    index = itertools.count()
    for distance in distances:
        if n > 1 and not 1 <= _arrays.integer("a range", distance) < n:
            raise InvalidArgumentError(f"ranges has {distance}; on {n} qubits 1 to {n - 1} are possible")
        for qubit in range(n):
            circuit.rz(param(next(index)), qubit).ry(param(next(index)), qubit).rz(param(next(index)), qubit)
        for qubit in range(n if n > 1 else 0):
            circuit.cx(qubit, (qubit + distance) % n)
    return circuit


def haar(
    n_qubits: int,
    n_params: int,
    generator: Observable | ArrayLike | None = None,
    seed: int = 0,
    unitaries: ArrayLike | None = None,
) -> Circuit:
    """The partially trainable ansatz U_p exp(-i theta_p H) ... U_1 exp(-i theta_1 H) U_0 with fixed U_l.

    Source: You, Chakrabarti, Chen, Wu, ICML 2023 (arXiv 2303.14844).

    Args:
        n_qubits: n, 1 to 10.
        n_params: p, 0 or more.
        generator: H on all qubits, an observable or Hermitian (2^n, 2^n); Pauli Z on qubit 0 by default.
        seed: draws the U_l from the Haar measure.
        unitaries: (p + 1, 2^n, 2^n), U_0 first, instead of random ones.

    Raises:
        InvalidArgumentError: for shapes that do not fit, matrices that are not unitary, and numbers out of range.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    n, p = _arrays.integer("n_qubits", n_qubits), _arrays.integer("n_params", n_params)
    hamiltonian = None if generator is None else as_observable(generator)
    matrices = None
    if unitaries is not None:
        if not 1 <= n <= 10:
            raise InvalidArgumentError(f"n_qubits is {n}; 1 to 10 is possible for Haar unitaries")
        matrices = _arrays.complex_("unitaries", unitaries)
        _arrays.expect_shape("unitaries", matrices, (p + 1, 2**n, 2**n), "(n_params + 1, 2^n, 2^n)")

    def work(cancel: int) -> Circuit:
        return Circuit._adopt(
            _native.create(
                "qtg_ansatz_haar",
                n,
                p,
                0 if hamiltonian is None else hamiltonian._handle,
                _arrays.seed(seed),
                _arrays.pointer(matrices),
                cancel,
            )
        )

    # What is out of range is an error at once.
    seconds = _UNITARY_SECONDS * (p + 1) * 8.0**n if 1 <= n <= 10 else 0.0
    return _native.interruptible(seconds, work, "making the unitaries")


def hamiltonian_variational(terms: Sequence[Observable | ArrayLike], layers: int) -> Circuit:
    """`layers` times exp(-i theta H) for every term H in turn; parameter layer * len(terms) + term.

    Args:
        terms: observables or dense Hermitian matrices (2^n, 2^n), on as many qubits.
        layers: at least 1.

    Raises:
        InvalidArgumentError: for no terms, terms on different numbers of qubits, and matrices that are not Hermitian.
    """
    if isinstance(terms, Observable):
        raise InvalidArgumentError("terms is one observable; a sequence of them is expected")
    observables = [as_observable(term) for term in _arrays.several("terms", terms, "observables")]
    handles = np.array([term._handle for term in observables], dtype=np.int64)
    return Circuit._adopt(
        _native.create(
            "qtg_ansatz_hamiltonian_variational",
            _arrays.pointer(handles),
            len(handles),
            _arrays.integer("layers", layers),
        )
    )
