"""Combinations of predictions that no parameters change, and the loss that they keep: a floor of this very circuit."""

from __future__ import annotations

import numpy as np

from ...convergence.codes import Code
from ...convergence.movable import SHARE
from ...convergence.task import LEFT, Task
from ...convergence.words import number
from ..finding import Finding, missing
from ..work import told
from .drawn import DRAWS, Drawn
from .jacobians import Jacobians
from .ranks import rank

_SOURCE = 'docs/maths.md, "What a circuit can express"'


def fixed_loss(drawn: Drawn, found: Jacobians) -> Finding:
    """|P r|^2/(2m), P on what is orthogonal to the columns of the Jacobians at as many random theta as it takes."""
    total, p = drawn.y.size, drawn.model.n_params
    threshold = LEFT * Task(drawn.case.y).reference
    part = told(drawn.case, drawn.rows)
    if found.rank.value == total:
        sentence = "No combination of the predictions is the same for all parameters."
        return Finding("fixed_loss", 0.0, None, threshold, Code.EXPRESSES, sentence, _SOURCE, part)
    count = max(DRAWS, -(-total // max(found.rank.value, 1)) + 2)
    columns = np.concatenate([drawn.jacobian(theta) for theta in drawn.more_thetas(count)], axis=1)
    # At least as many columns as rows, so left is square.
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    span = rank(values, SHARE).value
    before = rank(np.linalg.svd(columns[:, :-p], compute_uv=False), SHARE).value
    if before < span:
        return missing(
            "fixed_loss", f"{count} random theta do not span all that the parameters move", _SOURCE
        )
    residual = drawn.residual(drawn.case.theta)
    still = left[:, span:].T @ residual
    loss = float(still @ still) / (2 * len(drawn.y))
    sentence = (
        f"{total - span} of {total} combinations of the predictions are the same for all parameters, and keep a loss of "
        f"{number(loss)} whatever the training."
        if span < total
        else "No combination of the predictions is the same for all parameters."
    )
    return Finding(
        "fixed_loss", loss, None, threshold,
        Code.KERNEL_RANK_DEFICIENT if loss > threshold else Code.EXPRESSES,
        sentence, _SOURCE, part,
    )  # fmt: skip
