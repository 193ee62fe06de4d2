"""How many parameters the data of this size can tell apart."""

from __future__ import annotations

from ... import capacity
from ...convergence.codes import Code
from ...convergence.words import counted, number
from ..finding import Finding
from ..work import some_samples, told
from .drawn import Drawn

_SOURCE = "Abbas et al., Nature Computational Science 1, 403 (2021), eq. (2)"
_LEAST = 19
_DRAWS = {"quick": 50, "full": 400}
_WORK = {"quick": 4e9, "full": 1e11}


def effective_dimension(drawn: Drawn) -> Finding:
    """`qtangent.capacity.effective_dimension` at the size of the training set.

    Raises:
        QTangentError: from the simulation, and where no prediction depends on a parameter.
    """
    case, p = drawn.case, drawn.model.n_params
    draws = _DRAWS[case.budget]
    rows = some_samples(case, draws, _WORK[case.budget])
    size = max(_LEAST, len(case.samples))
    found = capacity.effective_dimension(
        drawn.model, case.samples[rows], data_size=size, draws=draws, seed=case.seed
    )
    enough = "" if size == len(case.samples) else f" (below {_LEAST} it is not defined)"
    return Finding(
        "effective_dimension",
        found.value,
        found.interval,
        float(p),
        Code.NOTED,
        f"At {size} samples{enough} the model has the effective dimension {number(found.value)}, "
        f"{number(100 * found.normalised)} % of its {counted(p, 'parameter')}.",
        _SOURCE,
        f"It speaks of outcomes of measurements, not of labels. {draws} draws. {told(case, rows)}".rstrip(),
    )
