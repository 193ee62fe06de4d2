"""The user's circuit: an OpenQASM file, or a function in a Python file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .._native.arrays import Real, shown
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..models import Model
from .python_file import value_in_file


@dataclass(frozen=True)
class CircuitFile:
    """A circuit and what its file says beside it."""

    name: str
    """Short, for folders and titles: mine for mine.qasm, build for mine.py:build."""
    source: str
    """As it was given."""
    circuit: Circuit
    model: Model | None = None
    """Where the file gives a Model, which says what is measured."""
    measured: tuple[int, ...] = ()
    """Qubits that the file measures, in its order."""
    theta: Real | None = None
    """(p,), the numbers that stand in the file in the place of parameters, NaN where there is none; None without any."""
    unused: tuple[str, ...] = ()
    """Inputs of the file that are in no angle."""


def load_circuit(
    given: str,
    features: Sequence[str] | None = None,
    free: str | None = None,
    config: Sequence[str] | None = None,
) -> CircuitFile:
    """The circuit in `mine.qasm`, or what `build()` in mine.py returns for `mine.py:build`.

    Args:
        given: the path of an OpenQASM file, or of a Python file with a name behind a colon.
        features: names of a QASM file's inputs that are features; "x" if left out.
        free: "rotations" makes a QASM file's literal rotation angles parameters.
        config: names of a QASM file's inputs that a configuration sets.

    Raises:
        InvalidArgumentError: another file, or one whose content cannot be used; the text names the line.
        FileError: the file cannot be read.
    """
    path, _, name = given.rpartition(":")
    if Path(path).suffix == ".py":
        for flag, value in (("free", free), ("features", features), ("config-inputs", config)):
            if value is not None:
                raise InvalidArgumentError(f"{given} builds its own circuit: --{flag} is for QASM files")
        return _built(given, Path(path), name)
    if Path(given).suffix == ".py":
        raise InvalidArgumentError(f"{given}: name what builds the circuit, as in {given}:build")
    if Path(given).suffix.lower() == ".qasm":
        return _from_qasm(given, features, free, config or ())
    raise InvalidArgumentError(
        f"{given}: give a .qasm file, or a Python file and a name, as in mine.py:build"
    )


def _built(given: str, path: Path, name: str) -> CircuitFile:
    value = value_in_file(path, name)
    if isinstance(value, Circuit):
        return CircuitFile(name, given, value)
    if isinstance(value, Model):
        return CircuitFile(name, given, value.circuit, value)
    raise InvalidArgumentError(f"{given} gives {shown(value)}; a qt.Circuit or qt.Model is expected")


def _from_qasm(
    given: str, features: Sequence[str] | None, free: str | None, config: Sequence[str]
) -> CircuitFile:
    names = ("x",) if features is None else tuple(features)
    circuit = Circuit.from_qasm(Path(given), features=names, free=free, config=config)
    if features is not None and not circuit.n_features:
        inputs = ", ".join([*circuit.parameter_names, *circuit.unused_inputs]) if free is None else ""
        raise InvalidArgumentError(
            f"{given} has no input {' or '.join(names)} in an angle; "
            + (f"its inputs are {inputs}" if inputs else "it has no inputs")
        )
    return CircuitFile(
        name=Path(given).stem,
        source=given,
        circuit=circuit,
        measured=circuit.measured_qubits,
        theta=circuit.initial_theta,
        unused=circuit.unused_inputs,
    )
