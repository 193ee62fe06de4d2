"""Tapes with shots: the bits that detectors give, and what PennyLane makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .evaluation import Job, together

# Above so many bits at once, tapes are sampled one by one.
_MOST_BITS = 2**26


class Settings:
    """Tapes each of which one setting of the detectors measures, in the place of one tape.

    Measurements of the computational basis share shots, and so do expectation values of Pauli strings that commute qubit by
    qubit; any other is measured apart, in the eigenbasis of its observable.
    """

    def __init__(self, tape: Any) -> None:
        import pennylane as qml
        from pennylane.measurements import ExpectationMP

        self._count, self._bins = len(tape.measurements), list(tape.shots.bins())
        self._is_partitioned = tape.shots.has_partitioned_shots
        groups: dict[Any, list[int]] = {}
        for place, one in enumerate(tape.measurements):
            kind = "basis" if one.obs is None else "mean" if isinstance(one, ExpectationMP) else place
            groups.setdefault(kind, []).append(place)
        self.tapes: list[Any] = []
        self._parts: list[tuple[list[int], slice, Callable[[Sequence[Any]], Any]]] = []
        for kind, places in groups.items():
            part = tape.copy(measurements=[tape.measurements[place] for place in places])
            several, merge = qml.transforms.split_non_commuting(part) if kind == "mean" else ([part], _only)
            self._parts.append((places, slice(len(self.tapes), len(self.tapes) + len(several)), merge))
            self.tapes += several

    def merge(self, results: Sequence[Any]) -> Any:
        """The results of the tape from those of its settings."""
        found: list[list[Any]] = [[None] * self._count for _ in self._bins]
        for places, part, merge in self._parts:
            merged = merge(results[part])
            for row, values in zip(found, merged if self._is_partitioned else [merged], strict=True):
                for place, value in zip(places, values if len(places) > 1 else [values], strict=True):
                    row[place] = value
        rows = tuple(tuple(row) if self._count > 1 else row[0] for row in found)
        return rows if self._is_partitioned else rows[0]


def _only(results: Sequence[Any]) -> Any:
    return results[0]


def measured(jobs: list[Job], seeds: Callable[[], int]) -> list[Any]:
    """The results of tapes of one structure with as many shots, a tuple for several measurements, and a tuple of those for
    several numbers of shots. Every tape has shots of its own; its measurements share them."""
    model, shots = jobs[0].structure.model, jobs[0].tape.shots.total_shots
    bits = shots * model.circuit.n_qubits * sum(len(job.values.angles) for job in jobs)
    found = []
    for part in [jobs] if bits <= _MOST_BITS else [[job] for job in jobs]:
        drawn = together(
            part, lambda theta, states: (model.sample(theta, shots=shots, seed=seeds(), states=states),)
        )
        found += [_results(job, rows) for job, (rows,) in zip(part, drawn, strict=True)]
    return found


def _results(job: Job, rows: Any) -> Any:
    """From bits (b, shots, n)."""
    bits, tape = job.shaped(rows).astype(np.int64), job.tape
    wires = job.structure.wires
    found = []
    for start, end in tape.shots.bins():
        values = [one.process_samples(bits, wires, shot_range=(start, end)) for one in tape.measurements]
        found.append(tuple(values) if len(values) > 1 else values[0])
    return tuple(found) if tape.shots.has_partitioned_shots else found[0]
