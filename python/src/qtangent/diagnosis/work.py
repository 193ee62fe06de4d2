"""What sections may cost: sizes alone decide, never a clock, so that the seed decides the bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..circuits import Circuit
from ..instructions import Instruction
from ..models import Model
from .case import Case

_LOOKED_AT = 64
_SWEEPS = 4.0
"""A Jacobian moves the amplitudes of a state about so often as its circuit does."""


def gate_work(circuit: Circuit) -> float:
    """How often the circuit moves each amplitude: an evolution for each of its strings, a dense matrix for each of its rows.

    Of circuits of many instructions some are looked at.
    """
    count = len(circuit)
    some = range(count) if count <= _LOOKED_AT else np.random.default_rng(0).integers(count, size=_LOOKED_AT)
    weights = [_weight(circuit[int(k)]) for k in some]
    return max(1.0, count * float(np.mean(weights))) if weights else 1.0


def _weight(instruction: Instruction) -> float:
    if instruction.matrix is not None:
        return float(len(instruction.matrix))
    if instruction.generator is None:
        return 1.0
    dense = instruction.generator.dense
    return float(len(instruction.generator.terms) + (0 if dense is None else len(dense)))


def jacobian_work(model: Model, samples: int, is_mixed: bool = False) -> float:
    """Amplitudes that the gates of a Jacobian move."""
    circuit = model.circuit
    qubits = circuit.n_qubits * (2 if is_mixed else 1)
    return _SWEEPS * samples * model.n_outputs * gate_work(circuit) * 2.0**qubits


def some_samples(case: Case, draws: int, most: float) -> NDArray[np.int64]:
    """Indices of as many samples as `draws` Jacobians may take, all if they may, drawn by the seed."""
    each = draws * jacobian_work(case.model, 1, case.samples.is_mixed)
    return drawn_samples(case, int(most / each))


def drawn_samples(case: Case, most: int) -> NDArray[np.int64]:
    """Indices of all samples, or of `most` that the seed draws; one at least."""
    m = len(case.samples)
    if m <= most:
        return np.arange(m)
    return np.sort(np.random.default_rng([case.seed, 2]).choice(m, max(most, 1), replace=False))


def told(case: Case, rows: NDArray[np.int64]) -> str:
    """What to add to a sentence on a part of the samples."""
    m = len(case.samples)
    return "" if len(rows) == m else f"Looked at {len(rows)} of the {m} samples, drawn by the seed."
