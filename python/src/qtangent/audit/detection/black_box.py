"""Whether measured outputs depend on the data, from shots alone."""

from __future__ import annotations

import numpy as np
from scipy.stats import beta, chi2

from ..._native.arrays import Real
from ...circuits import Circuit
from ...instructions import Instruction
from ...observables import Observable, pauli
from ..report import INTACT, TAMPERED, Test
from .case import Case, worst
from .segments import Segments, bound
from .simulated import cut, model_of

MEASURE = "chi-square of the outputs over the probes per degree of freedom, of the output where it is largest"
_LEVEL = 0.01
"""Of calling a collapsed circuit alive, over all outputs."""
_POWER = 0.99
"""With which the reference must be found alive, or more where many configurations share the family's level."""
_TRIALS = 10
"""Of the reference, over the miss that is allowed: enough to show that it is smaller with 95 % confidence."""
_BLOCK = 100


def black_box_test(case: Case) -> Test:
    """T_q = sum_i S (z_iq - zbar_q)^2/(1 - zbar_q^2) follows chi-square with N - 1 degrees of freedom if output q does not
    depend on the data. If no output contradicts that, the circuit looks collapsed: an alarm, but only where the reference
    would almost surely have contradicted."""
    if not case.suspect.circuit.n_features:
        return Test.not_run(MEASURE, "no gate of the circuit reads data")
    strings = _strings(case.observables)
    n_probes, shots = len(case.X), case.shots
    limit = float(chi2.isf(_LEVEL / len(strings), n_probes - 1) / (n_probes - 1))
    random = np.random.default_rng([case.seed, 1])

    def outputs(circuit: Circuit) -> Real:
        return model_of(circuit, strings).predict(*cut(circuit, case.theta, case.X))

    healthy = outputs(case.reference.circuit if case.reference else _without_fixed_gates(case.suspect))
    miss = min(1 - _POWER, case.level_of_one)
    trials = _statistics(healthy, shots, round(_TRIALS / miss), random)
    missed = int((trials < limit).sum())
    power = 1 - float(beta.ppf(0.95, missed + 1, len(trials) - missed)) if missed < len(trials) else 0.0
    if power < 1 - miss:
        return Test.not_run(
            MEASURE,
            f"with {shots} shots on {n_probes} probes the reference itself is seen to depend on the data with a "
            f"probability of {power:.3f} at least; {1 - miss:.3f} are needed",
        )
    typical = float(np.median(trials))

    def judged(name: str, circuit: Circuit) -> Test:
        found = float(_statistics(outputs(circuit), shots, 1, random)[0])
        alive = found >= limit
        why = f"{name} the outputs {'depend' if alive else 'look as if they did not depend'} on the data"
        details = {"power": power, "shots": shots, "outputs": len(strings)}
        return Test(MEASURE, found, typical, limit, INTACT if alive else TAMPERED, why, details)

    return worst([judged(name, bound(case.suspect.circuit, one)) for name, one in case.configurations])


def _statistics(expected: Real, shots: int, trials: int, random: np.random.Generator) -> Real:
    """The largest T_q/(N - 1) over the outputs, for each of so many draws of the shots: (trials,)."""
    chances = np.clip((1 + expected) / 2, 0, 1)
    found = []
    for first in range(0, trials, _BLOCK):
        count = min(_BLOCK, trials - first)
        z = 2 * random.binomial(shots, chances, (count, *chances.shape)) / shots - 1
        mean = z.mean(axis=1, keepdims=True)
        squares, spread = shots * ((z - mean) ** 2).sum(axis=1), 1 - mean[:, 0] ** 2
        found.append(np.divide(squares, spread, out=np.zeros_like(spread), where=spread > 0).max(axis=1))
    largest: Real = np.concatenate(found) / (len(expected) - 1)
    return largest


def _strings(observables: list[Observable]) -> list[Observable]:
    """The Pauli strings in the outputs, each of which is measured by itself; Z on every qubit where outputs are no sums of
    such."""
    letters = [term.pauli for one in observables for term in one.terms]
    if None in letters or any(one.dense is not None for one in observables):
        n = observables[0].n_qubits
        letters = ["I" * q + "Z" + "I" * (n - 1 - q) for q in range(n)]
    return [pauli(one) for one in dict.fromkeys(letters) if one and set(one) != {"I"}]


def _without_fixed_gates(suspect: Segments) -> Circuit:
    """The circuit without configuration, and without the encoder's fixed gates on one qubit, as a reference where there is
    none: what a trojan inserts is among those."""
    circuit = bound(suspect.circuit, {})
    encoder = set(suspect.of_encoder) if not suspect.circuit.config_keys else set()
    kept = [one for k, one in enumerate(circuit) if k not in encoder or not _is_fixed(one)]
    return Circuit.from_instructions(circuit.n_qubits, kept)


def _is_fixed(instruction: Instruction) -> bool:
    return len(instruction.qubits) == 1 and not any(angle.terms for angle in instruction.angles)
