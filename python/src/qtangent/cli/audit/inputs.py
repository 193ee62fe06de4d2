"""What an audit is made from: circuits, configurations, parameters and probes in files."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._native.arrays import Real
from ..._native.errors import FileError, InvalidArgumentError
from ..._native.strangers import parse_json, read_all
from ...circuits import Circuit
from ...datasets.delimited import Options
from ...datasets.files import read
from ...runs import Run
from ..circuit_file import CircuitFile, load_circuit
from ..measured import Measured, default_observables, given_observables, of_model
from ..theta_file import read_theta

Configuration = dict[str, float]

_LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Probes:
    """Samples (N, f), and which class each of them has, (N,), of so many classes."""

    X: Real
    numbers: NDArray[np.intp]
    classes: Sequence[Any]

    def labels(self, outputs: int) -> NDArray[np.intp]:
        """(N,), as an audit takes them for so many outputs.

        Raises:
            InvalidArgumentError: for another number of outputs than classes, but one for two.
        """
        k = len(self.classes)
        if outputs == k:
            return self.numbers
        if (outputs, k) == (1, 2):
            return 1 - 2 * self.numbers
        raise InvalidArgumentError(
            f"{outputs} outputs for {k} classes ({', '.join(map(str, self.classes[:8]))}): give an --observable for each, "
            "or one for two"
        )


def read_configurations(path: Path) -> list[Configuration]:
    """One configuration or a list of them from a .json file.

    Raises:
        InvalidArgumentError: the file holds something else.
        FileError: it cannot be read.
    """
    try:
        content = parse_json(read_all(path))
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise InvalidArgumentError(f"{path} is no JSON: {error}") from error
    found = content if isinstance(content, list) else [content]
    for one in found:
        if not isinstance(one, dict):
            raise InvalidArgumentError(f"{path} holds {one!r:.60}; objects of keys and angles are expected")
        for key, value in one.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
                raise InvalidArgumentError(
                    f"{path}: {key!r} is {value!r:.60}; an angle in radians is expected"
                )
    return found


def read_circuit(
    given: str, features: Sequence[str] | None, config_inputs: Sequence[str] | None, keys: Sequence[str]
) -> CircuitFile:
    """A circuit with the inputs that configurations set: those named, else `keys`."""
    if config_inputs is None and not given.lower().endswith(".qasm"):
        return load_circuit(given, features)
    return load_circuit(given, features, config=keys if config_inputs is None else config_inputs)


def expect_same_inputs(suspect: CircuitFile, golden: CircuitFile) -> None:
    """Raises InvalidArgumentError where the suspect has parameters that the golden circuit lacks, which a configuration
    may set."""
    theirs, ours = suspect.circuit.parameter_names, golden.circuit.parameter_names
    if len(theirs) > len(ours):
        more = [name for name in theirs if name not in ours]
        raise InvalidArgumentError(
            f"{suspect.source} has {len(theirs)} parameters, {golden.source} has {len(ours)}; if a configuration sets "
            f"{', '.join(more[:4])}{', ...' * (len(more) > 4)}, name them with --config-inputs"
        )


def expect_inputs(names: Sequence[str], circuits: Sequence[Circuit]) -> None:
    """Raises InvalidArgumentError for a name of --config-inputs that is that of no input of any circuit."""
    keys = [key for one in circuits for key in (*one.config_keys, *one.unused_inputs)]
    for name in names:
        if not any(re.fullmatch(rf"{re.escape(name)}(_\d+)?", key) for key in keys):
            inputs = ", ".join(dict.fromkeys([*keys, *circuits[0].parameter_names][:8]))
            raise InvalidArgumentError(
                f"--config-inputs has {name!r}, which is no input; there are {inputs or 'none'}"
            )


def read_parameters(path: Path, circuit: Circuit) -> Real:
    """Parameters (p,) of a saved run, or of what `theta_file.read_theta` reads.

    Raises:
        InvalidArgumentError: the file holds no such numbers.
        FileError: it cannot be read.
    """
    try:
        is_run = False
        if path.is_file():  # a pipe can be read once only
            with path.open("rb") as file:
                is_run = file.read(8) == b"QTANGRUN"
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    if not is_run:
        return read_theta(path, circuit)
    theta = Run.load(path).theta
    if theta.shape != (circuit.n_params,):
        raise InvalidArgumentError(
            f"the parameters of the run {path} have shape {theta.shape}, the circuit has {circuit.n_params} parameters"
        )
    return theta


def read_probes(path: Path, target: str | None, circuit: Circuit) -> Probes:
    """Samples whose columns are the circuit's features as they are.

    Raises:
        InvalidArgumentError: for another number of columns, and for what the file's reader refuses.
        FileError: the file cannot be read.
    """
    table = read(path, Options(target=target))
    columns, f = list(table.columns), circuit.n_features
    if len(columns) != f:
        raise InvalidArgumentError(
            f"{path} has {len(columns)} columns of features ({', '.join(map(str, columns[:6]))}"
            f"{', ...' * (len(columns) > 6)}), the circuit has {f} features ({', '.join(circuit.feature_names[:6])}"
            f"{', ...' * (f > 6)})"
        )
    classes, numbers = np.unique(table.labels, return_inverse=True)
    return Probes(table.features, numbers.astype(np.intp), classes.tolist())


def measured(suspect: CircuitFile, sums: Sequence[str] | None, probes: Probes | None) -> Measured | None:
    """What is measured after the circuit; None where nothing says how many outputs there are."""
    n = suspect.circuit.n_qubits
    if sums is not None:
        return given_observables(sums, n)
    if suspect.model is not None:
        return of_model(suspect.model)
    if probes is not None:
        k = len(probes.classes)
        return default_observables(1 if k == 2 else k, n, suspect.measured)
    return default_observables(len(suspect.measured), n, suspect.measured) if suspect.measured else None
