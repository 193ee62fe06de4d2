"""Over-parameterised or not: the rank of each sample's Fisher information against the dimension of its orbit."""

from __future__ import annotations

import numpy as np

from ... import capacity
from ...convergence.codes import Code
from ...convergence.words import counted
from ..finding import REFUSALS, Finding
from ..work import told
from .drawn import DRAWS, Drawn
from .ranks import Rank, median, rank

SHARE = 1e-12
"""Eigenvalues of the Fisher information below this share of the largest count as 0."""
SOURCE = (
    'Larocca et al., Nature Computational Science 3, 542 (2023); docs/maths.md, "What a circuit can express"'
)


def fisher_ranks(drawn: Drawn) -> list[Rank]:
    """The rank at each looked-at sample, the median over random parameters.

    Raises:
        InvalidArgumentError: for density matrices.
    """
    ranks = []
    for row in drawn.orbit_rows:
        matrices = drawn.model.fisher_information(drawn.thetas, drawn.case.samples[[row]])
        ranks.append(median([rank(np.linalg.eigvalsh(one), SHARE) for one in matrices]))
    return ranks


def fisher_rank(drawn: Drawn, ranks: list[Rank]) -> Finding:
    """Of the first sample that stays below its ceiling; where all reach theirs, of the first."""
    orbits, unknown = _orbits(drawn, ranks)
    worst = next((k for k, (ceiling, _) in enumerate(orbits) if ranks[k].value < ceiling), 0)
    found, (ceiling, is_exact) = ranks[worst], orbits[worst]
    begun = (
        f"The Fisher information of one sample's state has rank {found.value}"
        f" ({counted(drawn.model.n_params, 'parameter')}, median over {DRAWS} random theta)"
    )
    if found.value >= ceiling:
        verdict = Code.OVER_PARAMETERISED
        sentence = (
            f"{begun}, all {ceiling} directions of the state's orbit: over-parameterised for every sample."
        )
    elif is_exact:
        verdict = Code.UNDER_PARAMETERISED
        sentence = f"{begun}, where the state's orbit has {ceiling} directions: under-parameterised."
    else:
        verdict = Code.UNDECIDED
        why = f": {unknown}" if unknown else ""
        sentence = (
            f"{begun}; the orbit has at most {ceiling} directions, and its dimension is not known{why}."
        )
    caveat = f"Eigenvalues below {SHARE:g} of the largest count as 0. {told(drawn.case, drawn.orbit_rows)}"
    return Finding(
        "fisher_rank", found.value, found.interval, float(ceiling), verdict, sentence, SOURCE, caveat.rstrip()
    )


def _orbits(drawn: Drawn, ranks: list[Rank]) -> tuple[list[tuple[int, bool]], str]:
    """Each sample's ceiling and whether it is exact, of the first alone where that decides; and why none is known."""
    rows, largest = drawn.orbit_rows, 2 ** (drawn.model.circuit.n_qubits + 1) - 2
    if min(one.value for one in ranks) >= largest:
        return [(largest, True)] * len(ranks), ""
    found: list[tuple[int, bool]] = []
    for part in (rows[:1], rows[1:]):
        if not len(part) or (found and ranks[0].value < found[0][0]):
            break
        try:
            orbit = capacity.orbit_dimension(drawn.model, X=drawn.case.samples[part], seed=drawn.case.seed)
        except REFUSALS as error:
            return [(largest, False)] * len(ranks), str(error)
        found += [(dimension, orbit.exact) for dimension in orbit.dimension]
    return found, ""
