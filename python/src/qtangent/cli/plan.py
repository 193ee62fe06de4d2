"""From flags to studies: every data set with every circuit at every scale."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import ansatz, convergence
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..convergence.checks import checked_count
from ..convergence.result import Study
from ..convergence.steps import LARGEST_STEP, log_grid, step_count
from ..convergence.words import counted
from ..datasets import Dataset
from ..models import Model
from .data import load_data
from .measured import Measured, default_observables, fitted, given_observables
from .own import expect_flags_of_one_circuit, own_circuit, own_problem


@dataclass(frozen=True)
class Defaults:
    """What a data set is studied with unless the flags say otherwise."""

    ansatz: tuple[str, ...] = ("hea",)
    params: int = 256
    time: float = 20.0


_DEFAULTS = {
    "digits": Defaults(ansatz=("hea", "haar")),
    "orthogonal": Defaults(ansatz=("haar",), params=1024, time=100.0),
}
_DATASETS = ("digits", "orthogonal")
_SCALES = (1.0, 2.0)
_MOST_STEPS = 5000
"""Of a circuit of one's own, which may have so many qubits that the usual time takes days."""


@dataclass(frozen=True)
class Subject:
    """A circuit on a data set."""

    kind: str
    """Short, for folders: hea, haar, or the name of the user's circuit."""
    title: str
    text: str
    """A sentence on the circuit."""
    circuit: Circuit
    measured: Measured
    scales: tuple[float, ...]
    data: Dataset
    theta: Real | None = None
    time: float = Defaults.time
    precision: str = "double"
    most_steps: int | None = None
    family: Callable[[int, int], Circuit] | None = None
    """Of (qubits, layers): the library's circuits in other sizes."""


@dataclass(frozen=True)
class Job:
    """One study to run."""

    name: str
    title: str
    circuit: str
    dataset: Dataset
    model: Model
    theta: Real | None
    time: float
    dt: float | None
    records: int
    seed: int
    most_steps: int | None
    all_kernels: bool

    def run(self, progress: bool) -> Study:
        data = self.dataset
        return convergence.study(
            self.model, data.y, X=data.X, states=data.states, theta=self.theta, seed=self.seed, time=self.time,
            dt=self.dt, records=self.records, X_test=data.X_test, states_test=data.states_test, y_test=data.y_test,
            progress=progress, max_steps=self.most_steps,
        )  # fmt: skip


def plan(arguments: argparse.Namespace) -> list[Job]:
    """All jobs, with data sets loaded and circuits built, so that mistakes show before training.

    Raises:
        InvalidArgumentError: A flag's value cannot be used.
        FileError: A file cannot be read.
    """
    _check(arguments)
    jobs: list[Job] = []
    for one in subjects(arguments):
        for scale in dict.fromkeys(arguments.scale or one.scales):
            model = Model(one.circuit, one.measured.observable, scale, one.precision)
            jobs.append(
                Job(
                    name=f"{Path(one.data.name).stem}-{one.kind}-scale{scale:g}",
                    title=f"{one.title}, scale {scale:g}",
                    circuit=f"{one.text}; observable {one.measured.text}; scale {scale:g}",
                    dataset=one.data,
                    model=model,
                    theta=one.theta,
                    time=one.time if arguments.time is None else arguments.time,
                    dt=arguments.dt,
                    records=arguments.records,
                    seed=arguments.seed,
                    most_steps=one.most_steps if arguments.steps is None else arguments.steps,
                    all_kernels=arguments.all_kernels,
                )
            )
    expect_different([job.name for job in jobs])
    return jobs


def subjects(arguments: argparse.Namespace) -> Iterator[Subject]:
    """Every data set with the user's circuit, or with every ansatz.

    Args:
        arguments: With the flags of `flags.add_circuit_flags`, `add_data_flags` and `study_flags.add_ansatz_flags`.

    Raises:
        InvalidArgumentError: A flag's value cannot be used.
        FileError: A file cannot be read.
    """
    if arguments.seed < 0:
        raise InvalidArgumentError(f"the seed is {arguments.seed}: give 0 or a positive integer")
    if arguments.params is not None and arguments.params < 1:
        raise InvalidArgumentError(f"{arguments.params} parameters: there is nothing to train")
    if 0 in (arguments.scale or ()):
        raise InvalidArgumentError("the scale is 0: then nothing is measured")
    expect_flags_of_one_circuit(arguments)
    return _own(arguments) if arguments.circuit is not None else _ansatze(arguments)


def expect_different(names: list[str]) -> None:
    """Names of folders, each once.

    Raises:
        InvalidArgumentError: Two are the same.
    """
    for name in names:
        if names.count(name) > 1:
            raise InvalidArgumentError(
                f"two results would be called {name}: run them one by one, or rename a file"
            )


def _check(arguments: argparse.Namespace) -> None:
    """What a study would refuse, before the first one starts."""
    if arguments.steps is not None:
        checked_count("steps", arguments.steps)
    log_grid(1, arguments.records)
    step_count(
        1.0 if arguments.time is None else arguments.time,
        LARGEST_STEP if arguments.dt is None else arguments.dt,
    )


def _own(arguments: argparse.Namespace) -> Iterator[Subject]:
    if arguments.dataset is None:
        raise InvalidArgumentError("name the data for the circuit with --dataset")
    found = own_circuit(arguments)
    for name in dict.fromkeys(arguments.dataset):
        own = own_problem(found, name, arguments)
        yield Subject(
            own.name, own.name, own.text, own.circuit, own.measured, (own.scale,), own.data, own.theta,
            precision=own.precision, most_steps=_MOST_STEPS,
        )  # fmt: skip


def _ansatze(arguments: argparse.Namespace) -> Iterator[Subject]:
    for name in dict.fromkeys(arguments.dataset or _DATASETS):
        data, defaults = load_data(name, arguments, arguments.qubits), _DEFAULTS.get(name, Defaults())
        n = data.n_qubits
        if arguments.observable is not None:
            measured = given_observables(arguments.observable, n)
        else:
            measured = default_observables(1 if data.y.ndim == 1 else data.y.shape[1], n, ())
        data = fitted(data, len(measured.observables))
        for kind in dict.fromkeys(arguments.ansatz or defaults.ansatz):
            circuit, size, family = _circuit(kind, n, arguments, defaults)
            if data.encoding is not None:
                circuit = data.encoding + circuit
            text = f"{size} on {counted(n, 'qubit')}"
            yield Subject(
                kind, size, text, circuit, measured, _SCALES, data, time=defaults.time, family=family
            )


def _circuit(
    kind: str, n_qubits: int, arguments: argparse.Namespace, defaults: Defaults
) -> tuple[Circuit, str, Callable[[int, int], Circuit]]:
    """The circuit, its size in words, and what builds it in other sizes."""
    if kind == "hea":
        layers = 32 if arguments.layers is None else arguments.layers
        # A ring would confine the circuit to a subgroup, whose limit is another (docs/maths.md).
        family = functools.partial(ansatz.hardware_efficient, topology="chain")
        return (
            family(n_qubits, layers),
            f"hardware-efficient, {layers} {'layer' if layers == 1 else 'layers'}",
            family,
        )
    params = defaults.params if arguments.params is None else arguments.params
    family = functools.partial(ansatz.haar, seed=arguments.seed)
    return family(n_qubits, params), f"Haar, {counted(params, 'parameter')}", family
