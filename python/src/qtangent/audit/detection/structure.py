"""Whether the circuit has other gates than the golden one, and whether they make another unitary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...circuits import Circuit
from ..report import INTACT, REWRITTEN, TAMPERED, Test
from .case import Case
from .segments import Configuration, bound
from .simulated import distance

SAME = 1e-6
"""Unitaries closer than this, phases apart, are the same: a fixed angle that is off by 0.01 leaves 0.005."""

_STRUCTURE = "configuration-controlled gates that the golden circuit lacks"
_UNITARY = "distance of the unitaries, sqrt(1 - |tr(U^dagger V)/d|^2)"
_RANDOM_ROWS = 8


@dataclass(frozen=True)
class Difference:
    """How far the suspect's unitaries are from the golden ones in the configuration where they are farthest."""

    name: str
    circuit: float
    encoder: float
    ansatz: float
    changed: tuple[int, ...]
    """Places of gates that the golden circuit lacks, in the segments that differ without configuration."""


def difference(case: Case) -> Difference:
    """At random weights and features, and at those given. The circuits as a whole decide: a gate that commutes from one
    segment to the other changes both but not what the circuit does. Segments then tell where the change is."""
    assert case.golden
    assert case.alignment
    found = [_in_configuration(case, name, one) for name, one in case.configurations]
    plain = found[0]
    places: set[int] = set()
    if plain.circuit > SAME:
        parts = ((plain.encoder, case.suspect.of_encoder), (plain.ansatz, case.suspect.of_ansatz))
        for far, where in parts:
            places |= set(where) & set(case.alignment.inserted) if far > SAME else set()
    farthest = max(found, key=lambda one: one.circuit)
    return Difference(
        farthest.name, farthest.circuit, farthest.encoder, farthest.ansatz, tuple(sorted(places))
    )


def _in_configuration(case: Case, name: str, configuration: Configuration) -> Difference:
    random = np.random.default_rng(case.seed)
    theta = random.uniform(0, 2 * np.pi, len(case.theta))
    X = random.uniform(0, 2 * np.pi, (_RANDOM_ROWS, case.X.shape[1]))
    suspect, golden = case.suspect, case.golden
    assert golden

    def far(first: Circuit, second: Circuit) -> float:
        own = bound(second, configuration)
        return max(distance(first, own, theta, X), distance(first, own, case.theta, case.X))

    whole = far(golden.circuit, suspect.circuit)
    if whole <= SAME:
        return Difference(name, whole, 0.0, 0.0, ())
    return Difference(
        name, whole, far(golden.encoder, suspect.encoder), far(golden.ansatz, suspect.ansatz), ()
    )


def structure_test(case: Case, found: Difference | None) -> Test:
    """Compares gate by gate, before anything is simplified: gates that do nothing yet would be lost."""
    count = len(case.configured)
    if found is None or case.alignment is None:
        return Test.not_run(
            _STRUCTURE,
            f"there is no golden circuit; {_gates(count)} of the suspect are under a configuration",
        )
    alignment = case.alignment
    details = {
        "keys": list(case.suspect.circuit.config_keys),
        "inserted": list(alignment.inserted),
        "deleted": list(alignment.deleted),
        "moved": alignment.moved,
    }
    differs = bool(alignment.inserted or alignment.deleted or alignment.moved)
    changes = (
        f"{_gates(len(alignment.inserted))} added, {len(alignment.deleted)} gone, {alignment.moved} moved"
    )
    if count:
        verdict, why = (
            TAMPERED,
            f"a configuration controls {_gates(count)} that the golden circuit lacks; in all {changes}",
        )
    elif not differs:
        verdict, why = INTACT, "gate by gate the golden circuit"
    elif found.circuit > SAME:
        verdict, why = TAMPERED, f"{changes}, and the unitary is another"
    else:
        verdict, why = REWRITTEN, f"{changes}, but the unitary is the golden one"
    return Test(_STRUCTURE, float(count), 0.0, 0.0, verdict, why, details)


def unitary_test(found: Difference | None) -> Test:
    """Whether the circuit does something else than the golden one, in any configuration."""
    if found is None:
        return Test.not_run(_UNITARY, "there is no golden circuit")
    details = {"circuit": found.circuit, "encoder": found.encoder, "ansatz": found.ansatz}
    where = [name for name in ("encoder", "ansatz") if details[name] > SAME]
    if found.circuit <= SAME:
        verdict, why = INTACT, "the golden circuit's, phases apart, in every configuration that was given"
    else:
        verdict, why = TAMPERED, f"{found.name} it differs in the {' and the '.join(where) or 'circuit'}"
    return Test(_UNITARY, found.circuit, 0.0, SAME, verdict, why, details)


def _gates(count: int) -> str:
    return f"{count} gate{'' if count == 1 else 's'}"
