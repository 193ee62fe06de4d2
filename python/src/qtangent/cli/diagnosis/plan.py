"""From flags to diagnoses: every data set with every circuit at every scale."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...circuits import Circuit
from ...datasets import Dataset
from ...models import Model
from ..plan import expect_different, subjects
from ..python_file import function_in_file


@dataclass(frozen=True)
class Job:
    """One diagnosis to make."""

    name: str
    title: str
    circuit: str
    """A sentence on the circuit, the observable and the scale."""
    data: Dataset
    model: Model
    theta: Real | None
    family: Callable[[int, int], Circuit | Model] | None


def plan(arguments: argparse.Namespace) -> list[Job]:
    """All jobs, with data sets loaded and circuits built, so that mistakes show before the first one starts.

    Raises:
        InvalidArgumentError: A flag's value cannot be used.
        FileError: A file cannot be read.
    """
    family = None if arguments.family is None else _family(arguments.family)
    jobs = []
    for one in subjects(arguments):
        for scale in dict.fromkeys(arguments.scale or one.scales[:1]):
            jobs.append(
                Job(
                    name=f"{Path(one.data.name).stem}-{one.kind}-scale{scale:g}",
                    title=f"{one.data.name}: {one.title}, scale {scale:g}",
                    circuit=f"{one.text}; observable {one.measured.text}; scale {scale:g}",
                    data=one.data,
                    model=Model(one.circuit, one.measured.observable, scale, one.precision),
                    theta=one.theta,
                    family=family or one.family,
                )
            )
    expect_different([job.name for job in jobs])
    return jobs


def _family(given: str) -> Callable[[int, int], Circuit | Model]:
    path, _, name = given.rpartition(":")
    if Path(path).suffix != ".py":
        raise InvalidArgumentError(f"--family {given}: give a Python file and a name, as in mine.py:family")
    return function_in_file(Path(path), name, (2, 1))
