"""One module a workload, each with its CASES."""

from __future__ import annotations

from . import cores, density, expectation, fisher, haar, jacobian, mixed, training
from .case import Case

MODULES = (jacobian, training, expectation, haar, fisher, mixed)
CASES: list[Case] = [case for module in MODULES for case in module.CASES]
CORES = cores.CASES
"""Of `benchmarks.cores`, which are no part of `make bench`."""
DENSITY = density.CASES
"""Of `benchmarks.noise`."""


def case(name: str) -> Case:
    return next(case for case in (*CASES, *CORES, *DENSITY) if case.name == name)
