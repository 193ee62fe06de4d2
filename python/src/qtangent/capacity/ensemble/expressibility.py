"""How close the states of a circuit at random parameters come to Haar-random ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model
from ...samples import Samples
from .draws import draw_count
from .intervals import Interval
from .output_states import output_states

_HISTOGRAMS = 2000
"""Of Haar-random states, drawn for `Expressibility.haar_interval`."""


@dataclass(frozen=True, eq=False)
class Expressibility:
    """A divergence from Haar-random states, and what Haar-random states themselves would show."""

    value: float
    """KL(P || P_Haar) in nats: 0 for Haar-random states, ln bins or more for one state alone; small is expressive."""
    bias: float
    """The mean of this very estimate for Haar-random states, which is not 0 but about (occupied bins - 1)/(2 pairs);
    exact. Differences of this size mean nothing."""
    haar_interval: Interval
    """Where 95 % of the estimates for Haar-random states lie: within it, nothing tells the circuit from them."""
    fidelities: Real
    """(pairs,): |<psi(theta)|psi(theta')>|^2."""
    shares: Real
    """(bins,): of the fidelities in equal bins of [0, 1]."""
    haar_shares: Real
    """(bins,): of Haar-random states."""

    def __repr__(self) -> str:
        low, high = self.haar_interval
        return (
            f"<qtangent.Expressibility: KL {self.value:.3g}, of Haar-random states {low:.3g} to {high:.3g}>"
        )


def expressibility(
    model: Model,
    x: ArrayLike | Samples | None = None,
    state: ArrayLike | None = None,
    *,
    pairs: int = 5000,
    bins: int = 75,
    seed: int = 0,
) -> Expressibility:
    """The Kullback-Leibler divergence of the fidelities of random pairs of output states from those of Haar-random states,
    by their histograms.

    Source: Sim, Johnson, Aspuru-Guzik, Advanced Quantum Technologies 2, 1900070 (2019), arXiv 1905.10876. A bin [a, b] has
    the share (1 - a)^(d-1) - (1 - b)^(d-1) of Haar-random pairs. The estimate is biased upwards, see `Expressibility.bias`,
    and bounded by what fits in the bins: on ten qubits almost all Haar-random fidelities lie in the first bin.

    Args:
        model: its observable plays no part.
        x: features of the one sample, (f,), or `qt.Samples` that hold one, in the place of x and state.
        state: its input state, (2^n,); |0...0> unless given.
        pairs: of parameters, uniform over whole periods; at least 2.
        bins: 2 to 10,000.
        seed: of the parameters.

    Raises:
        InvalidArgumentError: for a density matrix, a circuit without parameters, and numbers out of range.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    count, cells = draw_count(model, "pairs", pairs), arrays.integer("bins", bins)
    if not 2 <= cells <= 10_000:
        raise InvalidArgumentError(f"bins is {cells}; it lies between 2 and 10000")
    parts = [
        np.abs(np.einsum("sd,sd->s", states[::2].conj(), states[1::2])) ** 2
        for states in output_states(model, x, state, 2 * count, seed)
    ]
    fidelities = np.minimum(np.concatenate(parts), 1.0)
    logarithms = _haar_logarithms(cells, 2**model._n_qubits)
    counts = np.histogram(fidelities, bins=cells, range=(0.0, 1.0))[0]
    drawn = np.random.default_rng(0).multinomial(count, np.exp(logarithms), size=_HISTOGRAMS)
    low, high = np.quantile(_divergence(drawn, logarithms), [0.025, 0.975])
    return Expressibility(
        float(_divergence(counts, logarithms)), _bias(count, logarithms), (float(low), float(high)),
        fidelities, counts / count, np.exp(logarithms),
    )  # fmt: skip


def _haar_logarithms(bins: int, d: int) -> Real:
    """ln((1 - a)^(d-1) - (1 - b)^(d-1)) of every bin [a, b]; its exponential may be 0, this is finite."""
    edges = np.arange(bins) / bins
    # (1 - b)/(1 - a) = 1 - 1/(bins - bin).
    left = (d - 1) * np.log1p(-edges)
    ratio = (d - 1) * np.log1p(-1 / np.arange(bins, 1, -1))
    result: Real = left + np.append(np.log1p(-np.exp(ratio)), 0.0)
    return result


def _divergence(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]], logarithms: Real) -> Real:
    """sum p ln(p/q) over the bins, the last axis; empty ones give 0."""
    shares = counts / counts.sum(axis=-1, keepdims=True)
    terms = shares * (np.log(np.where(counts > 0, shares, 1.0)) - logarithms)
    result: Real = np.where(counts > 0, terms, 0.0).sum(axis=-1)
    return result


def _bias(pairs: int, logarithms: Real) -> float:
    """The mean of sum (c/N) ln(c/(N q)) over binomial counts c of every bin."""
    import scipy.stats

    total = 0.0
    for logarithm in logarithms:
        share = float(np.exp(logarithm))
        reach = 12 * np.sqrt(pairs * share) + 40
        first, last = max(1, int(pairs * share - reach)), min(pairs, int(pairs * share + reach))
        counts = np.arange(first, last + 1)
        terms = counts / pairs * (np.log(counts / pairs) - logarithm)
        total += float(scipy.stats.binom.pmf(counts, pairs, share) @ terms)
    return total
