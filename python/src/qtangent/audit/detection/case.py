"""What an audit was given, checked: circuits in segments, weights, probes, configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...circuits import Circuit
from ...models import Model
from ...observables import Observable, pauli
from ..report import TAMPERED, Test
from .alignment import Alignment, align
from .segments import Configuration, Segments, configured, segments

FAMILY_LEVEL = 0.05
# Tests with chance in them: encoder, kernel, black box, behaviour.
_BY_CHANCE = 4
_PROBES = 60
_MOST_PROBES = 200


@dataclass(frozen=True, eq=False)
class Case:
    """Everything the tests need. `X` (N, f) are the probes, `y` their labels if given."""

    suspect: Segments
    golden: Segments | None
    reference: Segments | None
    """The golden circuit, or the suspect without configuration where others were given."""
    alignment: Alignment | None
    configured: tuple[int, ...]
    """Places of the suspect's configuration-controlled gates."""
    configurations: list[tuple[str, Configuration]]
    """With a name for sentences; the empty one first."""
    model: Model | None
    """With the observables of the outputs, if a model was given."""
    theta: Real
    X: Real
    y: Any
    shots: int
    seed: int

    @property
    def level_of_one(self) -> float:
        """Of false alarms in one test with one configuration, so that all together stay within the family's level."""
        return FAMILY_LEVEL / (_BY_CHANCE * len(self.configurations))

    @property
    def observables(self) -> list[Observable]:
        """Those of the model, or Z on every qubit."""
        if self.model is None:
            n = self.suspect.circuit.n_qubits
            return [pauli("I" * q + "Z" + "I" * (n - 1 - q)) for q in range(n)]
        found = self.model.observable
        return found if isinstance(found, list) else [found]


def worst(tests: Sequence[Test]) -> Test:
    """Of the same test in several configurations the first alarm, or the first."""
    return next((one for one in tests if one.verdict == TAMPERED), tests[0])


def case_of(
    suspect: Circuit | Model,
    golden: Circuit | Model | None,
    theta: ArrayLike | None,
    X: ArrayLike | None,
    y: ArrayLike | None,
    config: Configuration | Sequence[Configuration] | None,
    shots: int,
    seed: int,
) -> Case:
    """Raises InvalidArgumentError for what does not fit; see `inspect`."""
    circuit = _circuit("circuit_or_model", suspect)
    trusted = None if golden is None else _circuit("golden", golden)
    alignment = None
    if trusted is not None:
        _expect_same_sizes(trusted, circuit)
        alignment = align(trusted, circuit)
    keyed = configured(circuit)
    parts = segments(circuit, {*keyed, *(alignment.inserted if alignment else ())})
    given = _configurations(circuit, config)
    configurations: list[tuple[str, Configuration]] = [("without configuration", {})]
    configurations += [
        ("with the configuration" if len(given) == 1 else f"with configuration {k}", one)
        for k, one in enumerate(given)
    ]
    reference = None if trusted is None else segments(trusted)
    if reference is None and given:
        reference = segments(circuit.bind(config={}))
    random = np.random.default_rng(arrays.seed(seed))
    weights = _weights(circuit, theta, random)
    probes, labels = _probes(circuit, X, y, random)
    count = arrays.integer("shots", shots)
    if count < 1:
        raise InvalidArgumentError(f"shots is {count}; at least 1 is needed")
    return Case(
        parts, None if trusted is None else reference, reference, alignment, keyed, configurations,
        next((one for one in (suspect, golden) if isinstance(one, Model)), None),
        weights, probes, labels, count, seed,
    )  # fmt: skip


def _circuit(name: str, given: Circuit | Model) -> Circuit:
    if isinstance(given, Model):
        return given.circuit
    if not isinstance(given, Circuit):
        raise InvalidArgumentError(f"{name} is {given!r}; a qt.Circuit or a qt.Model is expected")
    return given


def _expect_same_sizes(golden: Circuit, suspect: Circuit) -> None:
    if golden.config_keys:
        raise InvalidArgumentError(
            f"the golden circuit is itself configuration-controlled, by {_listed(golden.config_keys)}; "
            "give the circuit as it was designed, or bind its keys"
        )
    sizes = {
        "qubits": (golden.n_qubits, suspect.n_qubits),
        "parameters": (golden.n_params, suspect.n_params),
        "features": (golden.n_features, suspect.n_features),
    }
    for what, (ours, theirs) in sizes.items():
        if ours != theirs:
            raise InvalidArgumentError(
                f"the golden circuit has {ours} {what}, the suspect {theirs}; give the golden circuit of this suspect"
            )


def _configurations(
    circuit: Circuit, config: Configuration | Sequence[Configuration] | None
) -> list[Configuration]:
    if config is None:
        return []
    if not isinstance(config, (Mapping, list, tuple)):
        raise InvalidArgumentError(f"config is {config!r}; {{key: angle}} is expected, or a list of such")
    found = []
    for one in [config] if isinstance(config, Mapping) else config:
        if not isinstance(one, Mapping):
            raise InvalidArgumentError(f"config holds {one!r}; {{key: angle}} is expected, or a list of such")
        unknown = [key for key in one if key not in circuit.config_keys]
        if unknown:
            keys = _listed(circuit.config_keys) if circuit.config_keys else "no keys"
            raise InvalidArgumentError(f"config has the key {unknown[0]!r}; the circuit has {keys}")
        found.append({key: arrays.number(f"config[{key!r}]", value) for key, value in one.items()})
    return [one for one in found if one]


def _weights(circuit: Circuit, theta: ArrayLike | None, random: np.random.Generator) -> Real:
    if theta is None:
        return random.uniform(0, 2 * np.pi, circuit.n_params)
    weights = arrays.real("theta", theta)
    if weights.shape != (circuit.n_params,):
        raise InvalidArgumentError(
            f"theta has shape {weights.shape}, the circuit has {circuit.n_params} parameters"
        )
    arrays.finite("theta", weights)
    return weights


def _probes(
    circuit: Circuit, X: ArrayLike | None, y: ArrayLike | None, random: np.random.Generator
) -> tuple[Real, Any]:
    n_features = circuit.n_features
    if X is None:
        if y is not None:
            raise InvalidArgumentError(
                "y is given without X; give the features (m, f) that the labels belong to"
            )
        return random.uniform(0, np.pi, (_PROBES, n_features)), None
    probes = arrays.real("X", X)
    if probes.ndim != 2 or probes.shape[1] != n_features:
        raise InvalidArgumentError(
            f"X has shape {probes.shape}, the circuit has {n_features} features: (m, {n_features}) is expected"
        )
    if len(probes) < 2:
        raise InvalidArgumentError(
            f"X has {len(probes)} rows; at least 2 probes are needed to tell them apart"
        )
    arrays.finite("X", probes)
    labels = None if y is None else arrays.numbers("y", y)
    if labels is not None:
        arrays.expect_shape("y", labels, (len(probes),), "(m,)")
    if len(probes) <= _MOST_PROBES:
        return probes, labels
    chosen = np.sort(random.choice(len(probes), _MOST_PROBES, replace=False))
    return probes[chosen], None if labels is None else labels[chosen]


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(map(repr, keys[:8])) + (", ..." if len(keys) > 8 else "")
