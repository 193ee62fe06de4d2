"""The tangent kernel at the first parameters: its spectrum, its learning rate and times, and how it meets the labels."""

from __future__ import annotations

import numpy as np

from ..._native.arrays import Real
from ...convergence.codes import Code
from ...convergence.learning_rate import critical_learning_rate, decay_times
from ...convergence.words import number
from ...dynamics import checks
from ..case import Case
from ..finding import Finding, missing
from ..work import drawn_samples, told

_MOST_RESIDUALS = 1000
_ILL = 1e4
"""Times that the slowest direction needs of the fastest one's."""
_SOURCE = 'arXiv 2503.01966; docs/maths.md, "Will training start"'
_CRISTIANINI = "Cristianini, Shawe-Taylor, Elisseeff, Kandola, NIPS 14 (2001), definition 1 with y y^T as the second kernel"


KERNEL_FINDINGS = ("kernel_condition", "kernel_target_alignment", "critical_learning_rate", "decay_time")


def kernel(case: Case) -> tuple[Finding, ...]:
    """Condition number, alignment, critical rate, decay times.

    Raises:
        QTangentError: from the simulation.
    """
    k = case.model.n_outputs
    rows = drawn_samples(case, _MOST_RESIDUALS // k)
    found = case.model.tangent_kernel(case.theta, case.samples[rows], full=True)
    full = np.asarray(found).reshape(len(rows) * k, len(rows) * k)
    values, part = checks.eigen(full)[0], told(case, rows)
    if values[-1] <= 0:
        why = "the tangent kernel at theta is 0: no prediction moves at first order"
        return tuple(missing(name, why, _SOURCE) for name in KERNEL_FINDINGS)
    # Eigenvalues grow with the samples, and so does m in the rate: a part of them tells it for all.
    rate = critical_learning_rate(full, len(rows))
    return (
        _condition(values, part),
        _alignment(case, full, rows, part),
        _rate(rate, part),
        _times(full, rate, len(rows), part),
    )


def _condition(values: Real, part: str) -> Finding:
    moving = values[values > 0]
    condition = float(moving[-1] / moving[0])
    zeros = len(values) - len(moving)
    still = f", and {zeros} of {len(values)} are 0" if zeros else ""
    is_ill = condition > _ILL
    return Finding(
        "kernel_condition", condition, None, _ILL, Code.ILL_CONDITIONED if is_ill else Code.WELL_CONDITIONED,
        f"The tangent kernel at theta has eigenvalues from {number(float(moving[0]))} to {number(float(moving[-1]))}, "
        f"median {number(float(np.median(moving)))}{still}: the slowest direction takes {number(condition)} times as long "
        "as the fastest.",
        _SOURCE, f"The kernel changes in training. {part}".rstrip(),
    )  # fmt: skip


def _alignment(
    case: Case, full: Real, rows: np.ndarray[tuple[int], np.dtype[np.int64]], part: str
) -> Finding:
    """<K, y y^T>/(|K| |y y^T|) in the Frobenius product, over all residuals."""
    y = case.y[rows].ravel()
    size = float(y @ y)
    if size == 0:
        return missing("kernel_target_alignment", "all labels are 0", _CRISTIANINI)
    alignment = float(y @ full @ y) / (float(np.linalg.norm(full)) * size)
    return Finding(
        "kernel_target_alignment", alignment, None, None, Code.NOTED,
        f"The alignment of the kernel with the labels is {number(alignment)} (Cristianini's, not centred; 1 is the kernel "
        "y y^T, which learns them at one rate).",
        _CRISTIANINI, part,
    )  # fmt: skip


def _rate(rate: float, part: str) -> Finding:
    return Finding(
        "critical_learning_rate", rate, None, None, Code.NOTED,
        f"Plain gradient descent on the loss 1/(2m) sum r^2 diverges from learning rates above {number(rate)}, "
        f"as in qt.GradientDescent({number(rate)}).",
        _SOURCE, f"By the kernel at theta alone; large residuals bend the landscape further. {part}".rstrip(),
    )  # fmt: skip


def _times(full: Real, critical: float, m: int, part: str) -> Finding:
    rate = critical / 2
    times = decay_times(full, rate, m)
    finite = times[np.isfinite(times)]
    slowest, middle = float(finite.max()), float(np.median(finite))
    return Finding(
        "decay_time", slowest, None, None, Code.NOTED,
        f"At half that rate, {number(rate)}, a direction of the residuals falls by 1/e in {number(middle)} steps at the "
        f"median and {number(slowest)} at the slowest that moves, while the kernel stays.",
        _SOURCE, part,
    )  # fmt: skip
