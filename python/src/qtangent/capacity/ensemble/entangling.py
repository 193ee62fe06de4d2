"""How entangled the states of a circuit are at random parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Complex, Real
from ...models import Model
from ...samples import Samples
from .draws import draw_count
from .intervals import Interval, of_mean
from .output_states import output_states


@dataclass(frozen=True, eq=False)
class EntanglingCapability:
    """The mean Meyer-Wallach measure, from 0 for product states to 1."""

    value: float
    interval: Interval
    """95 % of the mean over independent draws, by the normal law."""
    haar: float
    """Of Haar-random states, (d - 2)/(d + 1)."""
    measures: Real
    """(draws,)."""

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"<qtangent.EntanglingCapability: {self.value:.4g} [{low:.4g}, {high:.4g}], "
            f"of Haar-random states {self.haar:.4g}>"
        )


def entangling_capability(
    model: Model,
    x: ArrayLike | Samples | None = None,
    state: ArrayLike | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
) -> EntanglingCapability:
    """The mean over random parameters of the Meyer-Wallach measure Q = 2 (1 - (1/n) sum_k tr rho_k^2), rho_k the reduced
    state of qubit k.

    Source: Sim, Johnson, Aspuru-Guzik, Advanced Quantum Technologies 2, 1900070 (2019), arXiv 1905.10876; Meyer, Wallach,
    J. Math. Phys. 43, 4273 (2002), in the form of Brennen, Quantum Inf. Comput. 3, 619 (2003).

    Args:
        model: its observable plays no part.
        x: features of the one sample, (f,), or `qt.Samples` that hold one, in the place of x and state.
        state: its input state, (2^n,); |0...0> unless given.
        draws: sets of parameters, uniform over whole periods; at least 2.
        seed: of the parameters.

    Raises:
        InvalidArgumentError: for a density matrix, a circuit without parameters, and fewer than 2 draws.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    count = draw_count(model, "draws", draws)
    parts = [meyer_wallach(states) for states in output_states(model, x, state, count, seed)]
    measures, d = np.concatenate(parts), 2.0**model._n_qubits
    return EntanglingCapability(float(measures.mean()), of_mean(measures), (d - 2) / (d + 1), measures)


def meyer_wallach(states: Complex) -> Real:
    """Q of pure states (s, 2^n): (s,)."""
    count, d = states.shape
    purity, qubits = np.zeros(count), d.bit_length() - 1
    for qubit in range(qubits):
        halves = states.reshape(count, 2**qubit, 2, -1)
        zero, one = halves[:, :, 0].reshape(count, -1), halves[:, :, 1].reshape(count, -1)
        weight = np.einsum("sd,sd->s", one.conj(), one).real
        coherence = np.einsum("sd,sd->s", one.conj(), zero)
        # The norm is 1, so the other weight is what is left.
        purity += weight**2 + (1 - weight) ** 2 + 2 * np.abs(coherence) ** 2
    measure: Real = np.maximum(2 * (1 - purity / qubits), 0.0)
    return measure
