"""`qtangent study`: trainings on one or several data sets, explained in a report."""

from __future__ import annotations

import argparse
import sys
import time as clock
import warnings
from itertools import groupby
from pathlib import Path
from typing import Any

from .._native.errors import QTangentWarning
from ..convergence.files import ensure_folder, to_json, write_atomically
from ..convergence.telling.storage import as_dict, save
from ..convergence.telling.summary import table
from ..convergence.words import number
from ..datasets.origin import Origin
from ..plots import compare_losses, figure_bytes
from ..report import Entry, render
from . import page
from .info import facts
from .plan import Job, plan


def run(arguments: argparse.Namespace) -> int:
    started = clock.perf_counter()
    progress = page.begin(arguments.out)
    jobs = plan(arguments)
    for job in jobs:
        ensure_folder(arguments.out / job.name / "figures")
    entries: list[Entry] = []
    code = 0
    try:
        for number, job in enumerate(jobs, start=1):
            entries.append(_train(job, f"[{number}/{len(jobs)}]", progress, arguments.out))
    except KeyboardInterrupt:
        print(f"qtangent: interrupted; {len(entries)} of {len(jobs)} studies are complete", file=sys.stderr)
        code = 130
    if entries:
        _write(arguments, entries, clock.perf_counter() - started)
    return code


def _train(job: Job, counter: str, progress: bool, out: Path) -> Entry:
    print(f"{counter} {job.name}: {job.circuit}", file=sys.stderr, flush=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", QTangentWarning)
        study = job.run(progress)
    origin = job.dataset.origin
    texts = [str(one.message) for one in caught]
    notes = texts if origin is None else [origin.tell(text) for text in texts]
    s = study.settings
    if s["steps"] == job.most_steps and s["time"] < job.time * (1 - 1e-9):
        notes.append(
            f"training ended after {s['steps']} steps at t = {number(s['time'])}, before t = {number(job.time)}: "
            f"--steps allows more"
        )
    for note in notes:
        print(f"      note: {note}", file=sys.stderr)
    print(
        f"      {s['steps']} steps of dt {number(s['dt'])} (learning rate {number(s['learning_rate'])}) "
        f"in {study.elapsed:.1f} s. {study.verdict}",
        file=sys.stderr,
        flush=True,
    )
    figures = save(study, out / job.name, job.all_kernels)
    words = (job.name, job.title, job.dataset.name, job.dataset.description, job.circuit)
    return Entry(*words, study, figures, job.model.circuit, tuple(notes), origin)


def _write(arguments: argparse.Namespace, entries: list[Entry], seconds: float) -> None:
    out: Path = arguments.out
    settings = page.settings(arguments)
    content = {
        "settings": settings,
        "versions": dict(facts()),
        "seconds": seconds,
        "notes": [f"{entry.name}: {note}" for entry in entries for note in entry.notes],
        "studies": {entry.name: _entry_dict(entry) for entry in entries},
    }
    comparisons = {}
    for name, members in groupby(entries, key=lambda entry: entry.dataset):
        svg, png = figure_bytes(compare_losses([(entry.title, entry.study) for entry in members]))
        write_atomically(out / f"{Path(name).stem}-losses.svg", svg)
        write_atomically(out / f"{Path(name).stem}-losses.png", png)
        comparisons[name] = svg
    text = render(entries, comparisons, page.rows(arguments, seconds))
    write_atomically(out / "report.html", text.encode(errors="backslashreplace"))
    write_atomically(out / "study.json", to_json(content))
    print(table([(entry.name, entry.study) for entry in entries]))
    print()
    for entry in entries:
        print(f"{entry.name}: {entry.study.verdict}")
    print(f"\nReport: {out / 'report.html'}")


def _entry_dict(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "dataset": entry.description,
        "circuit": entry.circuit,
        "samples": None if entry.origin is None else _places(entry.origin),
        **as_dict(entry.study),
    }


def _places(origin: Origin) -> dict[str, Any]:
    """Where each training sample stands: line (from 1) or row (from 0)."""
    return {"source": origin.name, "word": origin.word, "numbers": origin.numbers.tolist()}
