"""From columns to what a circuit takes: angles with the circuit that encodes them, or states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from .. import encoding as encodings
from .._native.arrays import Complex, Real, among
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from .components import components
from .dataset import Split
from .origin import Origin

Encoding: TypeAlias = Literal["angle", "zz", "iqp", "amplitude"] | Circuit | None
"""How features come in: by one of the library's circuits, as amplitudes, by the user's own circuit, or as they are."""

_CIRCUITS: dict[str, Callable[[int], Circuit]] = {
    "angle": encodings.angle,
    "zz": encodings.zz,
    "iqp": encodings.iqp,
}
_WORDS = {"angle": "one RY angle a qubit", "zz": "in a ZZ feature map", "iqp": "in an IQP feature map"}
_LARGEST = 1e9
"""Of a feature that is an angle as it is: beyond, its digits behind the point are few or none."""


@dataclass(frozen=True)
class Encoded:
    """All samples of a table as a circuit takes them."""

    n_qubits: int
    how: str
    """What was done, for the data set's description."""
    X: Real | None = None
    states: Complex | None = None
    circuit: Circuit | None = None


def encode(
    features: Real, columns: Sequence[str], origin: Origin, split: Split, encoding: Encoding, n_qubits: int
) -> Encoded:
    """See `from_arrays`; everything is fitted on the training samples.

    Raises:
        InvalidArgumentError: There are fewer columns than the circuit has features, more than a state has amplitudes, or
            another encoding.
    """
    if isinstance(encoding, Circuit):
        X, how = raw(features, columns, origin, split, encoding.n_features)
        return Encoded(
            encoding.n_qubits, f"{how}, in a circuit of {len(encoding)} gates", X, circuit=encoding
        )
    if encoding is None:
        X, how = raw(features, columns, origin, split, features.shape[1])
        return Encoded(n_qubits, how, X)
    if isinstance(encoding, str) and encoding == "amplitude":
        return Encoded(n_qubits, "as amplitudes", states=encodings.amplitude(features, n_qubits))
    if not among(encoding, _CIRCUITS):
        known = ", ".join(map(repr, (*_CIRCUITS, "amplitude")))
        raise InvalidArgumentError(f"encoding is {encoding!r}; {known}, a circuit or None are possible")
    X, how = angles(features, split, n_qubits)
    return Encoded(n_qubits, f"{how}, {_WORDS[encoding]}", X, circuit=_CIRCUITS[encoding](n_qubits))


def angles(features: Real, split: Split, count: int) -> tuple[Real, str]:
    """Principal components as angles (N, count), repeated where there are too few, and how they were made."""
    found, rank = components(features, split.train, count)
    values = np.asarray(np.resize(found.T, (count, len(features))).T, dtype=np.float64)
    short = f" (the features have rank {rank})" if rank < min(count, features.shape[1]) else ""
    return values, (
        f"standardised, first {found.shape[1]} principal components{short}, scaled to [0, pi] on the training set"
    )


def raw(features: Real, columns: Sequence[str], origin: Origin, split: Split, count: int) -> tuple[Real, str]:
    """The features (N, count) of a circuit that encodes them itself, and how they were made."""
    width = features.shape[1]
    if width < count:
        raise InvalidArgumentError(
            f"{origin.name} has {width} feature column{'s' if width > 1 else ''} ({_listed(columns)}), the circuit has "
            f"{count} features: give it a column for each"
        )
    if width > count:
        values, how = angles(features, split, count)
        return values, f"{width} columns for {count} features: {how}"
    large = np.argwhere(np.abs(features) > _LARGEST)
    if len(large):
        row, column = large[0]
        raise InvalidArgumentError(
            f"{origin.name}: {origin.word} {origin.numbers[row]}, column {columns[column]!r} is {features[row, column]:g}, "
            f"as an angle in radians many turns: scale it"
        )
    known = features[split.train]
    if (known == known[0]).all():
        raise InvalidArgumentError(f"all features are constant on the {len(known)} training samples")
    return features, (
        f"columns taken as the circuit's features in this order ({_listed(columns)}) and as they are, from "
        f"{known.min():.4g} to {known.max():.4g} on the training set"
    )


def _listed(columns: Sequence[str]) -> str:
    most = 8
    return ", ".join(columns if len(columns) <= most else [*columns[: most - 1], "...", columns[-1]])
