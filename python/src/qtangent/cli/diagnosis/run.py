"""Diagnoses, printed and on a page."""

from __future__ import annotations

import argparse
import sys
import time as clock
from pathlib import Path

from ...convergence.files import ensure_folder, write_atomically
from ...diagnosis import Diagnosis, diagnose
from ...report import Diagnosed, render_diagnoses
from .. import page
from .plan import Job, plan


def run(arguments: argparse.Namespace) -> int:
    started = clock.perf_counter()
    progress = page.begin(arguments.out)
    jobs = plan(arguments)
    for job in jobs:
        ensure_folder(arguments.out / job.name)
    found: list[tuple[Job, Diagnosis]] = []
    code = 0
    try:
        for number, job in enumerate(jobs, start=1):
            print(f"[{number}/{len(jobs)}] {job.name}: {job.circuit}", file=sys.stderr, flush=True)
            found.append((job, _diagnosed(job, arguments, progress)))
    except KeyboardInterrupt:
        print(f"qtangent: interrupted; {len(found)} of {len(jobs)} diagnoses are complete", file=sys.stderr)
        code = 130
    if found:
        _write(arguments, found, clock.perf_counter() - started)
    return code


def _diagnosed(job: Job, arguments: argparse.Namespace, progress: bool) -> Diagnosis:
    data = job.data
    diagnosis = diagnose(
        job.model, data.y, X=data.X, states=data.states, budget=arguments.budget, seed=arguments.seed, theta=job.theta,
        family=job.family, progress=progress,
    )  # fmt: skip
    diagnosis.save(arguments.out / job.name / "diagnosis.json")
    print(f"      {diagnosis.subject.seconds:.1f} s. {diagnosis.sentence}", file=sys.stderr, flush=True)
    return diagnosis


def _write(arguments: argparse.Namespace, found: list[tuple[Job, Diagnosis]], seconds: float) -> None:
    out: Path = arguments.out
    entries = [
        Diagnosed(
            name=job.name,
            title=job.title,
            diagnosis=diagnosis,
            description=job.data.description,
            circuit=job.circuit,
            origin=job.data.origin,
        )
        for job, diagnosis in found
    ]
    text = render_diagnoses(entries, page.rows(arguments, seconds))
    write_atomically(out / "diagnosis.html", text.encode(errors="backslashreplace"))
    if len(found) == 1:
        print(found[0][1].summary())
    else:
        print(Diagnosis.compare([one for _, one in found], [job.name for job, _ in found]))
        print()
        for job, diagnosis in found:
            print(f"{job.name}: {diagnosis.sentence}")
    print(f"\nPage: {out / 'diagnosis.html'}")
