"""`qtangent landscape`: the minima of a loss and where training ends, on a page."""

from __future__ import annotations

import argparse
import sys
import time as clock
from pathlib import Path
from typing import Any

import numpy as np

from ..convergence.files import ensure_folder, to_json, write_atomically
from ..landscape import telling
from ..plots import figure_bytes
from ..report import Landscape, render_landscapes
from . import page
from .explore import Answer, Training, explore
from .info import facts
from .landscape_plan import Subject, subjects, training
from .portrait import portrait


def run(arguments: argparse.Namespace) -> int:
    started = clock.perf_counter()
    progress = page.begin(arguments.out)
    asked = subjects(arguments)
    how = training(arguments)
    entries: list[tuple[Landscape, dict[str, Any]]] = []
    code = 0
    try:
        for number, subject in enumerate(asked, start=1):
            print(f"[{number}/{len(asked)}] {subject.name}: {subject.circuit}", file=sys.stderr, flush=True)
            entries.append(_landscape(subject, how, arguments.seconds, progress, arguments.out))
    except KeyboardInterrupt:
        print(
            f"qtangent: interrupted; {len(entries)} of {len(asked)} landscapes are complete", file=sys.stderr
        )
        code = 130
    if entries:
        _write(arguments, entries, clock.perf_counter() - started)
    return code


def _landscape(
    subject: Subject, how: Training, seconds: float, progress: bool, out: Path
) -> tuple[Landscape, dict[str, Any]]:
    """The page's entry and what landscape.json says."""
    began = clock.perf_counter()
    answer = explore(subject.question, how, seconds, progress)
    verdict = telling.verdict(answer.minima, answer.rate, how.words)
    figures: dict[str, tuple[str, bytes]] = {}
    folder = out / subject.name
    ensure_folder(folder)
    for name, (text, figure) in portrait(subject.question, answer).items():
        svg, png = figure_bytes(figure)
        write_atomically(folder / f"{name}.svg", svg)
        write_atomically(folder / f"{name}.png", png)
        figures[name] = (text, svg)
    elapsed = clock.perf_counter() - began
    print(f"      {elapsed:.1f} s. {verdict}", file=sys.stderr, flush=True)
    question = subject.question
    studied = f"parameters {', '.join(map(str, question.parameters))} of {question.model.n_params}"
    entry = Landscape(
        name=subject.name,
        title=subject.title,
        description=subject.description,
        circuit=subject.circuit,
        drawn=subject.question.model.circuit,
        verdict=verdict,
        findings=telling.findings(answer.minima, answer.basins),
        left_out=answer.left_out,
        minima=answer.minima,
        basins=answer.basins,
        settings=f"Studied: {studied}; {len(question.y)} samples; trainings: {how.steps} steps of {how.words}, "
        f"seed {question.seed}; {elapsed:.1f} s.",
        figures=figures,
    )
    return entry, _as_dict(entry, answer)


def _write(
    arguments: argparse.Namespace, entries: list[tuple[Landscape, dict[str, Any]]], seconds: float
) -> None:
    out: Path = arguments.out
    settings = page.settings(arguments)
    content = {
        "settings": settings,
        "versions": dict(facts()),
        "seconds": seconds,
        "landscapes": {entry.name: told for entry, told in entries},
    }
    text = render_landscapes([entry for entry, _ in entries], page.rows(arguments, seconds))
    write_atomically(out / "landscape.html", text.encode(errors="backslashreplace"))
    write_atomically(out / "landscape.json", to_json(content))
    for entry, _ in entries:
        print(f"{entry.name}: {entry.verdict}")
    print(f"\nPage: {out / 'landscape.html'}")


def _as_dict(entry: Landscape, answer: Answer) -> dict[str, Any]:
    minima, rate, basins = answer.minima, answer.rate, answer.basins
    told: dict[str, Any] = {
        "title": entry.title,
        "dataset": entry.description,
        "circuit": entry.circuit,
        "verdict": entry.verdict,
        "findings": entry.findings,
        "left_out": entry.left_out,
        "parameters": list(minima.parameters),
        "complete": minima.complete,
        "method": minima.method,
        "volume_left": minima.volume_left,
        "upper_bounds": list(minima.upper_bounds),
        "index_counts": None if minima.index_counts is None else minima.index_counts.tolist(),
        "degenerate": [
            {"theta": one.theta.tolist(), "loss": one.loss, "dimension": one.dimension} for one in minima.degenerate
        ],
        "minima": {
            name: np.asarray(getattr(minima, name)).tolist()
            for name in (
                "theta", "loss", "spurious", "certified", "hessian_min_eigenvalue", "kantorovich_h", "unique_radius_phi",
            )
        },
    }  # fmt: skip
    if rate is not None:
        told["success"] = {"rate": rate.rate, "interval": list(rate.interval), "threshold": rate.threshold}
    if basins is not None:
        told["basins"] = {
            "starts": basins.starts, "counts": basins.counts.tolist(), "intervals": basins.intervals.tolist(),
            "elsewhere": basins.elsewhere,
        }  # fmt: skip
    return told
