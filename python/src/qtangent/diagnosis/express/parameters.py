"""Parameters that do nothing to the data, repeat others, or are too many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ... import capacity
from ..._native.arrays import Real
from ...convergence.codes import Code
from ...convergence.words import counted
from ..finding import REFUSALS, Finding, missing
from .drawn import DRAWS, Drawn
from .fisher_rank import SHARE
from .jacobians import Jacobians
from .ranks import median, rank

_SOURCE = 'Haug, Kim, arXiv 2303.13462; docs/maths.md, "What a circuit can express"'
_NOTHING = 1e-12
"""Of the largest diagonal entry, or alone: a direction that the data do not feel."""
_PARALLEL = 1e-9
"""sin^2 of the angle between two directions that count as one."""
_UNSEEN = 1e-10
_MOST_NAMES = 8
_OF_DATA = ("dormant_parameters", "repeated_parameters", "redundant_parameters")

Flags = NDArray[np.bool_]


def parameters(drawn: Drawn) -> tuple[Finding, ...]:
    """What the data Fisher information says of each parameter."""
    try:
        rows = drawn.data_rows
        matrices = capacity.data_fisher_information(drawn.model, drawn.thetas, drawn.case.samples[rows])
        if len(rows) < len(drawn.case.samples) and (_dormant(matrices).any() or _groups(matrices)):
            # What few samples do not feel others may.
            every = capacity.data_fisher_information(drawn.model, drawn.thetas[:1], drawn.case.samples)
            matrices = np.concatenate([matrices, every])
    except REFUSALS as error:
        return tuple(missing(name, error, _SOURCE) for name in _OF_DATA)
    return (_nothing(drawn, matrices), _repeats(drawn, matrices), _redundant(drawn, matrices))


def _dormant(matrices: Real) -> Flags:
    """(p,): columns that vanish at every theta; one of a positive matrix does where its diagonal entry does."""
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)
    largest = diagonals.max(axis=1, keepdims=True, initial=0.0)
    return np.asarray((diagonals <= np.maximum(_NOTHING * largest, 0.01 * _NOTHING)).all(axis=0))


def _groups(matrices: Real) -> list[list[int]]:
    """Parameters whose columns are parallel at every theta, where there are two or more."""
    import scipy.sparse.csgraph

    p = matrices.shape[-1]
    awake = np.flatnonzero(~_dormant(matrices))
    parallel = np.ones((len(awake), len(awake)), dtype=bool)
    for one in matrices[:, awake][:, :, awake]:
        diagonal = np.diagonal(one)
        parallel &= 1 - one**2 / np.outer(diagonal, diagonal) < _PARALLEL
    _, label = scipy.sparse.csgraph.connected_components(parallel)
    found = [awake[label == k].tolist() for k in range(label.max(initial=-1) + 1)]
    return [group for group in found if len(group) > 1] if p else []


def _nothing(drawn: Drawn, matrices: Real) -> Finding:
    found = np.flatnonzero(_dormant(matrices))
    return Finding(
        "dormant_parameters",
        len(found),
        None,
        0.0,
        Code.DORMANT_PARAMETERS if len(found) else Code.EXPRESSES,
        f"{_named(drawn, found)} {'does' if len(found) == 1 else 'do'} nothing to the states of these data: their column of "
        f"the data Fisher information is 0 at {DRAWS} random theta."
        if len(found)
        else "Every parameter moves the states of these data.",
        _SOURCE,
    )


def _repeats(drawn: Drawn, matrices: Real) -> Finding:
    groups = _groups(matrices)
    extra = sum(len(group) - 1 for group in groups)
    told = "; ".join(_named(drawn, np.array(group)) for group in groups[:_MOST_NAMES])
    return Finding(
        "repeated_parameters",
        extra,
        None,
        0.0,
        Code.REPEATED_PARAMETERS if groups else Code.EXPRESSES,
        f"{extra} parameter{'s' * (extra > 1)} repeat{'s' * (extra == 1)} others: {told} move the states in one direction "
        f"at each of {DRAWS} random theta."
        if groups
        else "No parameter repeats another one.",
        _SOURCE,
    )


def _redundant(drawn: Drawn, matrices: Real) -> Finding:
    found = median([rank(np.linalg.eigvalsh(one), SHARE) for one in matrices[:DRAWS]])
    p = drawn.model.n_params
    interval = None if found.interval is None else (p - found.interval[1], p - found.interval[0])
    return Finding(
        "redundant_parameters",
        p - found.value,
        interval,
        None,
        Code.NOTED,
        f"The data feel {counted(found.value, 'direction')} of the {counted(p, 'parameter')} at a random theta; "
        f"{p - found.value} are redundant.",
        _SOURCE,
        "Redundant parameters cost time, and may help training (over-parameterisation).",
    )


def unseen(drawn: Drawn, moved: Jacobians) -> Finding:
    """Parameters whose column of the Jacobian vanishes at every random theta."""
    found = np.flatnonzero(moved.largest <= _UNSEEN * moved.largest.max())
    return Finding(
        "unseen_parameters",
        len(found),
        None,
        None,
        Code.NOTED,
        f"{_named(drawn, found)} change{'s' * (len(found) == 1)} no prediction at {DRAWS} random theta: what is measured "
        "does not see them."
        if len(found)
        else "Every parameter changes a prediction.",
        'docs/maths.md, "What a circuit can express"',
    )


def _named(drawn: Drawn, found: NDArray[np.int64]) -> str:
    names = drawn.model.circuit.parameter_names
    shown = ", ".join(names[k] for k in found[:_MOST_NAMES])
    more = len(found) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
