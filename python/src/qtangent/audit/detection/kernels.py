"""Whether the tangent kernel still depends on the data: without an encoder it is the same number everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from ..._native.arrays import Real
from ...circuits import Circuit
from ..report import INTACT, TAMPERED, Test
from .case import Case, worst
from .segments import bound
from .simulated import cut, model_of
from .spread import COLLAPSED, centred_ratio, interval, rank, resamples

MEASURE = "centred ratio of the tangent kernel, tr(H K H)/tr K"


@dataclass(frozen=True, eq=False)
class Kernel:
    """The tangent kernel (N, N) of the probes, summed over outputs."""

    values: Real

    @classmethod
    def of(cls, circuit: Circuit, case: Case) -> Kernel:
        return cls(model_of(circuit, case.observables).tangent_kernel(*cut(circuit, case.theta, case.X)))

    @property
    def ratio(self) -> float:
        return float(centred_ratio(self.values)[0])

    def told(self) -> dict[str, float]:
        return {"centred ratio": self.ratio, "rank": rank(self.values), "trace": float(self.values.trace())}


def kernel_test(case: Case) -> Test:
    """A collapsed encoder leaves the kernel large but constant: its size tells nothing, its centred part does."""
    circuit = case.suspect.circuit
    if not circuit.n_features or not circuit.n_params:
        lacking = "weights" if circuit.n_features else "features"
        return Test.not_run(MEASURE, f"the circuit has no {lacking}")
    found = [(name, Kernel.of(bound(circuit, one), case)) for name, one in case.configurations]
    if case.reference is None:
        return worst([_judged(name, one, None, COLLAPSED, 1.0) for name, one in found])
    reference = Kernel.of(case.reference.circuit, case)
    if reference.ratio < COLLAPSED:
        return Test.not_run(MEASURE, "the reference's own kernel does not depend on the data")
    drawn = centred_ratio(reference.values, resamples(len(case.X), case.seed))
    low, high = interval(reference.ratio, drawn, case.level_of_one)
    return worst([_judged(name, one, reference, low, high) for name, one in found])


def _judged(name: str, found: Kernel, reference: Kernel | None, low: float, high: float) -> Test:
    details: dict[str, object] = {"suspect": found.told()}
    if reference is not None:
        details |= {"reference": reference.told(), "interval": [low, high]}
    inside = low <= found.ratio <= high
    if found.ratio < COLLAPSED:
        why = f"{name} the kernel does not depend on the data"
    else:
        why = f"{name} the kernel depends on the data" + ("" if inside else " otherwise than the reference's")
    return Test(
        MEASURE, found.ratio, None if reference is None else reference.ratio,
        high if found.ratio > high else low, INTACT if inside else TAMPERED, why, details,
    )  # fmt: skip
