"""The samples of a draw as a data set."""

from __future__ import annotations

from .._native.arrays import Real
from .dataset import Dataset, Split
from .encodings import Encoded
from .origin import Origin


def drawn(name: str, description: str, encoded: Encoded, y: Real, split: Split, origin: Origin) -> Dataset:
    """Training and held-out samples of all that were encoded, with targets y (N,) or (N, k)."""
    held_out = len(split.test) > 0
    X, states = encoded.X, encoded.states
    return Dataset(
        name=name,
        description=description,
        n_qubits=encoded.n_qubits,
        y=y[split.train],
        y_test=y[split.test] if held_out else None,
        X=None if X is None else X[split.train],
        X_test=X[split.test] if X is not None and held_out else None,
        states=None if states is None else states[split.train],
        states_test=states[split.test] if states is not None and held_out else None,
        encoding=encoded.circuit,
        origin=origin[split.train],
    )
