"""From flags to studies: every data set with every ansatz at every scale."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from .. import ansatz, convergence, datasets
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..convergence.result import Study
from ..convergence.steps import LARGEST_STEP, log_grid, step_count
from ..datasets import Dataset
from ..datasets.files import SUFFIXES
from ..models import Model
from ..observables import pauli
from .flags import READING


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


@dataclass(frozen=True)
class Job:
    """One study to run."""

    name: str
    title: str
    circuit: str
    dataset: Dataset
    model: Model
    time: float
    dt: float | None
    records: int
    seed: int

    def run(self, progress: bool) -> Study:
        data = self.dataset
        return convergence.study(
            self.model, data.y, X=data.X, states=data.states, seed=self.seed, time=self.time, dt=self.dt,
            records=self.records, X_test=data.X_test, states_test=data.states_test, y_test=data.y_test,
            progress=progress,
        )  # fmt: skip


def plan(arguments: argparse.Namespace) -> list[Job]:
    """All jobs, with data sets loaded and circuits built, so that mistakes show before training.

    Raises:
        InvalidArgumentError: A flag's value cannot be used.
    """
    _check(arguments)
    jobs: list[Job] = []
    for name in dict.fromkeys(arguments.dataset):
        data = _dataset(name, arguments)
        defaults = _DEFAULTS.get(name, Defaults())
        for kind in dict.fromkeys(arguments.ansatz or defaults.ansatz):
            circuit, size = _circuit(kind, data.n_qubits, arguments, defaults)
            if data.encoding is not None:
                circuit = data.encoding + circuit
            observable = pauli("Z" + "I" * (data.n_qubits - 1))
            for scale in dict.fromkeys(arguments.scale):
                jobs.append(
                    Job(
                        name=f"{Path(name).stem}-{kind}-scale{scale:g}",
                        title=f"{size}, scale {scale:g}",
                        circuit=f"{size} on {data.n_qubits} qubits, observable {scale:g} Z on qubit 0",
                        dataset=data,
                        model=Model(circuit, observable, scale=scale),
                        time=defaults.time if arguments.time is None else arguments.time,
                        dt=arguments.dt,
                        records=arguments.records,
                        seed=arguments.seed,
                    )
                )
    names = [job.name for job in jobs]
    for name in names:
        if names.count(name) > 1:
            raise InvalidArgumentError(
                f"two studies would be called {name}: run them one by one, or rename a file"
            )
    return jobs


def _check(arguments: argparse.Namespace) -> None:
    """What a study would refuse, before the first one starts."""
    if arguments.seed < 0:
        raise InvalidArgumentError(f"the seed is {arguments.seed}: give 0 or a positive integer")
    if arguments.params is not None and arguments.params < 1:
        raise InvalidArgumentError(f"{arguments.params} parameters: there is nothing to train")
    if 0 in arguments.scale:
        raise InvalidArgumentError("the scale is 0: then nothing is measured")
    log_grid(1, arguments.records)
    step_count(
        1.0 if arguments.time is None else arguments.time,
        LARGEST_STEP if arguments.dt is None else arguments.dt,
    )


def _circuit(
    kind: str, n_qubits: int, arguments: argparse.Namespace, defaults: Defaults
) -> tuple[Circuit, str]:
    if kind == "hea":
        layers = arguments.layers
        # A ring would confine the circuit to a subgroup, whose limit is another (docs/maths.md).
        circuit = ansatz.hardware_efficient(n_qubits, layers, topology="chain")
        return circuit, f"hardware-efficient, {layers} layers"
    params = _given(arguments.params, defaults.params)
    return ansatz.haar(n_qubits, params, seed=arguments.seed), f"Haar, {params} parameters"


def _dataset(name: str, arguments: argparse.Namespace) -> Dataset:
    seed, train, test = arguments.seed, arguments.train, arguments.test
    if name == "orthogonal":
        return datasets.orthogonal(_given(arguments.qubits, 5), arguments.states, seed)
    if name == "digits":
        return datasets.digits(_digits(arguments.classes), _given(arguments.qubits, 6), train, test, seed)
    qubits, classes = _given(arguments.qubits, 4), arguments.classes
    if name in datasets.NAMES:
        chosen = {"iris": datasets.iris, "wine": datasets.wine, "breast_cancer": datasets.breast_cancer}[name]
        options = {} if classes is None else {"classes": classes}
        return chosen(n_qubits=qubits, train=train, test=test, seed=seed, **options)
    if Path(name).suffix.lower() in SUFFIXES:
        reading = {flag: getattr(arguments, flag) for flag in READING}
        return datasets.from_file(name, arguments.target, classes, qubits, train, test, seed, **reading)
    raise InvalidArgumentError(
        f"no data set {name!r}: choose {', '.join(datasets.NAMES)}, or give a .csv, .tsv or .npz file"
    )


def _given(flag: int | None, default: int) -> int:
    return default if flag is None else flag


def _digits(classes: list[str] | None) -> list[int]:
    try:
        return [int(one) for one in classes or (3, 5)]
    except ValueError:
        raise InvalidArgumentError(
            f"classes of digits are numbers from 0 to 9, not {' '.join(classes or [])}"
        ) from None
