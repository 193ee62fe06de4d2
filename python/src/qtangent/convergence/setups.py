"""Ready-made problems for `qtangent.convergence.sweep`: the set-up of the convergence paper, and structured circuits.

Each is a function build(n, p, m, scale, seed) -> (model, theta, y, states) at module level, so that any process can
import it. The data are the paper's: m random orthogonal pure states, half of them labelled +1 and half -1, and the
Pauli measurement Z on qubit 0. The seed draws circuit, states and parameters together.

Source: You, Chakrabarti, Chen, Wu, ICML 2023 (arXiv 2303.14844).
"""

from __future__ import annotations

import numpy as np

from .. import ansatz, encoding
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..models import Model
from ..observables import Observable, pauli

Setup = tuple[Model, Real, Real, Complex]


def haar_setup(n: int, p: int, m: int = 4, scale: float = 1.0, seed: int = 0) -> Setup:
    """The partially trainable ansatz exp(-i theta Z_0) between p + 1 Haar-random unitaries.

    Args:
        n: number of qubits.
        p: number of parameters.
        m: number of samples, even.
        scale: factor of the measurement.
        seed: of circuit, states and parameters.

    Returns:
        The model, theta (p,), labels (m,) and states (m, 2^n), as `qtangent.convergence.sweep` takes them.

    Raises:
        InvalidArgumentError: for an odd m, more samples than levels, and numbers out of range.
    """
    return _setup(ansatz.haar(n, p, seed=seed), m, scale, seed)


def hardware_efficient_setup(n: int, p: int, m: int = 4, scale: float = 1.0, seed: int = 0) -> Setup:
    """Layers of ry and rz on every qubit with a ring of cz.

    Args:
        n: number of qubits.
        p: number of parameters, a multiple of 2n.
        m: number of samples, even.
        scale: factor of the measurement.
        seed: of states and parameters.

    Returns:
        The model, theta (p,), labels (m,) and states (m, 2^n), as `qtangent.convergence.sweep` takes them.

    Raises:
        InvalidArgumentError: for another p, an odd m, more samples than levels, and numbers out of range.
    """
    count = _qubits(n, 1)
    return _setup(ansatz.hardware_efficient(count, _layers(p, 2 * count), topology="ring"), m, scale, seed)


def hamiltonian_variational_setup(n: int, p: int, m: int = 4, scale: float = 1.0, seed: int = 0) -> Setup:
    """Layers of exp(-i theta H) for H the bonds (sum of ZZ) and the field (sum of X) of the open Ising chain.

    The two generate an algebra of dimension n^2 only, so that no number of layers reaches every unitary.

    Args:
        n: number of qubits.
        p: number of parameters, even.
        m: number of samples, even.
        scale: factor of the measurement.
        seed: of states and parameters.

    Returns:
        The model, theta (p,), labels (m,) and states (m, 2^n), as `qtangent.convergence.sweep` takes them.

    Raises:
        InvalidArgumentError: for an odd p or m, more samples than levels, and numbers out of range.
    """
    n = _qubits(n, 2)
    bonds = [_on(n, "ZZ", qubit) for qubit in range(n - 1)]
    field = [_on(n, "X", qubit) for qubit in range(n)]
    terms = [sum(part[1:], start=part[0]) for part in (bonds, field)]
    return _setup(ansatz.hamiltonian_variational(terms, _layers(p, 2)), m, scale, seed)


def _setup(circuit: Circuit, m: int, scale: float, seed: int) -> Setup:
    n = circuit.n_qubits
    if _arrays.integer("m", m) < 2 or m % 2:
        raise InvalidArgumentError(f"m is {m}; half of the samples are labelled +1, so m is even")
    states = encoding.haar_states(n, m, seed=seed)
    theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, circuit.n_params)
    # The states are exchangeable, so alternating labels are a random half.
    labels = np.resize([1.0, -1.0], m)
    return Model(circuit, pauli("Z" + "I" * (n - 1)), scale=scale), theta, labels, states


def _on(n: int, letters: str, qubit: int) -> Observable:
    return pauli("I" * qubit + letters + "I" * (n - qubit - len(letters)))


def _qubits(n: int, least: int) -> int:
    """As many as states may have."""
    count = _arrays.integer("n", n)
    if not least <= count <= 30:
        raise InvalidArgumentError(f"n is {count}; {least} to 30 qubits are possible")
    return count


def _layers(p: int, width: int) -> int:
    if _arrays.integer("p", p) < width or p % width:
        raise InvalidArgumentError(
            f"p is {p}; this circuit has {width} parameters a layer, so p is a multiple of {width}"
        )
    return p // width
