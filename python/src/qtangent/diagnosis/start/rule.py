"""Plateau or not: the written rule for variances over numbers of qubits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real
from ...capacity.ensemble.intervals import slope
from ...convergence.codes import Code
from ...convergence.laws.fits import fit_line
from ...convergence.laws.rates import DECISIVE

HALVING = -0.5
"""log2 of the variance by one more qubit: it halves with every two."""
FEWEST_SIZES = 4


@dataclass(frozen=True)
class Trend:
    """Of log2 variance over the number of qubits n."""

    verdict: Code
    slope: float
    """By one more qubit."""
    interval: tuple[float, float]
    """95 %."""
    power: float
    """a of the power law n^a."""
    evidence: float
    """The criterion (BIC) of the power law less that of the exponential: positive for an exponential."""


def decide(qubits: Sequence[int], variances: Real, intervals: Real) -> Trend:
    """The rule, with the slope s of log2 variance per qubit and its 95 % interval:

    - plateau: s lies below -1/2, and a power law does not fit decisively better than an exponential;
    - no plateau: a power law fits decisively better; or s lies above -1/2, and an exponential does not fit decisively
      better, or s does not lie below 0;
    - else undecided, as always with fewer than four sizes.

    "Decisively" is a difference of 6 in the Bayesian information criterion, as in `qtangent.convergence.fit_rates`.

    Args:
        qubits: n, increasing, at least two.
        variances: positive, (sizes,).
        intervals: 95 %, (sizes, 2).
    """
    n, logs = np.array(qubits, dtype=np.float64), np.log2(variances)
    found = slope(n, variances, intervals)
    low, high = (end / float(np.log(2)) for end in found.interval)
    exponential, power = fit_line(n, logs), fit_line(np.log2(n), logs)
    points = min((exponential, power), key=lambda fit: fit.rms).effective_points
    evidence = power.bic(points) - exponential.bic(points)
    verdict = Code.UNDECIDED
    if len(n) >= FEWEST_SIZES:
        if high < HALVING and evidence > -DECISIVE:
            verdict = Code.PLATEAU
        elif evidence < -DECISIVE or (low > HALVING and (evidence < DECISIVE or high > 0)):
            verdict = Code.NO_PLATEAU
    return Trend(
        verdict, found.value / float(np.log(2)), (low, high), float(power.parameters[1]), float(evidence)
    )
