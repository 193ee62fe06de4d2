"""Steps to the target that theory promises: with the kernel of the start, and in the limit of many parameters."""

from __future__ import annotations

import math

import numpy as np

from ..._native.arrays import Real
from ...convergence import fit_rates
from ...convergence.codes import Code
from ...convergence.result import Study
from ...convergence.words import number
from ...dynamics import asymptotic, kernel_regression
from ...dynamics.curves import Curve
from ...observables import value_range
from ..case import Case
from ..finding import REFUSALS, Finding, missing

_TIMES = 160
_DECADES = 10.0  # from a hundredth of the fastest mode's time on
_FASTEST = 300.0  # times of the fastest mode that the limit is followed for
_STIFF = 100.0  # labels over what is measured
_LAWS = {"power law": Code.SUBLINEAR, "exponential": Code.EXPONENTIAL, "plateau": Code.FROZEN}


def frozen_kernel(study: Study, target: float) -> Finding:
    """Steps to the target if the tangent kernel stayed as it is at the start."""
    problem, rate = study.problem, study.settings["learning_rate"]
    kernel, residual = initial_kernel(study), study.actual.residuals[0].ravel()
    m, fastest = len(problem.y), float(np.linalg.eigvalsh(kernel)[-1])
    source = "Jacot, Gabriel, Hongler, arXiv 1806.07572; docs/maths.md, Jacobian and tangent kernel"
    if fastest <= 0:
        return Finding(
            "frozen_kernel_steps",
            None,
            None,
            None,
            Code.NEVER,
            "The tangent kernel at the start is zero.",
            source,
        )
    steps = np.geomspace(0.01, 10 ** (_DECADES - 2), 40 * int(_DECADES)) * m / (rate * fastest)
    residuals = kernel_regression(kernel, residual, steps, rate=rate / m)
    loss = np.sum(residuals**2, axis=1) / (2 * m)
    at = first_time(steps, loss, target)
    if at is None:
        return Finding(
            "frozen_kernel_steps", None, None, target, Code.NEVER,
            f"With the tangent kernel of the start the loss would end at {number(float(loss[-1]))}, above the target of "
            f"{number(target)}: that kernel does not move all residuals.", source,
            "Kernels move in training, and residuals that this one leaves may fall all the same.",
        )  # fmt: skip
    return Finding(
        "frozen_kernel_steps", at, None, target, Code.EXPONENTIAL,
        f"If the tangent kernel stayed as it is at the start, the loss would reach {number(target)} after {number(at)} "
        f"steps, exponentially.", source, "Kernels move in training; where they shrink this is too early.",
    )  # fmt: skip


def limit(case: Case, study: Study, target: float) -> Finding:
    """Steps to the target in the over-parameterised limit from the same start."""
    source = "You et al., arXiv 2303.14844, theorem 4.2; docs/maths.md, Asymptotic flow"
    reason = not_followed(case, study)
    if reason is not None:
        return missing("limit_steps", reason, source)
    noise = study.under_noise
    contraction = None if noise is None else noise.contraction.Q
    what = "" if contraction is None else f", with the {number(contraction)} of the range that noise leaves,"
    try:
        curve = asymptotic(
            case.model, case.theta, case.y, limit_times(study), X=case.samples, contraction=contraction
        )
    except REFUSALS as error:
        return missing("limit_steps", error, source)
    return curve_finding(
        "limit_steps", curve, study, target, f"In the exact limit of many Haar-random gates{what}", source,
        "A circuit follows this if it is deep and its gates generate all unitaries.",
    )  # fmt: skip


def not_followed(case: Case, study: Study) -> str | None:
    """Why no limit is followed; None where one can be.

    Labels that are r times what is measured move the states r times faster than the fastest mode, and the integrator takes
    steps as short as that.
    """
    if study.asymptotic is None:
        return study.asymptotic_reason
    if _fastest_mode(study) <= 0:
        return "the tangent kernel of the limit is 0 at the start, so that nothing moves"
    model = case.model
    observables = model.observable if isinstance(model.observable, list) else [model.observable]
    most = max(abs(model.scale * end) for one in observables for end in value_range(one))
    times = float(np.abs(case.y).max()) / most
    if times > _STIFF:
        return f"the labels are {number(times)} times what is measured; raise the scale, or shrink the labels"
    return None


def limit_times(study: Study) -> Real:
    """Times over which a limit is followed, in those of the fastest mode of the limit of Haar-random gates."""
    return np.concatenate([[0.0], np.geomspace(0.01, _FASTEST, _TIMES) / _fastest_mode(study)])


def _fastest_mode(study: Study) -> float:
    """The largest eigenvalue of the kernel at the start of the limit of Haar-random gates."""
    assert study.asymptotic is not None
    return float(np.linalg.eigvalsh(study.asymptotic.kernel[0])[-1])


def curve_finding(
    name: str, curve: Curve, study: Study, target: float, where: str, source: str, caveat: str
) -> Finding:
    """When a curve of theory in normalised time reaches the target, and by what law it falls."""
    fit = fit_rates(curve.time, curve.loss)
    verdict = _LAWS.get(fit.law, Code.UNDECIDED)
    words = {
        Code.SUBLINEAR: "as a power law of the steps",
        Code.EXPONENTIAL: "exponentially",
        Code.FROZEN: "towards a level above zero",
    }.get(verdict, "by no single law")
    at, dt = first_time(curve.time, curve.loss, target), study.settings["dt"]
    steps = None if at is None else at / dt
    reached = (
        f"is still at {number(float(curve.loss[-1]))} after {number(float(curve.time[-1]) / dt)} steps"
        if steps is None
        else f"reaches {number(target)} after {number(steps)} steps"
    )
    return Finding(
        name, steps, None, target, verdict, f"{where} the loss {reached}, and falls {words}.", source, caveat
    )


def initial_kernel(study: Study) -> Real:
    """K of the start over samples and outputs, (m k, m k)."""
    problem = study.problem
    size = problem.y.size
    if problem.outputs == 1:
        return np.asarray(study.actual.kernel[0] * problem.z_sum, dtype=np.float64)
    full = problem.model.tangent_kernel(problem.theta, X=problem.X, states=problem.states, full=True)
    return np.asarray(full, dtype=np.float64).reshape(size, size)


def first_time(time: Real, loss: Real, target: float) -> float | None:
    """When a loss over times first is at the target, between two times by ln L over ln t; None where it never is."""
    below = np.flatnonzero(loss <= target)
    if not len(below):
        return None
    i = int(below[0])
    if i == 0 or time[i - 1] <= 0:
        return float(time[i])
    share = math.log(loss[i - 1] / target) / max(math.log(loss[i - 1] / max(loss[i], 1e-300)), 1e-300)
    return float(time[i - 1] * (time[i] / time[i - 1]) ** share)
