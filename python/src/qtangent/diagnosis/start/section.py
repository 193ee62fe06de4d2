"""The section: every finding that can be had, and what they say together."""

from __future__ import annotations

from collections.abc import Callable

from ...convergence.codes import Code
from ..case import Case
from ..family import Family
from ..finding import REFUSALS, Finding, Section, missing
from .kernel import KERNEL_FINDINGS, kernel
from .prediction import predicted_variance
from .trend import depth_trend, qubit_trend
from .variance import gradient_variance

_QUESTION = "Will it start?"


def start(case: Case) -> Section:
    """Whether random parameters leave derivatives to follow, and what the first tangent kernel allows.

    The verdict is plateau, where the trend over qubits says so or, without one that decides, the variance at this size; else
    what the trend says; without a trend it is the condition of the kernel.
    """
    variance = _or_missing("gradient_variance", lambda: gradient_variance(case))
    trends = _trends(case)
    prediction = _or_missing("predicted_variance", lambda: predicted_variance(case))
    kernels = _kernels(case)
    findings = (variance, *trends, prediction, *kernels)
    one = _decisive(variance, trends[0], kernels[0])
    more = kernels[0].sentence if one is trends[0] else ""
    return Section("start", _QUESTION, one.verdict, f"{one.sentence} {more}".rstrip(), findings)


def _decisive(variance: Finding, trend: Finding, condition: Finding) -> Finding:
    """The finding that the section's verdict is."""
    if trend.verdict is Code.PLATEAU:
        return trend
    if variance.verdict is Code.PLATEAU and trend.verdict is not Code.NO_PLATEAU:
        return variance
    return condition if trend.verdict is Code.NOT_COMPUTED else trend


def _trends(case: Case) -> tuple[Finding, ...]:
    family = Family.of(case)
    if isinstance(family, str):
        return tuple(missing(name, family) for name in ("qubit_trend", "depth_trend"))
    return (
        _or_missing("qubit_trend", lambda: qubit_trend(case, family)),
        _or_missing("depth_trend", lambda: depth_trend(case, family)),
    )


def _kernels(case: Case) -> tuple[Finding, ...]:
    try:
        return kernel(case)
    except REFUSALS as error:
        return tuple(missing(name, error) for name in KERNEL_FINDINGS)


def _or_missing(name: str, compute: Callable[[], Finding]) -> Finding:
    try:
        return compute()
    except REFUSALS as error:
        return missing(name, error)
