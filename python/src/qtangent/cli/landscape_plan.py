"""From flags to questions: every data set with the circuit."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import ansatz, landscape
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..convergence.words import counted
from ..datasets import Dataset
from ..models import Model
from .circuit_file import CircuitFile
from .data import load_data
from .explore import Question, Training, moving_parameters
from .measured import Measured, default_observables, fitted, given_observables, of_model
from .own import expect_flags_of_one_circuit, own_circuit, own_problem

HARD = "hard"
"""The data set that is built for the circuit."""


@dataclass(frozen=True)
class Subject:
    """A question with its words."""

    name: str
    title: str
    description: str
    circuit: str
    question: Question


def subjects(arguments: argparse.Namespace) -> list[Subject]:
    """All questions, so that mistakes show before anything is searched.

    Raises:
        InvalidArgumentError: a flag's value cannot be used.
        FileError: a file cannot be read.
    """
    _check(arguments)
    return [_subject(name, arguments) for name in dict.fromkeys(arguments.dataset)]


def training(arguments: argparse.Namespace) -> Training:
    return Training(arguments.optimizer, arguments.learning_rate, arguments.starts, arguments.steps)


def _check(arguments: argparse.Namespace) -> None:
    for name in ("starts", "steps", "layers", "params", "qubits"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            raise InvalidArgumentError(f"--{name} is {value}: give 1 or more")
    for name in ("seconds", "learning_rate"):
        value = getattr(arguments, name)
        if value is not None and not (np.isfinite(value) and value > 0):
            raise InvalidArgumentError(f"--{name.replace('_', '-')} is {value:g}: give a positive number")
    if arguments.seed < 0:
        raise InvalidArgumentError(f"the seed is {arguments.seed}: give 0 or a positive integer")
    if arguments.optimizer == "lbfgs" and arguments.learning_rate is not None:
        raise InvalidArgumentError("--learning-rate is for other optimisers; L-BFGS has none: leave it out")
    expect_flags_of_one_circuit(arguments)


def _subject(name: str, arguments: argparse.Namespace) -> Subject:
    kind, title, text, model, data, theta = (
        _own(name, arguments) if arguments.circuit is not None else _ansatz(name, arguments)
    )
    if model.n_params == 0:
        raise InvalidArgumentError(f"{text} has no parameters, so there is no landscape to study")
    question = Question(
        model, data.y, data.X, data.states, _parameters(model, data, arguments), theta, arguments.seed
    )
    return Subject(
        name=f"{Path(name).stem}-{kind}",
        title=f"{data.name}: {title}",
        description=data.description,
        circuit=text,
        question=question,
    )


def _parameters(model: Model, data: Dataset, arguments: argparse.Namespace) -> tuple[int, ...]:
    if arguments.parameters is None:
        return moving_parameters(model, data.X, data.states)
    chosen = tuple(arguments.parameters)
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(range(model.n_params)):
        raise InvalidArgumentError(
            f"--parameters is {' '.join(map(str, chosen))}; different numbers from 0 to {model.n_params - 1} are expected"
        )
    moving = moving_parameters(model, data.X, data.states)
    if not set(chosen) & set(moving):
        raise InvalidArgumentError(
            f"--parameters is {' '.join(map(str, chosen))}; none of them moves a prediction, those that do are "
            f"{', '.join(map(str, moving))}"
        )
    return chosen


def _drawn(n_params: int, arguments: argparse.Namespace) -> Real:
    return np.random.default_rng(arguments.seed).uniform(0, 2 * np.pi, n_params)


_Parts = tuple[str, str, str, Model, Dataset, Real]
"""Short name, title, a sentence on the circuit, and what is studied."""


def _own(name: str, arguments: argparse.Namespace) -> _Parts:
    found = own_circuit(arguments)
    if name == HARD:
        measured = _measured(arguments, found.circuit.n_qubits, found)
        model = Model(found.circuit, measured.observable)
        text = f"{found.source}: {counted(found.circuit.n_qubits, 'qubit')}, {counted(found.circuit.n_params, 'parameter')}"
        return found.name, found.name, f"{text}; observable {measured.text}", *_hard(model, arguments)
    own = own_problem(found, name, arguments)
    model = Model(own.circuit, own.measured.observable, own.scale, own.precision)
    theta = _drawn(model.n_params, arguments) if own.theta is None else own.theta
    return own.name, own.name, f"{own.text}; observable {own.measured.text}", model, own.data, theta


def _ansatz(name: str, arguments: argparse.Namespace) -> _Parts:
    kind = arguments.ansatz or "haar"
    data = None if name == HARD else load_data(name, arguments, arguments.qubits)
    n = (4 if arguments.qubits is None else arguments.qubits) if data is None else data.n_qubits
    if kind == "hea":
        layers = 2 if arguments.layers is None else arguments.layers
        circuit, size = (
            ansatz.hardware_efficient(n, layers, topology="chain"),
            f"hardware-efficient, {layers} layers",
        )
    else:
        params = 3 if arguments.params is None else arguments.params
        circuit, size = ansatz.haar(n, params, seed=arguments.seed), f"Haar, {counted(params, 'parameter')}"
    outputs = 1 if data is None or data.y.ndim == 1 else data.y.shape[1]
    measured = _measured(arguments, n, None, outputs)
    text = f"{size} on {counted(n, 'qubit')}; observable {measured.text}"
    if data is None:
        return kind, size, text, *_hard(Model(circuit, measured.observable), arguments)
    data = fitted(data, len(measured.observables))
    if data.encoding is not None:
        circuit = data.encoding + circuit
    return kind, size, text, Model(circuit, measured.observable), data, _drawn(circuit.n_params, arguments)


def _measured(
    arguments: argparse.Namespace, n_qubits: int, found: CircuitFile | None, outputs: int = 1
) -> Measured:
    if arguments.observable is not None:
        return given_observables(arguments.observable, n_qubits)
    if found is not None and found.model is not None:
        return of_model(found.model)
    return default_observables(outputs, n_qubits, () if found is None else found.measured)


def _hard(model: Model, arguments: argparse.Namespace) -> tuple[Model, Dataset, Real]:
    """The data set that is built for the model."""
    observable = model.observable
    if isinstance(observable, list):
        raise InvalidArgumentError(f"--dataset hard is for one observable, {len(observable)} are measured")
    hard = landscape.hard_dataset(model.circuit, observable)
    data = Dataset(
        name=HARD,
        description=f"{counted(len(hard.labels), 'density matrix', 'density matrices')} on which this circuit has "
        f"{counted(len(hard.minima_loss), 'minimum', 'minima')} a period",
        n_qubits=model.circuit.n_qubits,
        y=hard.labels,
        y_test=None,
        states=hard.states,
    )
    return hard.model, data, _drawn(model.n_params, arguments)
