"""Whether the encoded states still tell the data apart: dispersion, effective rank, sensitivity of every feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real
from ...circuits import Circuit
from ..report import INTACT, TAMPERED, Test
from .case import Case, worst
from .segments import bound
from .simulated import cut, model_of, sensitivities
from .spread import COLLAPSED, centred_ratio, effective_rank, interval, resamples

LOST = 0.9
"""A feature's sensitivity below this share of the reference's, on the same probes, is an alarm."""
SENSELESS = 1e-9
"""Sensitivities below are none: nothing can be said of a feature that the reference does not feel either."""


MEASURE = "dispersion of the encoded states"


@dataclass(frozen=True, eq=False)
class Encoded:
    """Statistics of the states that an encoder makes of the probes."""

    gram: Real
    effective_rank: float
    sensitivity: Real
    """Of every feature at every probe, (N, f)."""

    @classmethod
    def of(cls, encoder: Circuit, case: Case) -> Encoded:
        model, given = model_of(encoder), cut(encoder, case.theta, case.X)
        felt = sensitivities(encoder, case.theta, case.X)
        return cls(model.fidelity_kernel(*given), effective_rank(model.output_states(*given)), felt)

    @property
    def dispersion(self) -> float:
        return float(centred_ratio(self.gram)[0])

    def told(self) -> dict[str, object]:
        mean = self.sensitivity.mean(axis=0)
        return {
            "dispersion": self.dispersion,
            "effective rank": self.effective_rank,
            "sensitivity": float(mean.sum()),
            "sensitivity by feature": mean.tolist(),
        }


def shares(found: Real, reference: Real) -> Real:
    """What is left of the sensitivity (N, f) to every feature, the mean over the probes, as a share of the reference's,
    (f,); infinite where the reference feels none."""
    own, theirs = found.mean(axis=0), reference.mean(axis=0)
    left: Real = np.divide(own, theirs, out=np.full(len(own), np.inf), where=theirs > SENSELESS)
    return left


def encoder_test(case: Case) -> Test:
    """Compares with the reference on the same probes; where there is none, asks for a collapse alone."""
    if not case.suspect.encoder.n_features:
        return Test.not_run(MEASURE, "no gate of the circuit reads data")
    found = [(name, Encoded.of(bound(case.suspect.encoder, one), case)) for name, one in case.configurations]
    if case.reference is None:
        return worst([_absolute(*one) for one in found])
    reference = Encoded.of(case.reference.encoder, case)
    if reference.dispersion < COLLAPSED:
        return Test.not_run(MEASURE, "the reference's own states do not differ between the probes")
    drawn = centred_ratio(reference.gram, resamples(len(case.X), case.seed))
    bounds = interval(reference.dispersion, drawn, case.level_of_one)
    return worst([_compared(*one, reference, bounds) for one in found])


def _absolute(name: str, found: Encoded) -> Test:
    collapsed = found.dispersion < COLLAPSED
    why = f"{name} the encoded states {'do not depend' if collapsed else 'depend'} on the data"
    verdict = TAMPERED if collapsed else INTACT
    return Test(MEASURE, found.dispersion, None, COLLAPSED, verdict, why, {"suspect": found.told()})


def _compared(name: str, found: Encoded, reference: Encoded, bounds: tuple[float, float]) -> Test:
    details = {"suspect": found.told(), "reference": reference.told(), "interval": list(bounds)}
    left = shares(found.sensitivity, reference.sensitivity)
    lost = np.flatnonzero(left < LOST)
    if len(lost):
        feature = int(left.argmin())
        measure = f"sensitivity to feature {feature}, as a share of the reference's"
        why = f"{name} the encoded states feel {_listed(lost.tolist())} less than they should"
        return Test(measure, float(left[feature]), 1.0, LOST, TAMPERED, why, details)
    low, high = bounds
    inside = low <= found.dispersion <= high
    why = f"{name} the encoded states spread {'as' if inside else 'otherwise than'} those of the reference"
    limit = high if found.dispersion > high else low
    verdict = INTACT if inside else TAMPERED
    return Test(MEASURE, found.dispersion, reference.dispersion, limit, verdict, why, details)


def _listed(features: Sequence[int]) -> str:
    shown = ", ".join(str(one) for one in features[:8]) + (", ..." if len(features) > 8 else "")
    return f"feature{'s' if len(features) > 1 else ''} {shown}"
