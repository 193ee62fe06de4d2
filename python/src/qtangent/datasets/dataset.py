"""What every data set looks like, and how samples are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..views.cards import card

if TYPE_CHECKING:
    from ..circuits import Circuit
    from .origin import Origin

_TRAIN = 32


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and held-out samples, as states or as features."""

    name: str
    description: str
    """One sentence: where the data come from and what was done to them."""
    n_qubits: int
    y: Real
    """(m,), of two classes, +1 for the first and -1 for the second; of k > 2 classes (m, k), +1 on the output of the
    sample's own class and -1 on the others; of regression the targets, (m,) or (m, k)."""
    y_test: Real | None
    states: Complex | None = None
    """(m, 2^n) input states, or None."""
    states_test: Complex | None = None
    X: Real | None = None
    """(m, f) features, or None."""
    X_test: Real | None = None
    encoding: Circuit | None = None
    """Circuit that encodes X; it comes before the ansatz. None for states, and where a circuit encodes X itself."""
    origin: Origin | None = None
    """Where the training samples stand in their file or data set; None for random states."""

    def __repr__(self) -> str:
        held_out = 0 if self.y_test is None else len(self.y_test)
        return (
            f"<qtangent.Dataset: {self.name}, {len(self.y)} samples to train with and {held_out} held out, "
            f"{self.n_qubits} qubits>"
        )

    def _repr_html_(self) -> str:
        held_out = 0 if self.y_test is None else len(self.y_test)
        given = self.X if self.X is not None else self.states
        facts: list[tuple[str, object]] = [
            ("training samples", len(self.y)),
            ("held out", held_out),
            ("targets", f"shape {self.y.shape}, {self.y.min():g} to {self.y.max():g}"),
            (
                "features" if self.X is not None else "states",
                "none" if given is None else f"shape {given.shape}",
            ),
            ("qubits", self.n_qubits),
        ]
        picture = "" if self.encoding is None else self.encoding._repr_html_()
        return card(f"Dataset {self.name}", facts, picture, text=self.description)


@dataclass(frozen=True)
class Split:
    """Indices into the whole data."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def _sizes(train: int | None, test: int) -> tuple[int | None, int]:
    return None if train is None else _arrays.integer("train", train), _arrays.integer("test", test)


def balanced_split(numbers: NDArray[np.intp], train: int | None, test: int, seed: int) -> Split:
    """Draw `train` samples, as many of each class, and up to `test` others in the same proportion.

    Args:
        numbers: Which class a sample belongs to (N,), 0 to k - 1.
        train: Number of training samples, a multiple of k; the largest one up to 32 that there are if left out.
        test: Most held-out samples; fewer if the data run out, still as many of each class.
        seed: Of the draw.

    Raises:
        InvalidArgumentError: A class has too few samples.
    """
    count = int(numbers.max()) + 1
    fewest = int(np.bincount(numbers).min())
    train, test = _sizes(train, test)
    if train is None:
        train = min(max(_TRAIN // count, 1), fewest) * count
    if train < count or train % count:
        wanted = "an even number, half" if count == 2 else f"a multiple of {count}, as many"
        raise InvalidArgumentError(f"{train} training samples: give {wanted} for each class")
    if test < 0:
        raise InvalidArgumentError(f"{test} held-out samples: give 0 or more")
    random = np.random.default_rng(_arrays.seed(seed))
    classes = [random.permutation(np.flatnonzero(numbers == k)) for k in range(count)]
    each = train // count
    if fewest < each:
        raise InvalidArgumentError(
            f"{train} training samples need {each} of each class, but the "
            f"{'smaller' if count == 2 else 'smallest'} class has {fewest}: ask for at most {count * fewest}"
        )
    held_out = min(test // count, fewest - each)
    return Split(
        np.concatenate([members[:each] for members in classes]),
        np.concatenate([members[each : each + held_out] for members in classes]),
    )


def random_split(count: int, train: int | None, test: int, seed: int) -> Split:
    """Draw `train` of `count` samples, 32 or all there are if left out, and up to `test` others.

    Raises:
        InvalidArgumentError: There are fewer samples, or numbers are out of range.
    """
    train, test = _sizes(train, test)
    wanted = min(_TRAIN, count) if train is None else train
    if not 1 <= wanted <= count:
        raise InvalidArgumentError(f"{wanted} training samples of {count}: give 1 to {count}")
    if test < 0:
        raise InvalidArgumentError(f"{test} held-out samples: give 0 or more")
    order = np.random.default_rng(_arrays.seed(seed)).permutation(count)
    return Split(order[:wanted], order[wanted : wanted + test])
