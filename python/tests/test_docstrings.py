"""What `help` says of everything public: each parameter, the shapes of arrays, what is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import qtangent as qt
from docstring_faults import faults
from public_names import documented

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from qtangent._native.arrays import Real

EVERYTHING = dict(documented())


@pytest.mark.parametrize("name", EVERYTHING)
def test_help_is_enough(name):
    assert faults(EVERYTHING[name]) == []


def test_what_is_public_is_seen():
    seen = {
        "qtangent.train", "qtangent.Model.jacobian", "qtangent.Model.z_sum", "qtangent.Circuit.rx",
        "qtangent.Run.load", "qtangent.convergence.Study.save", "qtangent.convergence.Study.kernel_change",
        "qtangent.convergence.claims.plateau", "qtangent.datasets.iris", "qtangent.ansatz.haar",
    }  # fmt: skip
    assert seen <= set(EVERYTHING)


class Planted:
    def silent(self):
        return 1

    def unnamed(self, theta: ArrayLike) -> float:
        """The mean."""

    def shapeless(self, theta: ArrayLike) -> Real:
        """The mean.

        Args:
            theta: the parameters.

        Returns:
            The means.

        Raises:
            InvalidArgumentError: for no parameters.
        """

    def fearless(self, theta: ArrayLike, steps: int) -> Real:
        """The mean.

        Args:
            theta, steps: (p,), and how many.

        Returns:
            (s, p).
        """

    @property
    def flat(self) -> Real:
        """The means."""

    def good(self, theta: ArrayLike, X: ArrayLike | None = None) -> Real:
        """The mean.

        Args:
            theta: (p,),
                or (s, p).
            X: features, real (m, f).

        Returns:
            (m, 2^n).

        Raises:
            InvalidArgumentError: for no parameters.
        """


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("silent", ["has no docstring"]),
        ("unnamed", ["theta is not among Args", "says nothing of errors"]),
        ("shapeless", ["theta has no shape", "the result has no shape"]),
        ("fearless", ["says nothing of errors"]),
        ("flat", ["the result has no shape"]),
        ("good", []),
    ],
)
def test_a_planted_gap_is_found(name, expected):
    assert faults(vars(Planted)[name]) == expected


def test_a_planted_method_is_among_those_that_are_read(monkeypatch):
    monkeypatch.setattr(qt.Model, "undocumented", Planted.silent, raising=False)
    assert [name for name, value in documented() if faults(value)] == ["qtangent.Model.undocumented"]
