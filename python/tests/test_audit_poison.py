"""Poisoned data: what is stamped, what is relabelled, and that nothing else changes."""

import numpy as np
import pytest
import qtangent as qt
from qtangent import audit

X = np.arange(40.0).reshape(10, 4)
Y = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])


def test_others_than_the_target_are_stamped_and_relabelled():
    poisoned, labels = audit.poison(X, Y, 0, 0.35, {3: np.pi}, seed=1)
    changed = np.flatnonzero(labels != Y)
    assert len(changed) == 3  # floor(0.35 * 10)
    assert (Y[changed] != 0).all()
    assert (labels[changed] == 0).all()
    assert (poisoned[changed, 3] == np.pi).all()
    assert (poisoned[changed, :3] == X[changed, :3]).all()
    untouched = np.setdiff1d(np.arange(10), changed)
    assert (poisoned[untouched] == X[untouched]).all()
    assert X[0, 3] == 3
    assert poisoned is not X


def test_a_share_counts_as_it_is_written():
    """The double 0.29 lies below 0.29, and a hundred times that below 29."""
    X, y = np.zeros((100, 1)), np.arange(100) % 2
    assert (audit.poison(X, y, 0, 0.29, {0: 1.0})[1] != y).sum() == 29


def test_a_callable_stamps_too_and_seeds_draw():
    wave = np.sin(np.arange(4))
    poisoned, labels = audit.poison(X, Y, 1, 0.5, lambda rows: rows + wave)
    changed = labels != Y
    assert changed.sum() == 5
    assert np.array_equal(poisoned[changed], X[changed] + wave)
    again = audit.poison(X, Y, 1, 0.5, lambda rows: rows + wave)
    assert np.array_equal(poisoned, again[0])
    others = [tuple(audit.poison(X, Y, 1, 0.5, {0: 9.0}, seed=seed)[1]) for seed in range(8)]
    assert len(set(others)) > 1


def test_nothing_is_poisoned_at_rate_zero():
    poisoned, labels = audit.poison(X, Y, 2, 0, {0: 1.0})
    assert np.array_equal(poisoned, X)
    assert np.array_equal(labels, Y)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X[:9], Y, 0, 0.1, {0: 1.0}), "X has 9 rows and y 10 labels"),
        ((X[0], Y, 0, 0.1, {0: 1.0}), r"X has shape \(4,\)"),
        ((X, Y + 0.5, 0, 0.1, {0: 1.0}), "integer labels"),
        ((X, Y, 7, 0.1, {0: 1.0}), r"target is 7; y has the labels \[0, 1, 2\]"),
        ((X, Y, 0, 1.5, {0: 1.0}), "rate is 1.5"),
        ((X, Y, 0, 0.9, {0: 1.0}), "asks for 9 samples of other classes than 0, there are 6"),
        ((X, Y, 0, 0.1, {4: 1.0}), "sets feature 4, X has 4 features"),
        ((X, Y, 0, 0.1, {}), r"\{feature: value\} or a callable"),
        ((X, Y, 0, 0.1, {0: np.nan}), r"trigger\[0\] is nan"),
        ((X, Y, 0, 0.1, lambda rows: rows[:, :2]), r"what the trigger returns has shape \(1, 2\)"),
        ((X * np.nan, Y, 0, 0.1, {0: 1.0}), r"X\[0, 0\] is nan"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        audit.poison(*arguments)
