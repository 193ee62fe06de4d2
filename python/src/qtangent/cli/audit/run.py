"""An audit of files, on a page."""

from __future__ import annotations

import argparse
import time as clock
from pathlib import Path

from ..._extras import require
from ...audit import inspect
from ...circuits import Circuit
from ...convergence.files import ensure_folder, to_json, write_atomically
from ...models import Model
from ...report import Audited, render_audit
from .. import page
from ..circuit_file import CircuitFile
from ..info import facts
from ..measured import Measured
from .inputs import (
    expect_inputs,
    expect_same_inputs,
    measured,
    read_circuit,
    read_configurations,
    read_parameters,
    read_probes,
)

CODES = {"intact": 0, "tampered": 3, "undecided": 4}


def run(arguments: argparse.Namespace) -> int:
    started = clock.perf_counter()
    out: Path = arguments.out
    ensure_folder(out)
    require("jinja2", "Jinja2", "study")
    configurations = None if arguments.config is None else read_configurations(Path(arguments.config))
    keys = list(dict.fromkeys(key for one in configurations or [] for key in one))
    suspect = read_circuit(arguments.circuit, arguments.features, arguments.config_inputs, keys)
    golden = None
    if arguments.golden is not None:
        golden = read_circuit(arguments.golden, arguments.features, arguments.config_inputs, keys)
        expect_same_inputs(suspect, golden)
    circuits = [one.circuit for one in (suspect, golden) if one is not None]
    expect_inputs(arguments.config_inputs or (), circuits)
    theta = None if arguments.theta is None else read_parameters(Path(arguments.theta), suspect.circuit)
    probes = (
        None
        if arguments.data is None
        else read_probes(Path(arguments.data), arguments.target, suspect.circuit)
    )
    outputs = measured(suspect, arguments.observable, probes)
    report = inspect(
        _subject(suspect, outputs),
        golden=None if golden is None else golden.circuit,
        theta=theta,
        X=None if probes is None else probes.X,
        y=None if probes is None or outputs is None else probes.labels(len(outputs.observables)),
        config=configurations,
        shots=arguments.shots,
        seed=arguments.seed,
    )
    asked = page.settings(arguments)
    seconds = clock.perf_counter() - started
    audited = Audited(
        report=report,
        suspect=suspect.circuit,
        suspect_source=suspect.source,
        golden=None if golden is None else golden.circuit,
        golden_source=None if golden is None else golden.source,
        measured=None if outputs is None else outputs.text,
    )
    text = render_audit(audited, page.rows(arguments, seconds))
    content = {"settings": asked, "versions": dict(facts()), "seconds": seconds, "audit": report.to_dict()}
    write_atomically(out / "audit.html", text.encode(errors="backslashreplace"))
    write_atomically(out / "audit.json", to_json(content))
    print(report)
    print(f"\nPage: {out / 'audit.html'}")
    return CODES[report.verdict]


def _subject(suspect: CircuitFile, outputs: Measured | None) -> Model | Circuit:
    if outputs is None:
        return suspect.circuit
    scale = 1.0 if suspect.model is None else suspect.model.scale
    return Model(suspect.circuit, outputs.observable, scale)
