"""Over-parameterised or not where the Lie algebra is unknown: whether more layers raise the rank."""

from __future__ import annotations

import numpy as np

from ...convergence.codes import Code
from ...models import Model
from ..family import Family
from ..finding import Finding
from .drawn import Drawn
from .fisher_rank import SHARE, SOURCE
from .ranks import Rank, rank

_SAMPLES = 4
_THETAS = 3


def rank_growth(drawn: Drawn, family: Family, ranks: list[Rank]) -> Finding:
    """The rank with one and with two more layers than the case has, on a few samples.

    Raises:
        QTangentError: from the simulation.
    """
    before = max(one.value for one in ranks[:_SAMPLES])
    after = [_rank(drawn, family.own_size(family.layers + more)) for more in (1, 2)]
    grows = max(after) > before
    chain = ", ".join(str(one) for one in (before, *after))
    sentence = (
        f"With {family.layers}, {family.layers + 1} and {family.layers + 2} layers the Fisher information of a sample's "
        f"state has rank {chain}: more layers "
        + ("still add directions, under-parameterised." if grows else "add no direction, over-parameterised.")
    )
    return Finding(
        "rank_growth",
        max(after) - before,
        None,
        0.0,
        Code.UNDER_PARAMETERISED if grows else Code.OVER_PARAMETERISED,
        sentence,
        SOURCE,
        "A rank that rests over two layers may still grow later; the dimension of the orbit would decide.",
    )


def _rank(drawn: Drawn, model: Model) -> int:
    """The largest over samples and random parameters."""
    thetas = np.random.default_rng([drawn.case.seed, 3]).uniform(0, 2 * np.pi, (_THETAS, model.n_params))
    found = []
    for row in drawn.orbit_rows[:_SAMPLES]:
        matrices = model.fisher_information(thetas, drawn.case.samples[[row]])
        found += [rank(np.linalg.eigvalsh(one), SHARE).value for one in matrices]
    return max(found)
