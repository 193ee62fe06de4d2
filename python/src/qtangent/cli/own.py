"""The user's circuit with a data set: what is trained, and what was done to fit the two together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..convergence.words import counted
from ..datasets import Dataset
from .circuit_file import CircuitFile, load_circuit
from .data import load_data
from .measured import Measured, default_observables, fitted, given_observables, of_model
from .theta_file import read_theta


@dataclass(frozen=True)
class OwnProblem:
    """What a command does something with."""

    name: str
    """Of the circuit, for folders."""
    text: str
    """One sentence on the circuit, for the report."""
    circuit: Circuit
    """With an encoding in front where it has no features of its own."""
    measured: Measured
    scale: float
    precision: str
    data: Dataset
    theta: Real | None
    """(p,), or None to draw it."""


def expect_flags_of_one_circuit(arguments: argparse.Namespace) -> None:
    """The flags are those of the library's circuits, or of one's own.

    Raises:
        InvalidArgumentError: one belongs to the other.
    """
    foreign: tuple[str, ...]
    if arguments.circuit is not None:
        foreign, kind = (
            ("ansatz", "layers", "params", "qubits"),
            "the library's circuits: leave it out beside --circuit",
        )
    else:
        foreign, kind = ("theta", "free"), "a circuit of your own: name it with --circuit"
    for name in foreign:
        if getattr(arguments, name) is not None:
            raise InvalidArgumentError(f"--{name} is for {kind}")


def own_circuit(arguments: argparse.Namespace) -> CircuitFile:
    """The circuit of --circuit, which has something to train.

    Raises:
        InvalidArgumentError: it cannot be read or has no parameters.
    """
    found = load_circuit(arguments.circuit, arguments.features, arguments.free)
    if found.circuit.n_params == 0:
        raise InvalidArgumentError(f"{found.source} has no parameters to train{_remedy(found, arguments)}")
    return found


def own_problem(found: CircuitFile, dataset: str, arguments: argparse.Namespace) -> OwnProblem:
    """The circuit with one data set.

    Args:
        found: of `own_circuit`.
        dataset: name or path.
        arguments: with the flags of `flags.add_circuit_flags` and `flags.add_data_flags`.

    Raises:
        InvalidArgumentError: circuit, data, observables and parameters do not fit together.
        FileError: a file cannot be read.
    """
    circuit, n = found.circuit, found.circuit.n_qubits
    data = load_data(dataset, arguments, n, circuit.n_features or None)
    text = (
        f"{found.source}: {counted(n, 'qubit')}, {counted(len(circuit), 'instruction')}, "
        f"{_named('parameter', circuit.parameter_names)} and "
        f"{_named('feature', circuit.feature_names)}"
    )
    if found.unused:
        text = f"{text}; the inputs {', '.join(found.unused)} are in no angle"
    if not circuit.n_features:
        front = "the data are its input states"
        if data.encoding is not None:
            circuit, front = (
                data.encoding + circuit,
                "so an RY rotation a qubit encodes the data in front of it",
            )
        text = f"{text}, {front}"
    if arguments.observable is not None:
        measured = given_observables(arguments.observable, n)
    elif found.model is not None:
        measured = of_model(found.model)
    else:
        measured = default_observables(1 if data.y.ndim == 1 else data.y.shape[1], n, found.measured)
    return OwnProblem(
        name=found.name,
        text=text,
        circuit=circuit,
        measured=measured,
        scale=1.0 if found.model is None else found.model.scale,
        precision="double" if found.model is None else found.model.precision,
        data=fitted(data, len(measured.observables)),
        theta=_start(found, arguments),
    )


def _start(found: CircuitFile, arguments: argparse.Namespace) -> Real | None:
    """Where training starts: --theta, else the file's numbers with drawn ones where there is none, else None."""
    if arguments.theta is not None:
        return read_theta(Path(arguments.theta), found.circuit)
    if found.theta is None:
        return None
    drawn = np.random.default_rng(arguments.seed).uniform(0, 2 * np.pi, found.theta.shape)
    return np.where(np.isnan(found.theta), drawn, found.theta)


def _remedy(found: CircuitFile, arguments: argparse.Namespace) -> str:
    """What else the file offers to train."""
    if arguments.free is not None or found.model is not None or not found.source.lower().endswith(".qasm"):
        return ""
    angles = load_circuit(found.source, arguments.features, "rotations").circuit.n_params
    if angles == 1:
        return ": --free rotations makes the one angle in it that is a number a parameter"
    return f": --free rotations makes the {angles} angles in it that are numbers parameters" if angles else ""


def _named(kind: str, names: Sequence[str]) -> str:
    most = 6
    shown = ", ".join(names if len(names) <= most else [*names[: most - 1], "...", names[-1]])
    return counted(len(names), kind) + (f" ({shown})" if names else "")
